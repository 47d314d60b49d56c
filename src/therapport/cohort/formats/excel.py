"""Excel workbooks (.xlsx): the first sheet, its first row as the header."""

import warnings
import zipfile
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd

from therapport.cohort.formats.contents import MISSING_MARKS, Contents, Request
from therapport.cohort.rows import named_rows, refuse_repeated_columns
from therapport.errors import CohortError

Row = tuple[Any, ...]
MISSING = frozenset({*MISSING_MARKS, "#N/A"})
COMPOUND_FILE = b"\xd0\xcf\x11\xe0"
"""How files begin that are protected by a password, and those of Excel before 2007."""


def read(request: Request) -> Contents:
    """The first sheet; formulas count with the value that was saved beside them.

    A number in a text column becomes its code (1, not 1.0); in other columns only numbers, and text that may be
    one, stay what they are. Rows without any value are no patients.
    """
    path = request.path
    with path.open("rb") as file:
        if file.read(4) == COMPOUND_FILE:
            raise CohortError(
                f"{path}: the workbook has a password or is of an old kind (.xls); save it as .xlsx without a password."
            )
    try:
        header, rows, others = _cells(path, values=True)
        uncounted = _uncounted(path, rows) if _has_formulas(path) else []
    except (OSError, MemoryError):
        raise
    except Exception:  # noqa: BLE001 - openpyxl raises many kinds on damage, and their words may quote a cell
        raise CohortError(f"{path}: this is not a complete Excel workbook (.xlsx).") from None
    width = max(
        (place + 1 for row in [header, *rows] for place, value in enumerate(row) if value is not None), default=0
    )
    names = [str(name).strip() if name is not None else "" for name in (*header, *[None] * width)][:width]
    if nameless := [str(place + 1) for place, name in enumerate(names) if not name]:
        raise CohortError(f"{path}: the first row has no name for columns {', '.join(nameless)} from the left.")
    refuse_repeated_columns(names, name=str(path))
    if uncounted:
        raise CohortError(
            f"{path}: formulas without a value; open the workbook in Excel, let it calculate, and save it.",
            uncounted,
        )
    padded = [(*row, *[None] * (width - len(row))) for row in rows]
    frame = pd.DataFrame(
        {
            name: _text([row[place] for row in padded])
            if name in request.text_columns
            else _numbers([row[place] for row in padded])
            for place, name in enumerate(names)
        }
    )
    more = f"{others} other sheet{'s' * (others > 1)} with content left out; only the first is read."
    return Contents(frame, notices=(more,) if others else ())


def _cells(path: Path, *, values: bool) -> tuple[Row, list[Row], int]:
    """Header, rows with any content, and how many other sheets have content; formulas or their `values`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on styles and rules of the workbook that mean nothing here
        book = openpyxl.load_workbook(path, read_only=True, data_only=values, keep_links=False)
        try:
            sheets = [_filled(sheet) for sheet in book.worksheets]
            first = next(sheets[0], ())
            rows = list(sheets[0])
            others = sum(next(sheet, None) is not None for sheet in sheets[1:])
        finally:
            book.close()
    return first, rows, others


def _filled(sheet: Any) -> Iterator[Row]:  # noqa: ANN401 - openpyxl's sheet is of several types
    sheet.reset_dimensions()  # which may be untrue, and would cut the table
    for row in sheet.iter_rows(values_only=True):
        if any(value is not None for value in row):
            yield row


def _has_formulas(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(b"<f>" in content or b"<f " in content for content in map(archive.read, sheets))


def _uncounted(path: Path, rows: list[Row]) -> list[str]:
    """Where a formula stands and no value, because the program that wrote it did not calculate."""
    _, formulas, _ = _cells(path, values=False)
    if len(formulas) != len(rows):
        return ["whole rows of formulas"]
    uncounted = [
        number
        for number, (row, formula) in enumerate(zip(rows, formulas, strict=True), start=1)
        if any(value is None and cell is not None for value, cell in zip_longest(row, formula))
    ]
    return [named_rows(uncounted)] if uncounted else []


def _text(cells: list[Any]) -> "pd.Series[Any]":
    return pd.Series([_missing_or(cell, _code(cell)) for cell in cells], dtype=object)


def _numbers(cells: list[Any]) -> "pd.Series[Any]":
    """Numbers as float64 where all are; a date or a truth is no number, so that it becomes its text."""
    kept = [_missing_or(cell, cell if type(cell) in (int, float, str) else str(cell)) for cell in cells]
    if any(isinstance(cell, str) for cell in kept):
        return pd.Series(kept, dtype=object)
    return pd.Series(np.array([np.nan if cell is None else float(cell) for cell in kept], dtype=np.float64))


def _missing_or(cell: Any, value: Any) -> Any:  # noqa: ANN401 - cells are of any type
    return None if cell is None or (isinstance(cell, str) and cell.strip() in MISSING) else value


def _code(cell: Any) -> str:  # noqa: ANN401 - cells are of any type
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
