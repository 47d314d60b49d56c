"""The rules of a codebook for rows that come in batches, and what a batch holds once it has been held against them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from therapport.codebook import Codebook
from therapport.cohort import allowed
from therapport.cohort.allowed import Violation
from therapport.cohort.days import episode_days
from therapport.cohort.rows import rows_of
from therapport.cohort.stream.values import Column, FloatArray, as_floats, plain, texts

RAGGED = "\0ragged"
"""A column that only readers of text add: rows with more or fewer values than the header."""


@dataclass(frozen=True)
class Checked:
    """Rows in a row, each held against the codebook."""

    ids: pa.StringArray
    columns: Mapping[str, FloatArray]
    """Factor -> values of shape (rows,), NaN where missing; for a category the place of the level in the codebook.
    A factor that is not there is missing for everyone."""
    violations: tuple[Violation, ...] = ()
    """Rows are counted from 1 = the first of these."""

    @property
    def kept(self) -> NDArray[np.bool_]:
        """Shape (rows,): the rows that fit."""
        kept = np.ones(len(self.ids), dtype=np.bool_)
        for _, _, rows in self.violations:
            kept[np.array(rows, dtype=np.int64) - 1] = False
        return kept


@dataclass(frozen=True)
class Checks:
    """What rows are held against."""

    codebook: Codebook
    factors: Sequence[str]
    """Those that the rows have."""
    repeated: pa.StringArray = field(default_factory=lambda: pa.array([], pa.string()))
    """The ids that stand in more than one row of the whole."""
    broken_codes: Collection[str] = ()
    """Columns of floating-point numbers, to be read as codes, that are not all whole."""

    def of(self, batch: pa.RecordBatch) -> Checked:
        """Every rule on every row."""
        identifier, violations = self._ids(batch)
        columns: dict[str, FloatArray] = {}
        for name in self.factors:
            column = Column(name, self.codebook.factors[name], self.codebook, name not in self.broken_codes)
            columns[name], broken = column.read(batch.column(name))
            violations += [(name, text, rows_of(rows)) for text, rows in broken]
        violations += self._days(batch)
        return Checked(identifier, columns, tuple(self._ragged(batch, violations)))

    def _ids(self, batch: pa.RecordBatch) -> tuple[pa.StringArray, list[Violation]]:
        name = self.codebook.id
        ids = texts(plain(batch.column(name)), whole=name not in self.broken_codes)
        violations: list[Violation] = []
        if ids.null_count:
            violations.append((name, allowed.EMPTY, rows_of(as_floats(ids.is_null()) > 0)))
        if len(self.repeated):
            repeated = as_floats(pc.is_in(ids, value_set=self.repeated)) > 0
            if repeated.any():
                violations.append((name, allowed.UNIQUE, rows_of(repeated)))
        return ids, violations

    def _days(self, batch: pa.RecordBatch) -> tuple[Violation, ...]:
        dates = [name for name in self.codebook.dates.columns() if name in batch.schema.names]
        return episode_days(batch.select(dates).to_pandas(), self.codebook).violations if dates else ()

    def _ragged(self, batch: pa.RecordBatch, violations: list[Violation]) -> list[Violation]:
        """What is said of rows that could not be taken apart is only that."""
        if RAGGED not in batch.schema.names:
            return violations
        ragged = set(rows_of(as_floats(batch.column(RAGGED)) > 0))
        if not ragged:
            return violations
        others = [(column, text, [row for row in rows if row not in ragged]) for column, text, rows in violations]
        return [("", allowed.RAGGED, sorted(ragged)), *(one for one in others if one[2])]
