"""Linear scores: a player's contribution is its columns' coefficients times the distance from the reference mean."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from therapport.explanation.compiled import kernel
from therapport.explanation.shapley import pairs
from therapport.models import LinearScore

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class LinearGame:
    """Exact in closed form, because mixing patients commutes with a linear score. Needs the reference's means only."""

    score: LinearScore
    player: NDArray[np.int64]
    """Encoded column -> player, shape (columns,)."""
    players: int
    mean: FloatArray
    """Mean of the encoded reference patients, shape (columns,)."""

    method = "in closed form"

    @property
    def reference(self) -> float:
        """The mean score of the reference patients."""
        return self.score.intercept + float(self.mean @ self.score.coefficients)

    def contributions(self, encoded: FloatArray) -> FloatArray:
        """Shape (patients, players)."""
        contributions = np.zeros((len(encoded), self.players))
        _add_up(np.ascontiguousarray(encoded), self.mean, self.score.coefficients, self.player, contributions)
        return contributions

    def interactions(self, encoded: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Contributions, and the interaction of each pair of players: none, in a sum."""
        return self.contributions(encoded), np.zeros((len(encoded), len(pairs(self.players))))


def compile_linear(score: LinearScore, reference: FloatArray, player: NDArray[np.int64], *, players: int) -> LinearGame:
    """The game of a linear score against encoded reference patients, shape (patients, columns)."""
    return LinearGame(score, player, players, reference.mean(axis=0))


@kernel
def _add_up(
    encoded: FloatArray,
    mean: FloatArray,
    coefficients: FloatArray,
    player: NDArray[np.int64],
    contributions: FloatArray,
) -> None:
    """Column by column, so that a patient gets the same bits whoever else is there: a matrix product promises none."""
    for patient in range(len(encoded)):
        for column in range(len(player)):
            moved = (encoded[patient, column] - mean[column]) * coefficients[column]
            contributions[patient, player[column]] += moved
