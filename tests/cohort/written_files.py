"""One table as a file of every kind that is read."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyreadstat

Write = Callable[[pd.DataFrame, Path], object]


def comma(frame: pd.DataFrame, path: Path) -> None:
    frame.to_csv(path, index=False)


def semicolon(frame: pd.DataFrame, path: Path) -> None:
    frame.to_csv(path, index=False, sep=";", decimal=",")


def tab(frame: pd.DataFrame, path: Path) -> None:
    frame.to_csv(path, index=False, sep="\t", decimal=",", encoding="utf-16")


def parquet(frame: pd.DataFrame, path: Path) -> None:
    frame.to_parquet(path, index=False)


def feather(frame: pd.DataFrame, path: Path) -> None:
    frame.reset_index(drop=True).to_feather(path)


def excel(frame: pd.DataFrame, path: Path) -> None:
    workbook([list(frame.columns), *frame.astype(object).where(frame.notna(), None).to_numpy().tolist()], path)


def workbook(rows: list[list[Any]], path: Path, *others: list[list[Any]]) -> None:
    """A workbook with one sheet per list of rows; texts that begin with = stay texts."""
    book = openpyxl.Workbook()
    for place, cells in enumerate((rows, *others)):
        sheet = book.worksheets[0] if place == 0 else book.create_sheet()
        for down, row in enumerate(cells, start=1):
            for across, value in enumerate(row, start=1):
                cell = sheet.cell(down, across, value)
                if isinstance(value, str):
                    cell.data_type = "s"
    book.save(path)


def spss(frame: pd.DataFrame, path: Path, **options: object) -> None:
    pyreadstat.write_sav(frame, str(path), compress=path.suffix == ".zsav", **options)


def stata(frame: pd.DataFrame, path: Path, **options: object) -> None:
    pyreadstat.write_dta(frame, str(path), **options)


WRITERS: Mapping[str, Write] = {
    "comma.csv": comma,
    "semicolon.csv": semicolon,
    "tab.csv": tab,
    "cohort.parquet": parquet,
    "cohort.feather": feather,
    "cohort.arrow": feather,
    "cohort.xlsx": excel,
    "cohort.sav": spss,
    "cohort.zsav": spss,
    "cohort.dta": stata,
}
