"""Files that are no table of patients: one sentence each, in which no content of the file appears."""

import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from tests import codebooks
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
        (csv(HEADER, ROW).decode().encode("utf-16"), "line 1 is not UTF-8"),
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


def test_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "cohort.csv").mkdir()
    assert "there is no such file" in refused(tmp_path / "cohort.csv")


@pytest.mark.parametrize("name", ["cohort.xlsx", "cohort.txt", "cohort"])
def test_a_file_of_another_kind_is_told_which_kinds_are_read(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(csv(HEADER, ROW))
    assert "write one of .csv, .parquet" in refused(tmp_path / name)
