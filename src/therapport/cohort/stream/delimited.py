"""CSV in batches.

A first look at the whole says what reading the whole would say: which columns are numbers, and whether a comma is a
decimal point; it also gathers the ids, so that nobody need read the file again for them. Rows with too many or too few
values keep their place, marked as such.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from therapport.cohort.formats.contents import MISSING_MARKS
from therapport.cohort.formats.decimals import COMMA, POINT
from therapport.cohort.formats.delimited import BLOCK, SEPARATORS
from therapport.cohort.formats.encoding import as_utf8
from therapport.cohort.rows import refuse_repeated_columns
from therapport.cohort.stream.checks import RAGGED
from therapport.cohort.stream.identifiers import Bits, Gathered
from therapport.errors import CohortError

NUMBERS = {"whole": pa.int64(), "decimal": pa.float64()}


@dataclass(frozen=True)
class Looked:
    """What all rows together say."""

    rows: int
    numbers: dict[str, pa.DataType]
    """Columns of which every cell is a number, with its type; the others stay text."""
    commas: bool
    """Whether 3,5 is a number."""
    identifiers: Gathered


@dataclass(frozen=True)
class DelimitedFile:
    """One CSV file."""

    path: Path
    text_columns: frozenset[str]
    identifier: str
    encoding: str | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """The file."""
        return (self.path,)

    @property
    def floating(self) -> frozenset[str]:
        """None: ids and categories are text here."""
        return frozenset()

    @property
    def rows(self) -> int:
        """How many rows there are, ragged ones included."""
        return self._looked.rows

    def taken(self, identifier: str, most: int) -> Bits | None:
        """The bits of all ids, from the first look; None of another column, of more than `most`, or a second time."""
        return self._looked.identifiers.take(most) if identifier == self.identifier else None

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The header."""
        binary = io.BytesIO(self._source) if isinstance(self._source, bytes) else self._source.open("rb")
        with binary, io.TextIOWrapper(binary, encoding="utf-8-sig", newline="") as file:
            line = file.readline()
        try:
            header = next(csv.reader([line], delimiter=_separator(line)), [])
        except csv.Error:
            raise self._no_table() from None
        refuse_repeated_columns(header, name=str(self.path))
        return tuple(header)

    def batches(self, columns: Sequence[str], first: int) -> Iterator[pa.RecordBatch]:
        """These columns from a row on, and RAGGED."""
        for batch in self._texts(columns):
            if first >= len(batch):
                first -= len(batch)
                continue
            yield pa.record_batch(
                {name: self._converted(name, batch.column(name)) for name in batch.schema.names}
            ).slice(first)
            first = 0

    def place(self, row: int) -> tuple[str, int]:
        """File and row."""
        return self.path.name, row + 1

    @cached_property
    def _source(self) -> Path | bytes:
        return as_utf8(self.path, self.encoding)

    @cached_property
    def _separator(self) -> str:
        binary = io.BytesIO(self._source) if isinstance(self._source, bytes) else self._source.open("rb")
        with binary, io.TextIOWrapper(binary, encoding="utf-8-sig", newline="") as file:
            return _separator(file.readline())

    @cached_property
    def _looked(self) -> Looked:
        could_be = {name: set(NUMBERS) for name in self.columns if name not in self.text_columns}
        rows, points, identifiers = 0, False, Gathered()
        for batch in self._texts(self.columns):
            rows += len(batch)
            identifiers.add(batch.column(self.identifier).drop_null())
            for name, kinds in could_be.items():
                cells = batch.column(name)
                for kind in tuple(kinds):
                    if _cast(cells, NUMBERS[kind]) is None:
                        kinds.discard(kind)
                if self._separator != "," and not points and not kinds:
                    points = bool(pc.any(pc.match_substring_regex(_trimmed(cells), POINT)).as_py())
        numbers = {name: NUMBERS[min(kinds, key=list(NUMBERS).index)] for name, kinds in could_be.items() if kinds}
        # A column of numbers with a point anywhere makes the comma a mark of thousands everywhere.
        points |= any(pa.types.is_floating(kind) for kind in numbers.values())
        return Looked(rows, numbers, self._separator != "," and not points, identifiers)

    def _converted(self, name: str, cells: pa.Array) -> pa.Array:
        looked = self._looked
        if name in looked.numbers:
            return _cast(cells, looked.numbers[name])
        if looked.commas and name not in self.text_columns and name != RAGGED:
            mended = pc.if_else(pc.match_substring_regex(cells, COMMA), pc.replace_substring(cells, ",", "."), cells)
            numbers = _exactly(mended, pa.float64())
            return mended if numbers is None else numbers
        return cells

    def _texts(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Everything as text; a ragged row is null in every column but RAGGED."""
        ragged: list[int] = []
        wanted = [name for name in columns if name != RAGGED]
        row = 0
        try:
            for batch in self._opened(wanted, ragged):
                yield from _with_ragged(batch, row, ragged)
                row = _end(len(batch), row, ragged)
                ragged[:] = [one for one in ragged if one >= row]
        except MemoryError:
            raise
        except pa.ArrowException:
            raise self._no_table() from None
        except OSError as error:
            raise CohortError(f"{self.path}: cannot be read: {error.strerror or 'the system refused'}.") from None
        if ragged:
            yield from _with_ragged(pa.record_batch({name: pa.nulls(0, pa.string()) for name in wanted}), row, ragged)

    def _opened(self, wanted: Sequence[str], ragged: list[int]) -> pyarrow.csv.CSVStreamingReader:
        def note(row: pyarrow.csv.InvalidRow) -> str:
            ragged.append(row.number - 2)  # the header is line 1
            return "skip"

        return pyarrow.csv.open_csv(
            pa.BufferReader(self._source) if isinstance(self._source, bytes) else self._source,
            # Only a single thread knows the numbers of its rows.
            read_options=pyarrow.csv.ReadOptions(use_threads=False, block_size=BLOCK, encoding="utf8"),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=self._separator, invalid_row_handler=note, newlines_in_values=True
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                null_values=list(MISSING_MARKS),
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                include_columns=list(wanted),
                column_types={name: pa.string() for name in self.columns},
            ),
        )

    def _no_table(self) -> CohortError:
        return CohortError(f"{self.path}: this is not a table of comma-separated values.")


def _separator(line: str) -> str:
    return max(SEPARATORS, key=line.count)


def _end(good: int, row: int, ragged: Sequence[int]) -> int:
    """The row after so many good ones from `row` on, with the ragged ones among them and right behind them."""
    end = row + good
    for one in ragged:
        if one > end:
            break
        end += 1
    return end


def _with_ragged(batch: pa.RecordBatch, row: int, ragged: Sequence[int]) -> Iterator[pa.RecordBatch]:
    end = _end(len(batch), row, ragged)
    places = {one - row for one in ragged if one < end}
    marks = [place in places for place in range(end - row)] if places else [False] * len(batch)
    if places:
        good = iter(range(len(batch)))
        batch = batch.take(pa.array([None if mark else next(good) for mark in marks], pa.int64()))
    yield batch.append_column(RAGGED, pa.array(marks, pa.bool_()))


def _trimmed(cells: pa.Array) -> pa.Array:
    return pc.utf8_trim(cells, " \t")


def _cast(cells: pa.Array, kind: pa.DataType) -> pa.Array | None:
    """As numbers, whatever spaces stand around them; None if there is a cell that is none."""
    # Hardly any file has such spaces, and looking for them takes as long as reading the numbers.
    found = _exactly(cells, kind)
    return _exactly(_trimmed(cells), kind) if found is None else found


def _exactly(cells: pa.Array, kind: pa.DataType) -> pa.Array | None:
    try:
        return cells.cast(kind)
    except pa.ArrowInvalid:
        return None
