"""Rows of a file that can only be read whole: held against the codebook at once, and given out in pieces."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from therapport.codebook import Codebook
from therapport.cohort.content import Sifted
from therapport.cohort.stream.checks import Checked
from therapport.cohort.stream.values import FloatArray

if TYPE_CHECKING:
    from therapport.cohort.stream.rows import Piece


@dataclass(frozen=True)
class WholeFile:
    """A file in memory."""

    path: Path
    codebook: Codebook
    factors: tuple[str, ...]
    sifted: Sifted
    others: tuple[Path, ...] = ()
    """Files that were read with it."""

    @property
    def number(self) -> int:
        """How many rows there are."""
        return len(self.sifted.table)

    @property
    def files(self) -> tuple[Path, ...]:
        """What was read."""
        return (self.path, *self.others)

    @property
    def notices(self) -> tuple[str, ...]:
        """What a user should know about columns."""
        return self.sifted.notices

    def pieces(self, first: int, size: int) -> Iterator["Piece"]:
        """Pieces of that size."""
        from therapport.cohort.stream.rows import Piece  # noqa: PLC0415 - which builds on this module

        for at in range(first, self.number, size):
            yield Piece(at, min(size, self.number - at))

    def checked(self, piece: "Piece") -> Checked:
        """A piece of what has been held against the codebook already."""
        rows = slice(piece.first, piece.first + piece.rows)
        violations = []
        for column, words, found in self._broken:
            first, last = np.searchsorted(found, [rows.start + 1, rows.stop + 1])
            if last > first:
                violations.append((column, words, [int(row) - rows.start for row in found[first:last]]))
        return Checked(
            self._ids[rows], {name: values[rows] for name, values in self._columns.items()}, tuple(violations)
        )

    def place(self, row: int) -> tuple[str, int]:
        """File and row."""
        return self.path.name, row + 1

    @cached_property
    def _ids(self) -> pa.StringArray:
        return pa.array(self.sifted.table[self.codebook.id], pa.string(), from_pandas=True)

    @cached_property
    def _columns(self) -> Mapping[str, FloatArray]:
        return {name: self._values(name) for name in self.factors}

    @cached_property
    def _broken(self) -> list[tuple[str, str, NDArray[np.int64]]]:
        return [(column, words, np.array(rows, dtype=np.int64)) for column, words, rows in self.sifted.violations]

    def _values(self, name: str) -> FloatArray:
        values, factor = self.sifted.table[name], self.codebook.factors[name]
        if factor.kind != "category":
            return values.to_numpy(dtype=np.float64)
        places = pd.Categorical(values.where(values.isin(list(factor.levels)), None), categories=list(factor.levels))
        return np.where(places.codes < 0, np.nan, places.codes).astype(np.float64)
