"""Files of patients as tables: CSV and Parquet, before anything is known about their content."""

import codecs
import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from therapport.errors import CohortError

FORMATS = (".csv", ".parquet")
MISSING_MARKS = ["", "NA", "N/A", "NaN", "nan", "NULL", "null", "None"]
CHUNK = 1 << 20


def read_table(path: Path, *, text_columns: Iterable[str]) -> pd.DataFrame:
    """The file as a frame; `text_columns` keep their text even where it looks like numbers (ids, categories).

    Raises CohortError if the file is missing, empty, of an unknown format, not UTF-8, or not a table. Messages of
    the underlying readers are never passed on, because they quote the offending row.
    """
    if not path.is_file():
        raise CohortError(f"{path}: there is no such file.")
    if path.suffix.lower() not in FORMATS:
        raise CohortError(f"{path}: files of this kind are not read; write one of {', '.join(FORMATS)}.")
    try:
        if path.stat().st_size == 0:
            raise CohortError(f"{path}: the file is empty.")
        table = _read_csv(path, text_columns) if path.suffix.lower() == ".csv" else _read_parquet(path)
    except OSError as error:
        raise CohortError(f"{path}: cannot be read: {error.strerror or 'the system refused'}.") from None
    if table.num_rows == 0:
        raise CohortError(f"{path}: the file has a header, but no patients.")
    try:
        # Arrow's nulls become NaN or None; the frame owns its memory, so that nothing aliases the file.
        frame: pd.DataFrame = table.to_pandas()
    except pa.ArrowException:
        raise CohortError(f"{path}: a column is of a kind that cannot be read; write numbers or text.") from None
    # pandas writes an index beside the columns; ids are often kept there.
    return frame.reset_index() if frame.index.name is not None else frame


def _read_parquet(path: Path) -> pa.Table:
    try:
        refuse_repeated_columns(pyarrow.parquet.read_schema(path).names, name=str(path))
        return pyarrow.parquet.read_table(path)
    except (pa.ArrowException, OSError) as error:
        if getattr(error, "errno", None) is not None:
            raise  # the system's own refusal; Arrow's complaint about damaged content has no number
        raise CohortError(f"{path}: this is not a complete Parquet file.") from None


def refuse_repeated_columns(header: Sequence[str], *, name: str) -> None:
    """Raise CohortError if two columns have one name; it is not shown, because a first line may be a patient."""
    if repeated := {column for column, times in Counter(header).items() if times > 1}:
        places = ", ".join(str(place + 1) for place, column in enumerate(header) if column in repeated)
        raise CohortError(f"{name}: the header names a column twice (columns {places} from the left).")


def _read_csv(path: Path, text_columns: Iterable[str]) -> pa.Table:
    _refuse_other_encodings(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        header_line = file.readline()
    delimiter = max(",;\t", key=header_line.count)
    try:
        header = next(csv.reader([header_line], delimiter=delimiter), [])
    except csv.Error:
        raise CohortError(f"{path}: this is not a table of comma-separated values.") from None
    refuse_repeated_columns(header, name=str(path))
    ragged: list[int] = []

    def note(row: pyarrow.csv.InvalidRow) -> str:
        ragged.append((row.number or 0) - 1)  # the header is line 1
        return "skip"

    try:
        table = pyarrow.csv.read_csv(
            path,
            # One thread: only then does the reader know the numbers of ragged rows.
            read_options=pyarrow.csv.ReadOptions(use_threads=False, encoding="utf8"),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=delimiter, invalid_row_handler=note, newlines_in_values=True
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                null_values=MISSING_MARKS,
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                column_types={name: pa.string() for name in text_columns if name in header},
            ),
        )
    except pa.ArrowException:
        raise CohortError(f"{path}: this is not a table of comma-separated values.") from None
    if ragged:
        raise CohortError(
            f"{path}: rows with more or fewer values than the header has columns.",
            [f"{len(ragged)} row{'s' * (len(ragged) > 1)}: {named_rows(ragged)}"],
        )
    return table


def _refuse_other_encodings(path: Path) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines = 1
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK)
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                line = lines + error.object[: error.start].count(b"\n")
                raise CohortError(f"{path}: line {line} is not UTF-8; save the file as UTF-8.") from None
            if not chunk:
                return
            lines += chunk.count(b"\n")


ROWS_SHOWN = 8


def named_rows(rows: list[int]) -> str:
    """Row numbers (1 = the first patient) for a message: the first few, and how many more."""
    shown = ", ".join(str(row) for row in rows[:ROWS_SHOWN])
    more = len(rows) - ROWS_SHOWN
    return f"row{'s' * (len(rows) > 1)} {shown}" + (f" and {more:,} more" if more > 0 else "")
