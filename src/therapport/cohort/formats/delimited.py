"""CSV: text separated by commas, semicolons, tabs or bars."""

import csv
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

from therapport.cohort.formats import decimals
from therapport.cohort.formats.columnar import as_frame
from therapport.cohort.formats.contents import MISSING_MARKS, Contents, Request
from therapport.cohort.formats.encoding import as_utf8
from therapport.cohort.formats.memory import refuse_what_does_not_fit
from therapport.cohort.rows import named_rows, refuse_repeated_columns
from therapport.errors import CohortError

BLOCK = 4 << 20  # bytes; a row must fit into one
SEPARATORS = ",;\t|"


def read(request: Request) -> Contents:
    """A CSV file; the separator is the one that the header has most of, and empty lines are no patients."""
    refuse_what_does_not_fit(request.path)
    source = as_utf8(request.path, request.encoding)
    not_a_table = CohortError(f"{request.path}: this is not a table of comma-separated values.")
    with _opened(source) as binary, io.TextIOWrapper(binary, encoding="utf-8-sig", newline="") as file:
        header_line = file.readline()
    separator = max(SEPARATORS, key=header_line.count)
    try:
        header = next(csv.reader([header_line], delimiter=separator), [])
    except csv.Error:
        raise not_a_table from None
    refuse_repeated_columns(header, name=str(request.path))
    text_columns = request.text_columns & set(header)
    try:
        table, ragged = _parsed(source, separator, text_columns, threads=True)
        if ragged:
            # Only a single thread knows the numbers of its rows.
            _, ragged = _parsed(source, separator, text_columns, threads=False)
    except MemoryError:
        raise  # Arrow's is an exception of Arrow's, too
    except pa.ArrowException:
        raise not_a_table from None
    if ragged:
        raise CohortError(
            f"{request.path}: rows with more or fewer values than the header has columns.",
            [f"{len(ragged)} row{'s' * (len(ragged) > 1)}: {named_rows(ragged)}"],
        )
    if separator != ",":
        table = decimals.with_points(table, text_columns)
    return Contents(as_frame(table, request))


def _opened(source: Path | bytes) -> io.BufferedReader | io.BytesIO:
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def _parsed(
    source: Path | bytes, separator: str, text_columns: frozenset[str], *, threads: bool
) -> tuple[pa.Table, list[int]]:
    """The table without its ragged rows, and which these are (1 = the first patient; all 0 with several threads)."""
    ragged: list[int] = []

    def note(row: pyarrow.csv.InvalidRow) -> str:
        ragged.append(0 if row.number is None else row.number - 1)  # the header is line 1
        return "skip"

    table = pyarrow.csv.read_csv(
        pa.BufferReader(source) if isinstance(source, bytes) else source,
        read_options=pyarrow.csv.ReadOptions(use_threads=threads, block_size=BLOCK, encoding="utf8"),
        parse_options=pyarrow.csv.ParseOptions(delimiter=separator, invalid_row_handler=note, newlines_in_values=True),
        convert_options=pyarrow.csv.ConvertOptions(
            null_values=list(MISSING_MARKS),
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
            column_types={name: pa.string() for name in text_columns},
        ),
    )
    return table, ragged
