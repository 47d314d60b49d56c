"""What the predictions of a training cohort rest on: how far families moved them, how surely, alone and together."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from therapport.explanation import in_probability_points
from therapport.features import FactorMatrix
from therapport.predictor import ExplainedModel
from therapport.predictor.evidence import FamilySpread, Interaction
from training.design import Target

FloatArray = NDArray[np.float64]
SPREAD = (0.05, 0.25, 0.5, 0.75, 0.95)
MOST_PATIENTS = 5000
"""So many, spread evenly over the cohort, are enough for means of interactions, single factors and refits."""


def contributions(model: ExplainedModel, target: Target) -> FloatArray:
    """In probability points or points of the score, shape (patients, families)."""
    explanation = model.families.explain(target.matrix)
    if target.kind == "binary":
        return in_probability_points(explanation.reference, explanation.contributions)
    return explanation.contributions


def family_spreads(
    model: ExplainedModel, target: Target, factors: Sequence[str], families: Mapping[str, Sequence[str]]
) -> dict[str, FamilySpread]:
    """Family -> how far it moved predictions, in points; and how sure its rank is."""
    moved, matrix = contributions(model, target), _some(target.matrix)
    ranks = None if model.refits is None else model.refits.ranks(matrix)
    single = model.factors.explain(matrix).contributions
    together = model.families.explain(matrix).contributions
    spreads = {}
    for place, (family, members) in enumerate(families.items()):
        summed = single[:, [factors.index(name) for name in members]].sum(axis=1)
        low, first, middle, third, high = np.quantile(moved[:, place], SPREAD).tolist()
        spreads[family] = FamilySpread(
            mean_absolute=float(np.abs(moved[:, place]).mean()),
            quantiles=(low, first, middle, third, high),
            ranks=() if ranks is None else tuple(ranks[place].tolist()),
            beside_factors=float(np.abs(together[:, place] - summed).mean()),
        )
    return spreads


def family_interactions(
    model: ExplainedModel, matrix: FactorMatrix, families: Sequence[str]
) -> dict[str, dict[str, Interaction]]:
    """The matrix of families, averaged over the cohort."""
    _, each = model.families.interactions(_some(matrix))
    mean, size = each.mean(axis=0), np.abs(each).mean(axis=0)
    return {
        one: {
            other: Interaction(mean=float(mean[row, column]), mean_absolute=float(size[row, column]))
            for column, other in enumerate(families)
        }
        for row, one in enumerate(families)
    }


def _some(matrix: FactorMatrix) -> FactorMatrix:
    if len(matrix) <= MOST_PATIENTS:
        return matrix
    some: FactorMatrix = matrix[np.linspace(0, len(matrix) - 1, MOST_PATIENTS).astype(int)]
    return some
