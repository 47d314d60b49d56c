"""The two figures that a part of the analysis is described by; all of them would take longer than they tell."""

import numpy as np
from numpy.typing import NDArray

from therapport import performance
from therapport.models import Kind
from therapport.performance import OutOfFold, discrimination, within_folds
from therapport.performance.choice import losses
from therapport.performance.estimate import evaluate
from therapport.predictor.evidence import Figure

Floats = NDArray[np.float64]
METRICS: dict[Kind, tuple[str, str]] = {"binary": ("auc", "brier"), "score": ("r2", "rmse")}


def two_figures(kind: Kind, predictions: OutOfFold, weights: Floats) -> dict[str, Figure]:
    """AUC and Brier score, or R2 and RMSE, with their intervals; what is undefined is left out."""
    if kind == "score":
        found = performance.evaluate_score(predictions, weights)
    else:
        metrics = {"auc": discrimination.auc, "brier": _brier}
        if predictions.is_flat():
            del metrics["auc"]
        found = evaluate(metrics, predictions, performance.estimate.check_weights(predictions, weights))
    return {name: figure(found[name]) for name in METRICS[kind] if name in found}


def figure(estimate: performance.Estimate) -> Figure:
    """The estimate as evidence keeps it."""
    return Figure(value=estimate.value, low=estimate.low, high=estimate.high)


def _brier(predictions: OutOfFold, weights: Floats) -> Floats:
    return within_folds.average(within_folds.means(predictions, losses(predictions, "brier"), weights))
