"""Means and covariances of incomplete data by maximum likelihood, for patients counted as often as they are drawn.

Missing at random given everything observed, linear relations: the EM algorithm of Dempster, Laird and Rubin (1977) on
the second moments of (1, columns), pattern by pattern, so that an iteration never looks at a patient.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
MOST_ROUNDS, CLOSE, ROUGH = 300, 1e-7, 1e-5
STEADYING = 1e-9
"""Added to variances: columns that determine each other."""


@dataclass(frozen=True)
class Incomplete:
    """Columns of patients with gaps, sorted by which of them are there; the first column is the constant."""

    columns: FloatArray
    """Shape (patients, 1 + columns), 0 where missing."""
    patterns: BoolArray
    """Shape (patterns, 1 + columns)."""
    pattern: IntArray
    """Shape (patients,)."""

    @classmethod
    def of(cls, values: FloatArray) -> "Incomplete":
        """From (patients, columns) with NaN for missing; columns should be of unit size."""
        whole = np.column_stack([np.ones(len(values)), values])
        patterns, pattern = np.unique(~np.isnan(whole), axis=0, return_inverse=True)
        return cls(np.nan_to_num(whole), patterns, np.asarray(pattern, dtype=np.int64).ravel())

    def moments(self, weight: FloatArray | None = None, *, start: FloatArray | None = None) -> FloatArray:
        """Second moments of (1, columns), shape (1 + columns, 1 + columns), means in the first row.

        `weight` (patients,) counts each patient; `start` is a solution from which a few steps are enough.
        """
        weight = np.ones(len(self.columns)) if weight is None else weight
        own, count = self._sums(weight)
        complete = self.patterns.all(axis=1)
        if complete.all():
            return np.asarray(own.sum(axis=0) / count.sum())
        found = np.eye(self.columns.shape[1]) if start is None else start
        for _ in range(MOST_ROUNDS):
            onto = self._regressions(found)
            filled = onto @ own @ onto.transpose(0, 2, 1)
            spread = count[:, np.newaxis, np.newaxis] * (found - onto @ found)
            new = (filled + spread).sum(axis=0) / count.sum()
            moved = float(np.abs(new - found).max())
            found = (new + new.T) / 2
            if moved < (CLOSE if start is None else ROUGH):
                break
        return found

    def expected(self, moments: FloatArray) -> FloatArray:
        """Every column of every patient, the missing ones as expected from the others: (patients, 1 + columns)."""
        onto = self._regressions(moments)
        return np.asarray(np.einsum("pij,pj->pi", onto[self.pattern], self.columns))

    def _sums(self, weight: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Of each pattern: sum of products (patterns, 1 + columns, 1 + columns), and of weights."""
        own = np.zeros((len(self.patterns), *[self.columns.shape[1]] * 2))
        order = np.argsort(self.pattern, kind="stable")
        ends = np.cumsum(np.bincount(self.pattern, minlength=len(self.patterns)))
        for place, (start, end) in enumerate(zip([0, *ends[:-1]], ends, strict=True)):
            rows = order[start:end]
            held = self.columns[rows]
            own[place] = (held * weight[rows, np.newaxis]).T @ held
        return own, np.asarray(
            np.bincount(self.pattern, weights=weight, minlength=len(self.patterns)), dtype=np.float64
        )

    def _regressions(self, moments: FloatArray) -> FloatArray:
        """Of all columns on those observed, (patterns, columns, columns); those observed give themselves."""
        there = self.patterns.astype(np.float64)
        both = there[:, :, np.newaxis] * there[:, np.newaxis, :]
        places = np.arange(moments.shape[0])
        system = moments * both
        system[:, places, places] += (1 - there) + STEADYING
        return np.asarray(moments @ (np.linalg.inv(system) * both))
