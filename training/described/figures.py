"""The two figures that a part of the analysis is described by; all of them would take longer than they tell."""

import numpy as np
from numpy.typing import NDArray

from therapport import performance
from therapport.models import Kind
from therapport.performance import OutOfFold
from therapport.predictor.evidence import Figure

Floats = NDArray[np.float64]
METRICS: dict[Kind, tuple[str, str]] = {"binary": ("auc", "brier"), "score": ("r2", "rmse")}


def two_figures(kind: Kind, predictions: OutOfFold, weights: Floats) -> dict[str, Figure]:
    """AUC and Brier score, or R2 and RMSE, with their intervals; what is undefined is left out."""
    if kind == "score":
        found = performance.evaluate_score(predictions, weights, only=METRICS[kind])
    else:
        found = performance.evaluate_binary(predictions, weights, only=METRICS[kind])
    return {name: figure(found[name]) for name in METRICS[kind] if name in found}


def figure(estimate: performance.Estimate) -> Figure:
    """The estimate as evidence keeps it."""
    return Figure(value=estimate.value, low=estimate.low, high=estimate.high)
