"""A table of a DuckDB database, in the order in which its rows were put in."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from therapport.cohort.rows import refuse_repeated_columns
from therapport.cohort.stream.sources import READ_ROWS
from therapport.errors import CohortError, MissingPartError

ENDINGS = (".duckdb", ".ddb")
MAIN = "main"
"""The schema that need not be named."""


@dataclass(frozen=True)
class DatabaseTable:
    """One table or view; the database is opened for reading only."""

    path: Path
    table: str

    @property
    def files(self) -> tuple[Path, ...]:
        """The database, and what has not been written into it yet."""
        return tuple(file for file in (self.path, Path(f"{self.path}.wal")) if file.exists())

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns of the table."""
        refuse_repeated_columns(self._schema.names, name=f"{self.path}: {self.table}")
        return tuple(self._schema.names)

    @cached_property
    def floating(self) -> frozenset[str]:
        """The columns that hold floating-point numbers."""
        return frozenset(field.name for field in self._schema if pa.types.is_floating(field.type))

    @cached_property
    def rows(self) -> int:
        """How many rows there are."""
        with self._connected() as connection:
            return int(connection.execute(f"SELECT count(*) FROM {self._named}").fetchone()[0])  # noqa: S608 - quoted

    def batches(self, columns: Sequence[str], first: int) -> Iterator[pa.RecordBatch]:
        """These columns from a row on."""
        named = ", ".join(_quoted(name) for name in columns)
        with self._connected() as connection:
            # DuckDB gives rows in their own order unless it is told otherwise.
            found = connection.sql(f"SELECT {named} FROM {self._named} OFFSET {int(first)}")  # noqa: S608 - quoted
            yield from found.to_arrow_reader(READ_ROWS)

    def place(self, row: int) -> tuple[str, int]:
        """Database and row."""
        return self.path.name, row + 1

    @cached_property
    def _schema(self) -> pa.Schema:
        with self._connected() as connection:
            found = connection.sql(f"SELECT * FROM {self._named} LIMIT 0")  # noqa: S608 - quoted
            schema: pa.Schema = found.to_arrow_reader(1).schema
            return schema

    @cached_property
    def _named(self) -> str:
        """The table as SQL has it; raises CohortError if there is none of that name."""
        with self._connected() as connection:
            found = connection.execute(
                "SELECT table_schema, table_name FROM information_schema.tables "
                "WHERE table_catalog = current_catalog() ORDER BY ALL"
            ).fetchall()
        known = {
            name if schema == MAIN else f"{schema}.{name}": f"{_quoted(schema)}.{_quoted(name)}"
            for schema, name in found
        }
        if self.table not in known:
            there = ", ".join(known) or "no table at all"
            raise CohortError(f"{self.path}: there is no table {self.table}; there is {there}.")
        return known[self.table]

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        try:
            import duckdb  # noqa: PLC0415 - it is an optional part
        except ImportError:
            raise MissingPartError(
                f"{self.path}: databases are read with DuckDB, which is not installed: "
                f"pip install 'therapport[duckdb]'."
            ) from None
        try:
            connection = duckdb.connect(str(self.path), read_only=True)
        except duckdb.Error:
            raise CohortError(
                f"{self.path}: this is no DuckDB database, or another program is writing to it."
            ) from None
        try:
            with connection:
                yield connection
        except (duckdb.Error, pa.ArrowException, RuntimeError) as error:  # whose message may quote a value
            raise CohortError(
                f"{self.path}: {self.table} cannot be read to its end ({type(error).__name__})."
            ) from None


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'
