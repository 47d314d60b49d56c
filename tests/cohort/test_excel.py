"""Excel workbooks as people really save them."""

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from tests import codebooks
from tests.cohort.written_files import workbook
from therapport import cohort
from therapport.errors import CohortError

HEADER = ["patient_id", "therapist_id", "severity", "months", "alliance", "trained", "mode", "end"]
ROW: list[Any] = ["Zebrowski", 7, 20, 8, 3.5, True, "online", 8]


def read(path: Path) -> cohort.Cohort:
    return cohort.read(path, codebooks.mixed())


def refused(path: Path) -> str:
    with pytest.raises(CohortError) as caught:
        read(path)
    assert "Zebrowski" not in str(caught.value)
    return str(caught.value)


def test_numbers_as_ids_are_codes_and_numbers_kept_as_text_are_numbers(tmp_path: Path) -> None:
    path = tmp_path / "cohort.xlsx"
    workbook([HEADER, [1, 7.0, "20", "NA", "#N/A", 0, "face", 1.5], ["01", None, 3, 4, 5, "yes", "NA", 2]], path)
    table = read(path).table
    assert table["patient_id"].tolist() == ["1", "01"]
    assert table["therapist_id"].tolist() == ["7", None]
    assert table["severity"].tolist() == [20.0, 3.0]
    assert table["trained"].tolist() == [0.0, 1.0]
    assert table["months"].isna().tolist() == [True, False]
    assert table["alliance"].isna().tolist() == [True, False]
    assert table["mode"].tolist() == ["face", None]


def test_what_is_no_number_in_a_number_column_is_named_by_row(tmp_path: Path) -> None:
    path, when = tmp_path / "cohort.xlsx", pd.Timestamp("2020-08-06").to_pydatetime()
    others: list[list[Any]] = [
        [f"P{row}", 7, 20, 8, cell, True, "online", 8]
        for row, cell in enumerate([when, when.date(), when.time(), True, "Zebrowski", "3,5", "#DIV/0!"])
    ]
    workbook([HEADER, ROW, *others], path)
    assert "alliance: must be a number from 1 to 5: rows 2, 3, 4, 5, 6, 7, 8" in refused(path)


def test_rows_and_columns_without_content_are_none(tmp_path: Path) -> None:
    path = tmp_path / "cohort.xlsx"
    empty: list[Any] = [None] * 12
    workbook([empty, HEADER, empty, [*ROW, None, None], empty, ["P2", *ROW[1:]], empty], path)
    assert read(path).table["patient_id"].tolist() == ["Zebrowski", "P2"]


def test_further_sheets_with_content_are_left_out_with_a_notice(tmp_path: Path) -> None:
    workbook([HEADER, ROW], tmp_path / "cohort.xlsx", [["Zebrowski"]], [], [[1]])
    assert read(tmp_path / "cohort.xlsx").notices == ("2 other sheets with content left out; only the first is read.",)
    workbook([HEADER, ROW], tmp_path / "cohort.xlsx", [])
    assert read(tmp_path / "cohort.xlsx").notices == ()


def test_a_column_without_a_name_and_one_named_twice_are_refused(tmp_path: Path) -> None:
    workbook([HEADER, [*ROW, "stray"]], tmp_path / "cohort.xlsx")
    assert "no name for columns 9 from the left" in refused(tmp_path / "cohort.xlsx")
    workbook([[*HEADER, "end"], [*ROW, 1]], tmp_path / "cohort.xlsx")
    assert "names a column twice (columns 8, 9 from the left)" in refused(tmp_path / "cohort.xlsx")


def test_formulas_that_nothing_has_counted_are_refused_and_not_taken_as_missing(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in [HEADER, ROW, ["P2", 7, "=10+10", *ROW[3:]]]:
        book.worksheets[0].append(row)
    book.save(tmp_path / "cohort.xlsx")
    message = refused(tmp_path / "cohort.xlsx")
    assert "formulas without a value" in message
    assert message.endswith("row 2")
    book.worksheets[0].append(["=1+1"] * len(HEADER))
    book.save(tmp_path / "cohort.xlsx")
    assert refused(tmp_path / "cohort.xlsx").endswith("whole rows of formulas")


def test_a_workbook_without_any_content_is_refused(tmp_path: Path) -> None:
    workbook([], tmp_path / "cohort.xlsx")
    assert "no patients" in refused(tmp_path / "cohort.xlsx")
