"""Rows in batches are held against the codebook as the whole file is: the whole file's reader is the oracle."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from therapport import codebook as codebooks
from therapport.codebook import Codebook
from therapport.cohort import allowed, stream
from therapport.cohort.content import sift
from therapport.cohort.stream.whole import WholeFile
from therapport.errors import CohortError

CODEBOOK = b"""
format = 1
name = "streamed"
title = "Everything that a column can be"
source = "made up"
id = "patient"
[dates]
start = "begun"
birth = "born"
[measures]
phq9_end = { label = "PHQ-9 at the end", instrument = "phq9" }
[factors]
age = { label = "Age", family = "patient", kind = "integer", known_at = "intake", range = [18, 99], missing_codes = [999, "unknown"] }
bond = { label = "Bond", family = "alliance", kind = "number", known_at = "intake", range = [1, 7] }
hours = { label = "Hours", family = "delivery", kind = "number", known_at = "intake", range = [-10, 10.5], missing_codes = [1] }
works = { label = "Works", family = "patient", kind = "boolean", known_at = "intake" }
told = { label = "Told", family = "patient", kind = "boolean", known_at = "intake", missing_codes = [9] }
mode = { label = "Mode", family = "delivery", kind = "category", known_at = "intake", levels = { face = "Face to face", online = "Online" } }
code = { label = "Code", family = "technique", kind = "category", known_at = "intake", levels = { 1 = "One", 2 = "Two", 3 = "Three" }, missing_codes = [9] }
"""  # noqa: E501
ROWS = 400
STRANGE = [
    "abc",
    "999999",
    "1.5",
    "-3",
    " 2 ",
    "+1",
    "1e1",
    "true",
    "False",
    "",
    "0x10",
    "01",
    "inf",
    "NA",
    "9",
    "nee",
    "1,5",
]


@pytest.fixture(scope="module")
def codebook() -> Codebook:
    return codebooks.parse(CODEBOOK, name="streamed")


def patients(rows: int = ROWS, seed: int = 1) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "patient": [f"p{number:05d}" for number in draw.permutation(rows)],
            "born": "1980-05-01",
            "begun": "2024-02-03",
            "age": draw.integers(18, 100, rows).astype(object),
            "bond": np.round(draw.uniform(1, 7, rows), 3),
            "hours": draw.choice([-10, 0.25, 1.0, 10.5], rows),
            "works": draw.choice(["yes", "no", "TRUE", "0"], rows),
            "told": draw.choice([0, 1, 9], rows),
            "mode": draw.choice(["face", "online"], rows),
            "code": draw.choice([1, 2, 3, 9], rows),
            "phq9_end": 5,
        }
    )
    for column in ("age", "bond", "works", "mode"):
        frame[column] = frame[column].astype(object).where(draw.random(rows) > 0.1, None)
    return frame


def spoiled(frame: pd.DataFrame, seed: int = 2) -> pd.DataFrame:
    """Strange cells in every column, ids that are missing or met again, dates that are none or too early."""
    draw = np.random.default_rng(seed)
    bad = frame.astype(object)
    for column in ("age", "bond", "hours", "works", "told", "mode", "code"):
        for row in draw.choice(len(frame), 12, replace=False).tolist():
            bad.loc[row, column] = str(draw.choice(STRANGE))
    bad.loc[[3, 30], "begun"] = "yesterday"
    bad.loc[[4, 200], "begun"] = "1979-01-01"
    bad.loc[[5, 6], "patient"] = None
    for first, again in ((7, 399), (8, 9), (8, 250)):
        bad.loc[again, "patient"] = str(bad.loc[first, "patient"])
    return bad


def as_csv(frame: pd.DataFrame, folder: Path) -> Path:
    frame.to_csv(folder / "cohort.csv", index=False)
    return folder / "cohort.csv"


def with_semicolons(frame: pd.DataFrame, folder: Path) -> Path:
    commas = frame.map(lambda cell: f"{cell:g}".replace(".", ",") if isinstance(cell, float | int) else cell, "ignore")
    commas.to_csv(folder / "cohort.csv", index=False, sep=";")
    return folder / "cohort.csv"


def as_text(frame: pd.DataFrame, folder: Path) -> Path:
    frame.astype("string").to_parquet(folder / "cohort.parquet", row_group_size=70, index=False)
    return folder / "cohort.parquet"


def with_types(frame: pd.DataFrame, folder: Path) -> Path:
    """Numbers as numbers where all of a column are."""
    typed = frame.astype({"patient": "string"})
    for column in ("age", "bond", "hours", "told", "code"):
        numbers = pd.to_numeric(typed[column], errors="coerce")
        typed[column] = numbers if column != "age" else numbers.round(1)
    typed["mode"] = pd.Categorical(typed["mode"])
    typed["works"] = typed["works"].map({"yes": True, "no": False})
    typed["born"] = pd.to_datetime(typed["born"], errors="coerce")
    typed["begun"] = pd.to_datetime(typed["begun"], errors="coerce").dt.date
    typed.to_parquet(folder / "cohort.parquet", row_group_size=111, index=False)
    return folder / "cohort.parquet"


def numbered(frame: pd.DataFrame, folder: Path) -> Path:
    """Ids and codes as floating-point numbers, all whole."""
    typed = frame.astype({name: "string" for name in frame.columns if name != "bond"})
    typed["patient"] = pd.to_numeric(typed["patient"].str[1:]).astype("float64")
    typed["code"] = pd.to_numeric(typed["code"], errors="coerce")
    typed["code"] = typed["code"].where(typed["code"] == typed["code"].round())
    typed["bond"] = pd.to_numeric(typed["bond"], errors="coerce")
    typed.to_parquet(folder / "cohort.parquet", index=False)
    return folder / "cohort.parquet"


WAYS: list[Callable[[pd.DataFrame, Path], Path]] = [as_csv, with_semicolons, as_text, with_types, numbered]


@pytest.mark.parametrize("write", WAYS)
@pytest.mark.parametrize("size", [61, 100_000])
@pytest.mark.parametrize("spoil", [True, False])
def test_batches_of_any_size_say_what_the_whole_file_says(
    write: Callable[[pd.DataFrame, Path], Path], size: int, spoil: bool, codebook: Codebook, tmp_path: Path
) -> None:
    frame = spoiled(patients()) if spoil else patients()
    path = write(frame, tmp_path)
    factors = tuple(codebook.factors)
    whole = WholeFile(path, codebook, factors, sift(path, codebook, factors=factors))
    streamed = stream.opened(path, codebook, factors=factors)
    assert type(streamed).__name__ == "StreamedRows"
    assert streamed.number == whole.number == ROWS
    pieces = list(streamed.pieces(0, size))
    checked = [streamed.checked(piece) for piece in pieces]
    found = {
        (name, words, piece.first + row)
        for piece, one in zip(pieces, checked, strict=True)
        for name, words, rows in one.violations
        for row in rows
    }
    at_once = whole.checked(next(whole.pieces(0, ROWS)))
    expected = {(name, words, row) for name, words, rows in at_once.violations for row in rows}
    assert found == expected
    assert bool(expected) is spoil
    assert {allowed.reason(words) for _, words, _ in expected} <= set(allowed.REASONS)
    for name in factors:
        values = np.concatenate([one.columns[name] for one in checked])
        np.testing.assert_array_equal(values[at_once.kept], at_once.columns[name][at_once.kept], name)
    assert [one for part in checked for one in part.ids.to_pylist()] == at_once.ids.to_pylist()


def lines(rows: stream.Rows, size: int) -> set[tuple[str, str, int]]:
    return {
        (name, words, piece.first + row)
        for piece in rows.pieces(0, size)
        for name, words, found in rows.checked(piece).violations
        for row in found
    }


def column(rows: stream.Rows, name: str, size: int) -> np.ndarray:
    return np.concatenate([rows.checked(piece).columns[name] for piece in rows.pieces(0, size)])


def test_every_reason_is_found(codebook: Codebook, tmp_path: Path) -> None:
    path = as_csv(spoiled(patients()), tmp_path)
    text = path.read_text().splitlines()
    text[50] += ",one too many"
    path.write_text("\n".join(text) + "\n")
    streamed = stream.opened(path, codebook, factors=tuple(codebook.factors))
    assert {allowed.reason(words) for _, words, _ in lines(streamed, 64)} == set(allowed.REASONS)


def test_ragged_rows_keep_their_place(codebook: Codebook, tmp_path: Path) -> None:
    path = as_csv(patients(), tmp_path)
    text = path.read_text().splitlines()
    for row in (1, 2, 100, 399, 400):  # the header is line 0
        text[row] = text[row] + ",more" if row % 2 else text[row].rsplit(",", 1)[0]
    text.insert(60, "")
    path.write_text("\n".join(text) + "\n")
    with pytest.raises(CohortError, match="rows with more or fewer values"):
        sift(path, codebook, factors=tuple(codebook.factors))
    for size in (90, 100_000):
        streamed = stream.opened(path, codebook, factors=tuple(codebook.factors))
        assert streamed.number == ROWS
        assert lines(streamed, size) == {("", allowed.RAGGED, row) for row in (1, 2, 100, 399, 400)}


def test_pieces_begin_anywhere(codebook: Codebook, tmp_path: Path) -> None:
    for write in (as_csv, as_text):
        streamed = stream.opened(write(patients(), tmp_path), codebook, factors=tuple(codebook.factors))
        every = [one for piece in streamed.pieces(0, 100) for one in streamed.checked(piece).ids.to_pylist()]
        for first in (0, 49, 70, 211, 399):
            pieces = list(streamed.pieces(first, 100))
            assert [piece.first for piece in pieces] == list(range(first, ROWS, 100))
            assert [one for piece in pieces for one in streamed.checked(piece).ids.to_pylist()] == every[first:]


@pytest.mark.parametrize("most", [1, 10, 1 << 20])
def test_repeated_ids_are_found_whatever_fits_into_memory(most: int, tmp_path: Path) -> None:
    from therapport.cohort.stream.sources import ParquetFiles
    from therapport.cohort.stream.survey import survey

    path = as_text(spoiled(patients()), tmp_path)
    found = survey(ParquetFiles("cohort", (path,)), "patient", (), most=most)
    frame = pd.read_parquet(path)
    known = frame["patient"].dropna()
    assert set(found.repeated.to_pylist()) == set(known[known.duplicated(keep=False)])


def test_a_folder_is_its_files_one_after_the_other(codebook: Codebook, tmp_path: Path) -> None:
    frame = spoiled(patients())
    path = as_text(frame, tmp_path)
    whole = stream.opened(path, codebook, factors=tuple(codebook.factors))
    folder = tmp_path / "parts"
    (folder / "_tmp").mkdir(parents=True)
    (folder / "_tmp" / "x.parquet").write_text("somebody is still writing")
    table = pyarrow.parquet.read_table(path)
    for number, (first, last) in enumerate([(0, 150), (150, 151), (151, 400)]):
        pyarrow.parquet.write_table(table.slice(first, last - first), folder / f"{number}.parquet")
    parts = stream.opened(folder, codebook, factors=tuple(codebook.factors))
    assert lines(parts, 64) == lines(whole, 64)
    assert [parts.place(row) for row in (0, 149, 150, 151, 399)] == [
        ("0.parquet", 1), ("0.parquet", 150), ("1.parquet", 1), ("2.parquet", 1), ("2.parquet", 249),
    ]  # fmt: skip


def test_files_of_a_folder_must_have_the_same_columns(codebook: Codebook, tmp_path: Path) -> None:
    table = pyarrow.parquet.read_table(as_text(patients(), tmp_path))
    folder = tmp_path / "parts"
    folder.mkdir()
    pyarrow.parquet.write_table(table, folder / "0.parquet")
    pyarrow.parquet.write_table(table.drop_columns(["age"]), folder / "1.parquet")
    with pytest.raises(CohortError, match=r"1.parquet: this file does not have the same columns"):
        stream.opened(folder, codebook, factors=tuple(codebook.factors))


def test_a_table_of_a_database_is_read_as_its_rows_were_put_in(codebook: Codebook, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    path = as_text(spoiled(patients()), tmp_path)
    database = tmp_path / "clinic.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"CREATE TABLE \"all patients\" AS SELECT * FROM '{path}'")  # noqa: S608 - our own file
    with pytest.raises(CohortError, match="--table NAME"):
        stream.opened(database, codebook, factors=tuple(codebook.factors))
    with pytest.raises(CohortError, match="no table patients; there is all patients"):
        stream.opened(database, codebook, factors=tuple(codebook.factors), table="patients")
    of_table = stream.opened(database, codebook, factors=tuple(codebook.factors), table="all patients")
    of_file = stream.opened(path, codebook, factors=tuple(codebook.factors))
    assert lines(of_table, 133) == lines(of_file, 133)
    np.testing.assert_array_equal(column(of_table, "bond", 133), column(of_file, "bond", 133))
    assert [piece.rows for piece in of_table.pieces(390, 8)] == [8, 2]


def test_an_index_of_pandas_is_read_as_ever(codebook: Codebook, tmp_path: Path) -> None:
    frame = patients().astype("string")
    for place, indexed in enumerate(
        [frame.set_index("patient"), frame.drop(columns="patient").rename_axis("patient"), frame.iloc[::-1]]
    ):
        indexed.to_parquet(tmp_path / f"{place}.parquet")
        rows = stream.opened(tmp_path / f"{place}.parquet", codebook, factors=tuple(codebook.factors))
        ids = [str(one) for one in (indexed["patient"] if place == 2 else indexed.index)]
        assert [one for piece in rows.pieces(0, 99) for one in rows.checked(piece).ids.to_pylist()] == ids


def test_wrong_columns_and_no_rows_are_refused(codebook: Codebook, tmp_path: Path) -> None:
    factors = tuple(codebook.factors)
    for write in (as_csv, as_text):
        path = write(patients().drop(columns=["age"]).assign(extra=1), tmp_path)
        with pytest.raises(CohortError, match="2 problems") as refused:
            stream.opened(path, codebook, factors=factors)
        assert "extra: the codebook does not know this column" in str(refused.value)
        rows = stream.opened(path, codebook, factors=factors, ignore_unknown=True, allow_absent=True)
        assert any("Absent factors" in notice for notice in rows.notices)
        empty = write(patients().iloc[:0], tmp_path)
        with pytest.raises(CohortError, match="no patients"):
            stream.opened(empty, codebook, factors=factors)
    with pytest.raises(CohortError, match="no such file"):
        stream.opened(tmp_path / "nowhere.parquet", codebook, factors=factors)
    (tmp_path / "broken.parquet").write_bytes(b"PAR1" + b"x" * 100 + b"PAR1")
    with pytest.raises(CohortError, match="not a complete Parquet file"):
        stream.opened(tmp_path / "broken.parquet", codebook, factors=factors)


def test_text_that_is_none_is_refused(codebook: Codebook, tmp_path: Path) -> None:
    frame = patients().astype("string")
    table = pa.Table.from_pandas(frame, preserve_index=False)
    bytes_ = pa.array([b"\xff\xfe"] * ROWS, pa.binary()).view(pa.string())
    table = table.set_column(table.schema.get_field_index("patient"), "patient", bytes_)
    pyarrow.parquet.write_table(table, tmp_path / "cohort.parquet")
    with pytest.raises(CohortError, match="not a complete Parquet file"):
        stream.opened(tmp_path / "cohort.parquet", codebook, factors=tuple(codebook.factors))
