"""Files that are no table of patients: one sentence each, in which no content of the file appears."""

import io
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import feather as pa_feather
from pyarrow import parquet

from tests import codebooks
from tests.cohort import written_files
from therapport import cohort
from therapport.errors import CohortError

CANARY = "Zebrowski"
HEADER = "patient_id,therapist_id,severity,months,alliance,trained,mode,end"
ROW = f"{CANARY},T1,20,8,3.5,yes,online,8"


def csv(*lines: str) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def as_parquet(frame: pd.DataFrame | pa.Table) -> bytes:
    buffer = io.BytesIO()
    table = frame if isinstance(frame, pa.Table) else pa.Table.from_pandas(frame, preserve_index=False)
    parquet.write_table(table, buffer)
    return buffer.getvalue()


def patients() -> pd.DataFrame:
    return codebooks.frame(30, seed=1).assign(patient_id=[f"{CANARY}{row}" for row in range(30)])


def refused(path: Path) -> str:
    with pytest.raises(CohortError) as caught:
        cohort.read(path, codebooks.mixed())
    message = str(caught.value)
    assert CANARY not in message
    assert path.name in message or "No column" in message
    return message


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "the file is empty"),
        (csv(HEADER), "the file has a header, but no patients"),
        (b"\xef\xbb\xbf", "not a table of comma-separated values"),
        (b"\n\n\n", "not a table of comma-separated values"),
        (csv(HEADER, ROW, "José,T1,20,8,3.5,yes,online,8").decode().encode("latin-1"), "line 3 is not UTF-8"),
        (csv(HEADER, ROW, "é")[:-2], "line 3 is not UTF-8"),  # cut off inside a letter
        (csv(HEADER, ROW).decode().encode("utf-16-le"), "rows with more or fewer values"),
        (csv(HEADER, ROW, ROW + ",9", ROW, ROW[:30]), "2 rows: rows 2, 4"),
        (csv(HEADER, "", ROW, "", CANARY), "1 row: row 2"),  # empty lines are no patients
        (csv(HEADER, *[CANARY] * 20), "20 rows: rows 1, 2, 3, 4, 5, 6, 7, 8 and 12 more"),
        (csv(HEADER.replace("mode", "months"), ROW), "names a column twice (columns 4, 7 from the left)"),
        (csv(ROW.replace("online,8", "online,9"), ROW), "No column of the codebook mixed is in this file"),
        (csv(f"{CANARY}," * 2 + "x", ROW), "names a column twice (columns 1, 2 from the left)"),
        (b'{"patients": [' + b'"Zebrowski",' * 20_000 + b"]}", "names a column twice"),
        (b'"' + b"Zebrowski " * 20_000 + b'"', "not a table of comma-separated values"),
        (b"PAR1" + b"\x00" * 40, "not a table of comma-separated values"),
    ],
)
def test_a_csv_file_that_is_no_table_of_patients(content: bytes, expected: str, tmp_path: Path) -> None:
    (tmp_path / "cohort.csv").write_bytes(content)
    assert expected in refused(tmp_path / "cohort.csv")


def test_ragged_rows_are_counted_right_where_several_threads_read_the_file(tmp_path: Path) -> None:
    rows = [ROW.replace(CANARY, f"{CANARY}{number}") for number in range(250_000)]
    rows[200_000] += ",9"
    (tmp_path / "cohort.csv").write_bytes(csv(HEADER, *rows))
    assert "1 row: row 200001" in refused(tmp_path / "cohort.csv")


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda whole: whole[:-20], "not a complete Parquet file"),
        (lambda whole: whole[: len(whole) // 2], "not a complete Parquet file"),
        (lambda whole: whole[:100] + b"\xff" * 60 + whole[160:], "not a complete Parquet file"),
        (lambda whole: b"\x00" * 8 + whole, "not a complete Parquet file"),
        (lambda _: csv(HEADER, ROW), "not a complete Parquet file"),
        (lambda _: b"", "the file is empty"),
        (lambda _: as_parquet(patients()[:0]), "the file has a header, but no patients"),
    ],
)
def test_a_parquet_file_that_is_damaged(spoil: Callable[[bytes], bytes], expected: str, tmp_path: Path) -> None:
    (tmp_path / "cohort.parquet").write_bytes(spoil(as_parquet(patients())))
    assert expected in refused(tmp_path / "cohort.parquet")


