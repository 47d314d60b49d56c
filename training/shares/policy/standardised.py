"""G-computation: the fitted model asked of every patient under every kind of delivery and length, then averaged.

Only what was known at intake is held equal. Alliance, resistance and homework come after the choice of delivery and are
part of what goes with it: holding them equal would take away the very difference that is asked about.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.shares import linear

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Treated:
    """Who was treated how."""

    mix: FloatArray
    """Case mix, standardised, (patients, columns)."""
    kind: IntArray
    """Shape (patients,)."""
    short: IntArray
    """0 or 1, shape (patients,)."""
    kinds: int
    has_short: bool

    def inputs(self, rows: IntArray, kind: IntArray, short: IntArray) -> FloatArray:
        """Case mix, kind, length, and products of case mix with both: associations may differ between patients."""
        mix = self.mix[rows]
        dummies = (kind[:, np.newaxis] == np.arange(1, self.kinds)).astype(np.float64)
        marks = np.hstack([dummies, short[:, np.newaxis].astype(np.float64)]) if self.has_short else dummies
        products = (marks[:, :, np.newaxis] * mix[:, np.newaxis, :]).reshape(len(mix), -1)
        return np.hstack([mix, marks, products])

    def predicted(self, rows: IntArray, outcome: FloatArray, *, binary: bool) -> FloatArray:
        """Fitted to those of `rows` (a patient may come twice) with a known outcome; of each row, (rows, kinds, 2)."""
        known = rows[~np.isnan(outcome[rows])]
        inputs = self.inputs(known, self.kind[known], self.short[known])
        held = np.ones((1, inputs.shape[1]), dtype=np.bool_)
        fitted = linear.fit(inputs, outcome[known], held, binary=binary)
        found = np.empty((len(rows), self.kinds, 2))
        for kind in range(self.kinds):
            for short in (0, 1):
                asked = self.inputs(rows, np.full(len(rows), kind), np.full(len(rows), short))
                found[:, kind, short] = fitted.predict(asked)[:, 0]
        return found

    def own(self) -> FloatArray:
        """1 for the kind and length that each patient had, (patients, kinds, 2)."""
        found = np.zeros((len(self.kind), self.kinds, 2))
        found[np.arange(len(self.kind)), self.kind, self.short] = 1.0
        return found


def average(predicted: FloatArray, weights: FloatArray) -> float:
    """Mean over patients of what is predicted under the mix."""
    return float((predicted * weights).sum() / len(predicted))
