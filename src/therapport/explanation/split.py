"""Reference patients like the patient himself: a game for each level of a factor, such as the mode of delivery."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from therapport.explanation.explainer import Explainer, Explanation
from therapport.features import FactorMatrix

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class SplitExplainer:
    """Sends each patient to the game whose reference patients share his level; all others to the game of everyone."""

    factor: int
    """The place of the factor in the factor matrix."""
    levels: tuple[float, ...]
    """The codes that have a game of their own."""
    explainers: tuple[Explainer, ...]
    """One for each level, and at the end that of everyone."""

    def explain(self, matrix: FactorMatrix) -> Explanation:
        """Exact contributions for every patient of a factor matrix."""
        reference, contributions = np.empty(len(matrix)), np.empty((len(matrix), self._players))
        for explainer, rows in self._parts(matrix):
            explanation = explainer.explain(matrix[rows])
            reference[rows], contributions[rows] = explanation.reference, explanation.contributions
        return Explanation(reference, contributions)

    def interactions(self, matrix: FactorMatrix) -> tuple[Explanation, FloatArray]:
        """As `Explainer.interactions`."""
        reference, contributions = np.empty(len(matrix)), np.empty((len(matrix), self._players))
        matrices = np.empty((len(matrix), self._players, self._players))
        for explainer, rows in self._parts(matrix):
            explanation, matrices[rows] = explainer.interactions(matrix[rows])
            reference[rows], contributions[rows] = explanation.reference, explanation.contributions
        return Explanation(reference, contributions), matrices

    @property
    def _players(self) -> int:
        return self.explainers[-1].game.players

    def _parts(self, matrix: FactorMatrix) -> list[tuple[Explainer, NDArray[np.int64]]]:
        which = np.full(len(matrix), len(self.levels))
        for place, level in enumerate(self.levels):
            which[matrix[:, self.factor] == level] = place
        parts = [(explainer, np.flatnonzero(which == place)) for place, explainer in enumerate(self.explainers)]
        return [(explainer, rows) for explainer, rows in parts if len(rows)]


AnyExplainer = Explainer | SplitExplainer