def test_a_parquet_file_that_names_a_column_twice(tmp_path: Path) -> None:
    table = pa.Table.from_pandas(patients(), preserve_index=False)
    twice = pa.Table.from_arrays([*table.columns, table.column("months")], names=[*table.column_names, "months"])
    (tmp_path / "cohort.parquet").write_bytes(as_parquet(twice))
    assert "names a column twice (columns 4, 9 from the left)" in refused(tmp_path / "cohort.parquet")


def test_a_parquet_column_that_pandas_cannot_hold(tmp_path: Path) -> None:
    table = pa.Table.from_pandas(patients(), preserve_index=False)
    odd = pa.array(range(1, 31)).cast(pa.time64("ns"))
    (tmp_path / "cohort.parquet").write_bytes(as_parquet(table.set_column(3, "months", odd)))
    assert "a column is of a kind that cannot be read" in refused(tmp_path / "cohort.parquet")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "there is no such file" in refused(tmp_path / "absent.csv")


@pytest.mark.parametrize("ending", cohort.FORMATS)
def test_a_folder_in_place_of_a_file(ending: str, tmp_path: Path) -> None:
    (tmp_path / f"cohort{ending}").mkdir()
    assert "this is a folder" in refused(tmp_path / f"cohort{ending}")


def test_a_link_that_leads_to_itself(tmp_path: Path) -> None:
    (tmp_path / "cohort.csv").symlink_to(tmp_path / "other.csv")
    (tmp_path / "other.csv").symlink_to(tmp_path / "cohort.csv")
    assert "a link that leads to no file" in refused(tmp_path / "cohort.csv")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("ending", cohort.FORMATS)
