"""How sure a model is of its own contributions: the same model, fitted anew to patients drawn from the same groups."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

from therapport.explanation.explainer import Explainer
from therapport.explanation.split import AnyExplainer, SplitExplainer
from therapport.explanation.together import deviations
from therapport.explanation.trees import TreeGame
from therapport.features import FactorMatrix

FloatArray = NDArray[np.float64]
HELD = 0.95
FEWEST = 2
MOST_BYTES = 16 << 20
"""Of the tables of one refit."""


@dataclass(frozen=True)
class Margin:
    """Half the width of 95 % intervals on the scale of the calibrated score."""

    total: FloatArray
    """Shape (patients,)."""
    contributions: FloatArray
    """Shape (patients, players)."""


@dataclass(frozen=True)
class Refits:
    """Explainers of the same players against the same reference patients."""

    explainers: tuple[AnyExplainer, ...]

    @cached_property
    def multiplier(self) -> float:
        """Standard deviations to either side: Student's t, because percentiles of 20 refits hold 87 % only."""
        return float(t.ppf((1 + HELD) / 2, len(self.explainers) - 1))

    def widened(self, chosen_from: int) -> float:
        """How many times as wide a margin must be for the largest of so many figures. Source: Bonferroni."""
        return float(t.ppf(1 - (1 - HELD) / 2 / chosen_from, len(self.explainers) - 1)) / self.multiplier

    def margin(self, matrix: FactorMatrix) -> Margin:
        """The margin of every patient of a factor matrix: multiplier x standard deviation over the refits."""
        total, contributions = _Spread(), _Spread()
        for explainer in self.explainers:
            explanation = explainer.explain(matrix)
            total.add(explanation.total)
            contributions.add(explanation.contributions)
        return Margin(self.multiplier * total.deviation, self.multiplier * contributions.deviation)

    def margin_of(self, totals: FloatArray, contributions: FloatArray) -> Margin:
        """The same from what each refit says, shapes (refits, patients) and (refits, patients, players)."""
        return Margin(self.multiplier * deviations(totals), self.multiplier * deviations(contributions))

    def interactions(self, matrix: FactorMatrix) -> FloatArray:
        """The margin of every matrix of players (`Explainer.interactions`), shape (patients, players, players)."""
        spread = _Spread()
        for explainer in self.explainers:
            spread.add(explainer.interactions(matrix)[1])
        return self.multiplier * spread.deviation

    def ranks(self, matrix: FactorMatrix) -> NDArray[np.int64]:
        """How many refits put a player at each rank by mean absolute contribution, shape (players, ranks)."""
        sizes = np.array(
            [np.abs(explainer.explain(matrix).contributions).mean(axis=0) for explainer in self.explainers]
        )
        places = (-sizes).argsort(axis=1, kind="stable").argsort(axis=1)
        return np.array([np.bincount(column, minlength=places.shape[1]) for column in places.T])


def refits(explainers: Sequence[AnyExplainer]) -> Refits | None:
    """None where there are too few to speak of a spread; their tables are kept small, because there are many."""
    return Refits(tuple(_modest(one) for one in explainers)) if len(explainers) >= FEWEST else None


def _modest(explainer: AnyExplainer) -> AnyExplainer:
    if isinstance(explainer, SplitExplainer):
        return replace(explainer, explainers=tuple(_with_small_tables(one) for one in explainer.explainers))
    return _with_small_tables(explainer)


def _with_small_tables(explainer: Explainer) -> Explainer:
    game = explainer.game
    return replace(explainer, game=replace(game, most_bytes=MOST_BYTES)) if isinstance(game, TreeGame) else explainer


class _Spread:
    """Mean and standard deviation of arrays that come one by one. Source: Welford 1962."""

    def __init__(self) -> None:
        self.number = 0
        self.mean: FloatArray | float = 0.0
        self.squares: FloatArray | float = 0.0

    def add(self, values: FloatArray) -> None:
        self.number += 1
        away = values - self.mean
        self.mean = self.mean + away / self.number
        self.squares = self.squares + away * (values - self.mean)

    @property
    def deviation(self) -> FloatArray:
        return np.sqrt(np.asarray(self.squares) / (self.number - 1))
