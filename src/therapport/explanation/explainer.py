"""One explainer for every kind of score: the game's contributions on the calibrated scale."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from therapport.calibration import Affine
from therapport.errors import DesignError
from therapport.explanation.linear import LinearGame, compile_linear
from therapport.explanation.trees import TreeGame, compile_trees
from therapport.features import Encoding, FactorMatrix
from therapport.models import ForestScore, LinearScore, Score, TreeScore

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Explanation:
    """Contributions on the scale of the calibrated score; reference + their sum is the calibrated score."""

    reference: float
    contributions: FloatArray
    """Shape (patients, players)."""

    @property
    def total(self) -> FloatArray:
        """The calibrated score as the explanation has it, shape (patients,)."""
        total: FloatArray = self.reference + self.contributions.sum(axis=1)
        return total


@dataclass(frozen=True)
class Explainer:
    """The family game of one calibrated score."""

    encoding: Encoding
    game: LinearGame | TreeGame
    calibration: Affine

    def explain(self, matrix: FactorMatrix) -> Explanation:
        """Exact contributions for every patient of a factor matrix."""
        return Explanation(
            self.calibration.intercept + self.calibration.slope * self.game.reference,
            self.calibration.slope * self.game.contributions(self.encoding.apply(matrix)),
        )


def compile_explainer(
    score: Score, calibration: Affine, reference: FactorMatrix, player_of_factor: Sequence[int], *, players: int
) -> Explainer:
    """Fold reference patients (a factor matrix) into the tables of the game.

    `player_of_factor` says for each factor to which of the `players` it belongs; encoded columns, missing indicators
    included, follow their factor. Raises DesignError for an empty reference, or a factor without a player.
    """
    if len(reference) == 0:
        raise DesignError("An explanation needs reference patients, and there are none.")
    owners = np.asarray(player_of_factor, dtype=np.int64)
    if len(owners) != reference.shape[1] or not set(owners.tolist()) <= set(range(players)):
        raise DesignError("Every factor needs exactly one family to belong to.")
    encoded = score.encoding.apply(reference)
    player = owners[score.encoding.factor]
    if isinstance(score, LinearScore):
        game: LinearGame | TreeGame = compile_linear(score, encoded, player, players=players)
    elif isinstance(score, TreeScore | ForestScore):
        base, trees = score.ensemble
        game = compile_trees(base, trees, encoded, player, players=players)
    else:
        raise TypeError(f"no game for a {type(score).__name__}")
    return Explainer(score.encoding, game, calibration)
