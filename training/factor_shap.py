"""Per-factor SHAP of a cohort by the `shap` package: an account of single factors that is not our own code."""

from collections.abc import Sequence

import numpy as np
import shap
from numpy.typing import NDArray

from therapport.features import FactorMatrix
from therapport.models import ForestScore, LinearScore, Score, TreeScore
from therapport.models.trees import Tree

FloatArray = NDArray[np.float64]
PATIENTS, REFERENCE = 200, 100
"""Interventional tree SHAP costs patients x reference x trees; so many of each are plenty for a mean."""


def shap_values(score: Score, matrix: FactorMatrix, reference: FactorMatrix) -> FloatArray:
    """SHAP values on the score's own scale, shape (patients, factors); encoded columns are summed by factor."""
    encoded, background = score.encoding.apply(matrix), score.encoding.apply(reference)
    if isinstance(score, TreeScore):
        explainer = shap.TreeExplainer(score.booster, background, feature_perturbation="interventional")
        by_column = explainer.shap_values(encoded, check_additivity=False)
    elif isinstance(score, ForestScore):
        # In single precision, as the trees compare: a double would fall on the other side of some thresholds.
        trees = {"trees": [_for_shap(tree) for tree in score.trees]}
        explainer = shap.TreeExplainer(trees, background.astype(np.float32))
        by_column = explainer.shap_values(encoded.astype(np.float32), check_additivity=False)
    elif isinstance(score, LinearScore):
        masker = shap.maskers.Independent(background, max_samples=len(background))
        by_column = shap.LinearExplainer((score.coefficients, score.intercept), masker).shap_values(encoded)
    else:
        raise TypeError(f"no SHAP for a {type(score).__name__}")
    ownership = (score.encoding.factor[:, None] == np.arange(matrix.shape[1])).astype(np.float64)
    by_factor: FloatArray = np.asarray(by_column, dtype=np.float64) @ ownership
    return by_factor


def mean_absolute_shap(score: Score, matrix: FactorMatrix, factors: Sequence[str]) -> dict[str, float]:
    """Factor -> mean absolute SHAP value, largest first, over patients spread evenly, against others spread evenly."""
    means = np.abs(shap_values(score, _spread(matrix, PATIENTS), _spread(matrix, REFERENCE))).mean(axis=0)
    return {factors[place]: float(means[place]) for place in np.argsort(-means)}


def _spread(matrix: FactorMatrix, most: int) -> FactorMatrix:
    places = np.linspace(0, len(matrix) - 1, min(most, len(matrix))).astype(int)
    chosen: FactorMatrix = matrix[places]
    return chosen


def _for_shap(tree: Tree) -> dict[str, NDArray[np.generic]]:
    """A tree in the terms of `shap`, where left means value <= threshold."""
    return {
        "children_left": tree.left,
        "children_right": tree.right,
        "children_default": np.where(tree.missing_left, tree.left, tree.right),
        "features": tree.column,
        "thresholds": np.nextafter(tree.threshold, np.float32(-np.inf)).astype(np.float64),
        "values": tree.value[:, None],
        "node_sample_weight": np.ones(len(tree.value)),  # unused: the background says how common a path is
    }
