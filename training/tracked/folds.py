"""Figures of single folds: how much a candidate's performance differs from one test part to the next."""

import numpy as np
from scipy.stats import rankdata

from therapport.performance import SMALLEST_CELL, OutOfFold
from therapport.performance.out_of_fold import FLAT
from therapport.tracking.runs import Fold


def of(predictions: OutOfFold) -> list[Fold]:
    """Each fold of each repeat, in the same order for every candidate; none of fewer than ten patients."""
    found, number, before = [], 0, -1
    for repeat, places in predictions.members():
        number = number + 1 if repeat == before else 1
        before = repeat
        if len(places) < SMALLEST_CELL:
            continue
        truth, predicted = predictions.truth[places], predictions.prediction[repeat, places]
        mean = predictions.training_mean[repeat, places]
        binary = bool(np.isin(predictions.truth, (0, 1)).all())
        figures = _of_response(truth, predicted) if binary else _of_score(truth, predicted, mean)
        found.append(Fold(repeat + 1, number, figures))
    return found


def _of_response(truth: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    figures = {"brier": float(np.mean((truth - predicted) ** 2))}
    reached = truth == 1
    if reached.any() and not reached.all() and np.ptp(predicted) > FLAT:
        ranks = rankdata(predicted)
        figures["auc"] = float((ranks[reached].mean() - (reached.sum() + 1) / 2) / (~reached).sum())
    return figures


def _of_score(truth: np.ndarray, predicted: np.ndarray, training_mean: np.ndarray) -> dict[str, float]:
    squared = (truth - predicted) ** 2
    figures = {"rmse": float(np.sqrt(squared.mean()))}
    baseline = ((truth - training_mean) ** 2).sum()
    if baseline > 0:
        figures["r2"] = float(1 - squared.sum() / baseline)
    return figures
