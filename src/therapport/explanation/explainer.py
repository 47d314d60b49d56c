"""One explainer for every kind of score: the game's contributions on the calibrated scale."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from therapport.calibration import Affine
from therapport.errors import DesignError
from therapport.explanation.enumeration import EnumeratedGame
from therapport.explanation.linear import LinearGame, compile_linear
from therapport.explanation.shapley import pairs
from therapport.explanation.trees import TreeGame, compile_trees
from therapport.features import Encoding, FactorMatrix
from therapport.models import ForestScore, LinearScore, Score, TreeScore

FloatArray = NDArray[np.float64]
Game = LinearGame | TreeGame | EnumeratedGame


@dataclass(frozen=True)
class Explanation:
    """Contributions on the scale of the calibrated score; reference + their sum is the calibrated score."""

    reference: FloatArray
    """Shape (patients,): where each patient's explanation starts from."""
    contributions: FloatArray
    """Shape (patients, players)."""

    @property
    def total(self) -> FloatArray:
        """The calibrated score as the explanation has it, shape (patients,)."""
        # In one order of memory, and so of addition, however many patients there are.
        total: FloatArray = self.reference + np.ascontiguousarray(self.contributions).sum(axis=1)
        return total


@dataclass(frozen=True)
class Explainer:
    """The game of one calibrated score against one set of reference patients."""

    encoding: Encoding
    game: Game
    calibration: Affine

    @property
    def reference(self) -> float:
        """The calibrated mean score of the reference patients."""
        return self.calibration.intercept + self.calibration.slope * self.game.reference

    def explain(self, matrix: FactorMatrix) -> Explanation:
        """Exact contributions for every patient of a factor matrix."""
        return self._explanation(self.game.contributions(self._inputs(matrix)))

    def interactions(self, matrix: FactorMatrix) -> tuple[Explanation, FloatArray]:
        """The explanation with its matrix of players, shape (patients, players, players).

        Off the diagonal stands half of the pairwise Shapley interaction, on it what is left of the player's own
        contribution: a row sums to the contribution.
        """
        contributions, of_pairs = self.game.interactions(self._inputs(matrix))
        explanation = self._explanation(contributions)
        players = contributions.shape[1]
        matrices = np.zeros((len(matrix), players, players))
        for place, (one, other) in enumerate(pairs(players)):
            half = self.calibration.slope * of_pairs[:, place] / 2
            matrices[:, one, other] = matrices[:, other, one] = half
        every = np.arange(players)
        matrices[:, every, every] = explanation.contributions - matrices.sum(axis=2)
        return explanation, matrices

    def _inputs(self, matrix: FactorMatrix) -> FloatArray:
        return matrix if isinstance(self.game, EnumeratedGame) else self.encoding.apply(matrix)

    def _explanation(self, contributions: FloatArray) -> Explanation:
        return Explanation(np.full(len(contributions), self.reference), self.calibration.slope * contributions)


def compile_explainer(
    score: Score,
    calibration: Affine,
    reference: FactorMatrix,
    player_of_factor: Sequence[int],
    *,
    players: int,
    store_reference_rows: bool = False,
) -> Explainer:
    """Fold reference patients (a factor matrix) into the tables of the game.

    `player_of_factor` says for each factor to which of the `players` it belongs; encoded columns, missing indicators
    included, follow their factor. Raises DesignError for an empty reference, one of another codebook, an infinite
    value, a player without factors or a factor without a player; and for a kind of score that has no tables, unless
    the rows of the reference patients may be kept.
    """
    if len(reference) == 0:
        raise DesignError("An explanation needs reference patients, and there are none.")
    owners = np.asarray(player_of_factor, dtype=np.int64)
    if reference.shape[1] != len(owners):
        raise DesignError(
            f"The reference patients have {reference.shape[1]} factors and the codebook {len(owners)}: "
            f"they must be described by the same codebook."
        )
    if np.isinf(reference).any():
        raise DesignError("A reference patient has an infinite value; leave it out or mark it as missing.")
    if not set(owners.tolist()) <= set(range(players)):
        raise DesignError("Every factor needs exactly one family to belong to.")
    encoded = score.encoding.apply(reference)
    player = owners[score.encoding.factor]
    if isinstance(score, LinearScore):
        game: Game = compile_linear(score, encoded, player, players=players)
    elif isinstance(score, TreeScore | ForestScore):
        base, trees = score.ensemble
        game = compile_trees(base, trees, encoded, player, players=players)
    elif store_reference_rows:
        game = EnumeratedGame(score, reference, owners, players)
    else:
        raise DesignError(
            f"A {type(score).__name__} can only be explained by keeping rows of reference patients; "
            f"say store_reference_rows = true if that is allowed."
        )
    return Explainer(score.encoding, game, calibration)
