"""Where rows come from, in batches: Parquet, folders of it, Arrow files; what all of them can be asked."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol, TypeVar

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet

from therapport.cohort.rows import refuse_repeated_columns
from therapport.errors import CohortError

Read = TypeVar("Read")
READ_ROWS = 1 << 16
"""Rows that are read at a time."""
READ_BYTES = 1 << 20
"""Of a column that are read ahead: a row group may be as large as the file, and must not be held in memory."""


class Source(Protocol):
    """Rows in an order that never changes."""

    @property
    def columns(self) -> Sequence[str]:
        """The columns that are there."""
        ...

    @property
    def floating(self) -> Collection[str]:
        """The columns that hold floating-point numbers, anywhere."""
        ...

    @property
    def rows(self) -> int:
        """How many rows there are."""
        ...

    @property
    def files(self) -> Sequence[Path]:
        """What is read, and must stay as it is meanwhile."""
        ...

    def batches(self, columns: Sequence[str], first: int) -> Iterator[pa.RecordBatch]:
        """These columns from a row on (0 = the first), in batches of any length."""
        ...

    def place(self, row: int) -> tuple[str, int]:
        """The name of the file that holds a row (0 = the first), and its number in it (1 = the first)."""
        ...


@dataclass(frozen=True)
class ParquetFiles:
    """One Parquet file, or several with the same columns, one after the other."""

    name: str
    files: tuple[Path, ...]

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that are there; an index without a name is none."""
        first = self._schemas[0].names
        for file, schema in zip(self.files, self._schemas, strict=True):
            refuse_repeated_columns(schema.names, name=str(file))
            if set(schema.names) != set(first):
                problems = [
                    f"{name}: only in {(self.files[0] if name in first else file).name}"
                    for name in sorted({*first} ^ {*schema.names})
                ]
                raise CohortError(
                    f"{file}: this file does not have the same columns as {self.files[0].name} before it.", problems
                )
        return tuple(name for name in first if not (name.startswith("__index_level_") and name.endswith("__")))

    def require_alike(self, columns: Sequence[str]) -> None:
        """Raise CohortError with each of these columns that is of one kind in one file and of another elsewhere."""
        problems = []
        for name in columns:
            seen: dict[str, str] = {}
            for file, schema in zip(self.files, self._schemas, strict=True):
                if (kind := _kind(schema.field(name).type)) is not None:
                    seen.setdefault(kind, file.name)
            if len(seen) > 1:
                problems.append(f"{name}: {', '.join(f'{kind} in {file}' for kind, file in seen.items())}")
        if problems:
            raise CohortError(f"{self.name}: columns must be of one kind in all files of the folder.", problems)

    @cached_property
    def floating(self) -> frozenset[str]:
        """The columns that hold floating-point numbers in any of the files."""
        return frozenset(field.name for one in self._schemas for field in one if _floats(field.type))

    @cached_property
    def _schemas(self) -> tuple[pa.Schema, ...]:
        return tuple(undamaged(file, lambda: pyarrow.parquet.read_schema(file)) for file in self.files)  # noqa: B023

    @cached_property
    def lengths(self) -> tuple[int, ...]:
        """Rows of each file."""
        return tuple(
            undamaged(file, lambda: pyarrow.parquet.read_metadata(file).num_rows)  # noqa: B023 - called at once
            for file in self.files
        )

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(self.lengths)

    def batches(self, columns: Sequence[str], first: int) -> Iterator[pa.RecordBatch]:
        """These columns from a row on."""
        for path, length in zip(self.files, self.lengths, strict=True):
            if first >= length:
                first -= length
                continue
            try:
                yield from _of_file(path, columns, first)
            except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
                raise _told(path, error) from None
            first = 0

    def place(self, row: int) -> tuple[str, int]:
        """File and row."""
        for path, length in zip(self.files, self.lengths, strict=True):
            if row < length:
                return path.name, row + 1
            row -= length
        raise IndexError(row)


def _of_file(path: Path, columns: Sequence[str], first: int) -> Iterator[pa.RecordBatch]:
    with pyarrow.parquet.ParquetFile(path, pre_buffer=False, buffer_size=READ_BYTES) as file:
        groups: list[int] = []
        behind = first
        for number in range(file.num_row_groups):
            rows = file.metadata.row_group(number).num_rows
            if not groups and behind >= rows:
                behind -= rows  # a row group that lies before the first row is not read at all
            else:
                groups.append(number)
        # One thread: the parts of a run are what is worked on side by side.
        for batch in file.iter_batches(READ_ROWS, row_groups=groups, columns=list(columns), use_threads=False):
            if behind >= len(batch):
                behind -= len(batch)
                continue
            rest = batch.slice(behind)
            # The format does not guard its content: text that is none would be followed later.
            rest.validate(full=True)
            yield rest
            behind = 0


def _kind(kind: pa.DataType) -> str | None:
    """What a type is to a user; None for a column without any value."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_null(kind):
        return None
    if pa.types.is_boolean(kind):
        return "true or false"
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "numbers"
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return "text"
    return "days" if pa.types.is_date(kind) else "times" if pa.types.is_timestamp(kind) else str(kind)


def _floats(kind: pa.DataType) -> bool:
    return bool(pa.types.is_floating(kind.value_type if pa.types.is_dictionary(kind) else kind))


def undamaged(path: Path, read: Callable[[], Read]) -> Read:
    """What reading gives; raises CohortError if the file cannot be read."""
    try:
        return read()
    except (pa.ArrowException, OSError) as error:
        raise _told(path, error) from None


def _told(path: Path, error: Exception) -> CohortError:
    if getattr(error, "errno", None) is not None:
        return CohortError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or 'the system refused'}.")
    return CohortError(f"{path}: this is not a complete Parquet file.")


def keeps_an_index(path: Path) -> bool:
    """Whether pandas wrote an index beside the columns that only pandas can read back: a range with a name."""
    about = undamaged(path, lambda: pyarrow.parquet.read_schema(path)).pandas_metadata or {}
    return any(isinstance(one, dict) and one.get("name") is not None for one in about.get("index_columns", []))
