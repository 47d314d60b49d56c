"""The rows of a cohort, whatever it is in: read in pieces of a fixed size, each piece held against the codebook."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from therapport.codebook import Codebook
from therapport.cohort.content import sift, text_columns
from therapport.cohort.header import Header, check_header
from therapport.cohort.measurements import AsOf
from therapport.cohort.stream import database, survey
from therapport.cohort.stream.checks import RAGGED, Checked, Checks
from therapport.cohort.stream.database import DatabaseTable
from therapport.cohort.stream.delimited import DelimitedFile
from therapport.cohort.stream.sources import ParquetFiles, Source, keeps_an_index
from therapport.cohort.stream.values import plain
from therapport.cohort.stream.whole import WholeFile
from therapport.errors import CohortError


@dataclass(frozen=True)
class Piece:
    """Rows in a row, not held against anything yet."""

    first: int
    """The number of its first row, from 0."""
    rows: int
    data: pa.RecordBatch | None = None


class Rows(Protocol):
    """The rows of a cohort."""

    @property
    def number(self) -> int:
        """How many there are."""
        ...

    @property
    def files(self) -> Sequence[Path]:
        """What is read, and must stay as it is meanwhile."""
        ...

    @property
    def notices(self) -> Sequence[str]:
        """What a user should know about columns."""
        ...

    def pieces(self, first: int, size: int) -> Iterator[Piece]:
        """Pieces of that size from a row on; only the last may be smaller."""
        ...

    def checked(self, piece: Piece) -> Checked:
        """A piece held against the codebook; several threads may ask at once."""
        ...

    def place(self, row: int) -> tuple[str, int]:
        """The name of the file that holds a row (0 = the first), and its number in it (1 = the first)."""
        ...


@dataclass(frozen=True)
class StreamedRows:
    """Rows that are never in memory together."""

    source: Source
    checks: Checks
    columns: tuple[str, ...]
    notices: tuple[str, ...]

    @property
    def number(self) -> int:
        """How many there are."""
        return self.source.rows

    @property
    def files(self) -> Sequence[Path]:
        """What is read."""
        return self.source.files

    def pieces(self, first: int, size: int) -> Iterator[Piece]:
        """Pieces of that size, cut from batches as they come."""
        held: list[pa.RecordBatch] = []
        there = 0
        for batch in self.source.batches(self.columns, first):
            rest = batch
            while there + len(rest) >= size:
                taken = size - there
                yield Piece(first, size, _one([*held, rest.slice(0, taken)]))
                rest, first, held, there = rest.slice(taken), first + size, [], 0
            if len(rest):
                held.append(rest)
                there += len(rest)
        if held:
            yield Piece(first, there, _one(held))

    def checked(self, piece: Piece) -> Checked:
        """The piece held against the codebook."""
        return self.checks.of(piece.data)

    def place(self, row: int) -> tuple[str, int]:
        """File and row."""
        return self.source.place(row)


def opened(
    path: Path,
    codebook: Codebook,
    *,
    factors: Sequence[str],
    table: str | None = None,
    measurements: AsOf | None = None,
    encoding: str | None = None,
    ignore_unknown: bool = False,
    allow_absent: bool = False,
) -> Rows:
    """The rows of a file, of a folder of Parquet files, or of a `table` of a DuckDB database.

    Parquet, CSV and DuckDB are read in batches. Excel, SPSS, Stata and Feather files, and any cohort with a long table
    of `measurements`, are read whole. Raises CohortError with everything that is wrong with the columns, or if there is
    no row; MissingPartError without DuckDB for a database.
    """
    source = None if measurements is not None else _source(path, table, codebook, encoding)
    if source is None:
        sifted = sift(
            path,
            codebook,
            factors=factors,
            encoding=encoding,
            measurements=measurements,
            ignore_unknown=ignore_unknown,
            allow_absent=allow_absent,
        )
        others = () if measurements is None or not isinstance(measurements.source, Path) else (measurements.source,)
        return WholeFile(path, codebook, tuple(factors), sifted, others)
    header = check_header(
        source.columns,
        codebook,
        wanted=[codebook.id, *factors],
        ignore_unknown=ignore_unknown,
        may_be_absent=set(factors) if allow_absent else set(),
    )
    return _streamed(path, source, header, codebook, factors)


def _streamed(path: Path, source: Source, header: Header, codebook: Codebook, factors: Sequence[str]) -> StreamedRows:
    if header.problems:
        many = "s" * (len(header.problems) > 1)
        raise CohortError(f"{path}: {len(header.problems)} problem{many}.", header.problems)
    if source.rows == 0:
        raise CohortError(f"{path}: the file has a header, but no patients.")
    there = [name for name in factors if name in source.columns]
    dates = [name for name in codebook.dates.columns() if name in source.columns]
    if isinstance(source, ParquetFiles):
        source.require_alike(list(dict.fromkeys([codebook.id, *there, *dates])))
    codes = [name for name in there if codebook.factors[name].kind == "category"]
    looked = survey.survey(source, codebook.id, codes)
    columns = dict.fromkeys([codebook.id, *there, *dates, *([RAGGED] if isinstance(source, DelimitedFile) else [])])
    checks = Checks(codebook, there, looked.repeated, looked.broken_codes)
    return StreamedRows(source, checks, tuple(columns), header.notices)


def _source(path: Path, table: str | None, codebook: Codebook, encoding: str | None) -> Source | None:
    """Where rows can be read from in batches; None where only the whole can be read, or nothing is there."""
    if path.suffix.lower() in database.ENDINGS and path.is_file():
        if table is None:
            raise CohortError(f"{path}: name the table of the database that holds the cohort: --table NAME.")
        return DatabaseTable(path, table)
    if table is not None:
        raise CohortError(f"{path}: only a DuckDB database ({', '.join(database.ENDINGS)}) has tables.")
    if path.is_dir():
        files = [one for one in sorted(path.rglob("*.parquet")) if _shown(one, path)]
        if not files:
            raise CohortError(f"{path}: there is no Parquet file in this folder; name the file that holds the cohort.")
        return ParquetFiles(str(path), tuple(files))
    if not path.is_file() or path.stat().st_size == 0:
        return None
    match path.suffix.lower():
        case ".parquet":
            return None if keeps_an_index(path) else ParquetFiles(str(path), (path,))
        case ".csv":
            return DelimitedFile(path, frozenset(text_columns(codebook)), codebook.id, encoding)
        case _:
            return None


def _shown(path: Path, folder: Path) -> bool:
    """Whether no part of its name says that it is somebody's working file."""
    return not any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)


def _one(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    if len(batches) == 1:
        return batches[0]
    if any(one.schema != batches[0].schema for one in batches):
        names = batches[0].schema.names
        batches = [pa.record_batch([plain(one.column(name)) for name in names], names) for one in batches]
    try:
        joined = pa.concat_tables([pa.Table.from_batches([one]) for one in batches], promote_options="permissive")
    except pa.ArrowException:
        raise CohortError("A column is of one type in one file of the folder and of another in the next.") from None
    return joined.combine_chunks().to_batches()[0]