def test_a_file_that_may_not_be_read(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"cohort{ending}"
    path.write_bytes(csv(HEADER, ROW))
    path.chmod(0)
    assert "cannot be read: Permission denied" in refused(path)


@pytest.mark.parametrize("name", ["cohort.xls", "cohort.txt", "cohort"])
def test_a_file_of_another_kind_is_told_which_kinds_are_read(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(csv(HEADER, ROW))
    assert f"write one of {', '.join(cohort.FORMATS)}" in refused(tmp_path / name)


KINDS = {"feather": "Feather", "arrow": "Feather", "xlsx": "Excel", "sav": "SPSS", "zsav": "SPSS", "dta": "Stata"}


@pytest.mark.parametrize(("ending", "kind"), KINDS.items())
@pytest.mark.parametrize(
    "garbage",
    [csv(HEADER, ROW), bytes(range(256)) * 20, b"PK\x03\x04" + b"\x00" * 300, b"$FL2" + b"\xff" * 900],
    ids=["csv", "bytes", "zip", "spss"],
)
def test_another_kind_of_file_under_this_ending(ending: str, kind: str, garbage: bytes, tmp_path: Path) -> None:
    (tmp_path / f"cohort.{ending}").write_bytes(garbage)
    assert f"this is not a complete {kind}" in refused(tmp_path / f"cohort.{ending}")


@pytest.mark.parametrize(("ending", "kind"), KINDS.items())
def test_a_file_that_is_cut_off(ending: str, kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"cohort.{ending}"
    written_files.WRITERS[path.name](patients(), path)
    whole = path.read_bytes()
    for length in (4, 16, len(whole) // 4, len(whole) // 2, len(whole) * 3 // 4, len(whole) - 20, len(whole) - 1):
        path.write_bytes(whole[:length])
        if ending in ("feather", "arrow"):
            assert "Feather" in refused(path)
        else:
            assert f"this is not a complete {kind}" in refused(path)


@pytest.mark.parametrize("name", [name for name in written_files.WRITERS if not name.endswith(".csv")])
def test_damage_anywhere_ends_in_a_cohort_or_in_one_of_our_own_sentences(name: str, tmp_path: Path) -> None:
    generator, path = np.random.default_rng(5), tmp_path / name
    written_files.WRITERS[name](patients(), path)
    whole = np.frombuffer(path.read_bytes(), dtype=np.uint8)
    refusals = 0
    for _ in range(20 if name.endswith(".xlsx") else 100):
        damaged = whole.copy()
        damaged[generator.integers(len(whole), size=3)] = generator.integers(256, size=3)
        path.write_bytes(damaged.tobytes())
        try:
            cohort.read(path, codebooks.mixed())
        except CohortError:
            refusals += 1
    assert refusals > 0


@pytest.mark.parametrize("kind", ["name", "cell"])
@pytest.mark.parametrize("ending", ["parquet", "feather"])
def test_text_that_is_no_text_is_damage(kind: str, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"cohort.{ending}"
    table = pa.Table.from_pandas(patients(), preserve_index=False)
    if ending == "parquet":
        parquet.write_table(table, path, compression="none", use_dictionary=False, write_statistics=False)
    else:
        pa_feather.write_feather(table, path, compression="uncompressed")
    seen = b"therapist_id" if kind == "name" else CANARY.encode()
    path.write_bytes(path.read_bytes().replace(seen, b"\xff" + seen[1:]))
    assert "this is not a complete" in refused(path)


def test_a_workbook_with_a_password(tmp_path: Path) -> None:
    (tmp_path / "cohort.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)
    assert "the workbook has a password or is of an old kind" in refused(tmp_path / "cohort.xlsx")


@pytest.mark.parametrize("name", written_files.WRITERS)
def test_a_table_without_patients(name: str, tmp_path: Path) -> None:
    written_files.WRITERS[name](patients()[:0], tmp_path / name)
    assert "the file has a header, but no patients" in refused(tmp_path / name)


@pytest.mark.parametrize("name", written_files.WRITERS)
def test_bad_cells_are_named_alike_in_every_kind_of_file(name: str, tmp_path: Path) -> None:
    frame = patients()
    frame.loc[frame.index == 2, "end"] = 8642.75
    frame.loc[frame.index == 4, "mode"] = CANARY
    written_files.WRITERS[name](frame, tmp_path / name)
    with pytest.raises(CohortError) as caught:
        cohort.read(tmp_path / name, codebooks.mixed())
    assert caught.value.problems == (
        "mode: allowed levels: face, blended, online: row 5",
        "end: outside 0 to 27: row 3",
    )


@pytest.mark.parametrize("name", written_files.WRITERS)
def test_a_column_that_is_empty_throughout_is_missing_for_everyone(name: str, tmp_path: Path) -> None:
    frame = patients().assign(months=np.nan, mode=pd.Series([None] * 30, dtype=object))
    written_files.WRITERS[name](frame, tmp_path / name)
    made = cohort.read(tmp_path / name, codebooks.mixed())
    assert made.table[["months", "mode"]].isna().all(axis=None)
    assert made.table["alliance"].notna().all()


@pytest.mark.parametrize("name", ["comma.csv", "cohort.parquet", "cohort.xlsx", "cohort.sav", "cohort.dta"])
def test_thousands_of_columns_are_answered_within_seconds(name: str, tmp_path: Path) -> None:
    wide = pd.concat([patients(), pd.DataFrame(1.0, index=range(30), columns=[f"q{n}" for n in range(5_000)])], axis=1)
    written_files.WRITERS[name](wide, tmp_path / name)
    begun = time.monotonic()
    with pytest.raises(CohortError, match="5000 problems") as caught:
        cohort.read(tmp_path / name, codebooks.mixed())
    assert len(caught.value.problems) == 5_000
    assert len(cohort.read(tmp_path / name, codebooks.mixed(), ignore_unknown=True).table) == 30
    assert time.monotonic() - begun < 30
