"""Any other score: ask it for every coalition. Exact and slow, and it must keep the reference patients' rows."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from therapport.explanation.shapley import interaction_weights, membership, weights
from therapport.features import FactorMatrix
from therapport.models import Score

FloatArray = NDArray[np.float64]
MIXED = 1 << 18
"""Rows, part patient and part reference, that the score is asked about at a time."""


@dataclass(frozen=True)
class EnumeratedGame:
    """The game as it is defined, coalition by coalition."""

    score: Score
    rows: FactorMatrix
    """The reference patients."""
    player: NDArray[np.int64]
    """Factor -> player, shape (factors,)."""
    players: int

    method = "by enumerating coalitions, which is slower"

    @cached_property
    def reference(self) -> float:
        """The mean score of the reference patients."""
        return float(self.score.of(self.rows).mean())

    def contributions(self, matrix: FactorMatrix) -> FloatArray:
        """Shape (patients, players)."""
        made: FloatArray = self._values(matrix) @ weights(self.players)
        return made

    def interactions(self, matrix: FactorMatrix) -> tuple[FloatArray, FloatArray]:
        """Contributions, and the interaction of each pair of players in the order of `shapley.pairs`."""
        values = self._values(matrix)
        return values @ weights(self.players), values @ interaction_weights(self.players)

    def _values(self, matrix: FactorMatrix) -> FloatArray:
        """The value of every coalition, shape (patients, 2^players)."""
        values = np.empty((len(matrix), 1 << self.players))
        step = max(1, MIXED // len(self.rows))
        for coalition, member in enumerate(membership(self.players)):
            own = member[self.player]
            for start in range(0, len(matrix), step):
                block = matrix[start : start + step]
                mixed = np.where(own, block[:, None, :], self.rows[None, :, :]).reshape(-1, matrix.shape[1])
                scores = self.score.of(mixed).reshape(len(block), len(self.rows))
                values[start : start + step, coalition] = scores.mean(axis=1)
        return values
