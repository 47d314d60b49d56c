"""Folders, tables of databases, and what is refused before a row is read."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from tests.cohort.stream.material import ROWS, as_csv, as_text, column, lines, patients, spoiled, with_types
from therapport.codebook import Codebook
from therapport.cohort import stream
from therapport.cohort.stream.delimited import DelimitedFile
from therapport.cohort.stream.sources import ParquetFiles
from therapport.cohort.stream.survey import survey
from therapport.errors import CohortError


@pytest.mark.parametrize("most", [1, 10, 1 << 20])
def test_repeated_ids_are_found_whatever_fits_into_memory(most: int, tmp_path: Path) -> None:
    frame = spoiled(patients())
    sources = (
        ParquetFiles("cohort", (as_text(frame, tmp_path),)),
        DelimitedFile(as_csv(frame, tmp_path), frozenset({"patient"}), "patient"),
    )
    known = frame["patient"].dropna()
    for source in sources:
        for _ in range(2):  # what was gathered on the way is there once
            found = survey(source, "patient", (), most=most)
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
    pyarrow.parquet.write_table(table.drop_columns(["age"]).append_column("x", table["born"]), folder / "1.parquet")
    with pytest.raises(CohortError, match=r"1.parquet: this file does not have the same columns") as refused:
        stream.opened(folder, codebook, factors=tuple(codebook.factors))
    assert str(refused.value).splitlines()[1:] == ["  - age: only in 0.parquet", "  - x: only in 1.parquet"]


def test_columns_of_a_folder_must_be_of_one_kind_wherever_parts_are_cut(codebook: Codebook, tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    text = as_text(patients(), tmp_path).rename(folder / "0.parquet")
    with_types(patients(), tmp_path).rename(folder / "1.parquet")
    with pytest.raises(CohortError, match="of one kind in all files") as refused:
        stream.opened(folder, codebook, factors=tuple(codebook.factors))
    told = str(refused.value).splitlines()[1:]
    assert "  - bond: text in 0.parquet, numbers in 1.parquet" in told
    assert "  - begun: text in 0.parquet, days in 1.parquet" in told
    # A column of categories is text.
    assert not any("mode" in line or "patient:" in line for line in told)
    assert text.exists()


def test_files_of_a_folder_may_keep_the_same_kind_in_other_types(codebook: Codebook, tmp_path: Path) -> None:
    """Whole numbers beside numbers, categories beside text, nothing beside anything; also an empty file."""
    frame = patients().astype({"age": "float64", "patient": "string"}).drop(columns="works")
    whole = frame.assign(works="yes")
    whole.to_parquet(tmp_path / "whole.parquet", index=False)
    folder = tmp_path / "parts"
    folder.mkdir()
    first = whole[:150].astype({"mode": "category", "age": "Int64", "code": "float32"})
    first.assign(born=None).to_parquet(folder / "0.parquet", index=False)
    whole[150:150].to_parquet(folder / "1.parquet", index=False)
    whole[150:][whole.columns[::-1]].to_parquet(folder / "2.parquet", index=False)
    factors = tuple(codebook.factors)
    parts, one = (stream.opened(path, codebook, factors=factors) for path in (folder, tmp_path / "whole.parquet"))
    for name in factors:
        np.testing.assert_array_equal(column(parts, name, 99), column(one, name, 99), name)
    assert lines(parts, 99) == lines(one, 99)


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


def test_a_view_that_fails_on_its_way_is_told_without_a_value(codebook: Codebook, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    path = as_text(patients().assign(bond="Zebrowski"), tmp_path)
    database = tmp_path / "clinic.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute("CREATE SCHEMA ward")
        connection.execute(f"CREATE TABLE ward.stays AS SELECT * FROM '{path}'")  # noqa: S608 - our own file
        connection.execute("CREATE VIEW numbers AS SELECT * REPLACE (CAST(bond AS DOUBLE) AS bond) FROM ward.stays")
    rows = stream.opened(database, codebook, factors=tuple(codebook.factors), table="numbers")
    with pytest.raises(CohortError, match=r"numbers cannot be read to its end") as refused:
        list(rows.pieces(0, 100))
    assert "Zebrowski" not in str(refused.value)
    assert stream.opened(database, codebook, factors=tuple(codebook.factors), table="ward.stays").number == ROWS


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
