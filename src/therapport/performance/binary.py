"""How good probabilities of response are."""

import numpy as np
from numpy.typing import ArrayLike

from therapport.performance import discrimination, estimate, recalibration, within_folds
from therapport.performance.estimate import Estimate, Metric
from therapport.performance.out_of_fold import Floats, OutOfFold

BINARY_METRICS = ("auc", "brier", "calibration_slope", "calibration_intercept", "log_loss")
SMALLEST_PROBABILITY = 1e-12
"""Probabilities of 0 and 1 are moved by this, so that their log-odds are finite."""


def evaluate_binary(out_of_fold: OutOfFold, weights: ArrayLike) -> dict[str, Estimate]:
    """Each of BINARY_METRICS that is defined, with its interval over the draws.

    A model whose predictions do not differ within any fold has no `auc` and no `calibration_slope`.
    `calibration_intercept` is calibration-in-the-large: in log-odds, with the slope held at one.
    `calibration_slope` is common to the folds of a repeat, each with its own intercept (see `recalibration.slope`); a
    repeat in which predictions do not differ within any fold contributes nothing to it.

    Raises ValueError if truth is not 0 or 1, or a prediction is not a probability.
    """
    check_binary(out_of_fold)
    metrics: dict[str, Metric] = {
        "auc": discrimination.auc,
        "brier": _brier,
        "calibration_slope": _calibration_slope,
        "calibration_intercept": _calibration_intercept,
        "log_loss": _log_loss,
    }
    if out_of_fold.is_flat():
        del metrics["auc"], metrics["calibration_slope"]
    return estimate.evaluate(metrics, out_of_fold, estimate.check_weights(out_of_fold, weights))


def check_binary(out_of_fold: OutOfFold) -> None:
    """ValueError unless truth is 0 or 1 and predictions are probabilities."""
    problems = []
    if not np.isin(out_of_fold.truth, (0, 1)).all():
        problems.append("truth: must be 0 or 1")
    if not ((out_of_fold.prediction >= 0) & (out_of_fold.prediction <= 1)).all():
        problems.append("prediction: must be probabilities, 0-1")
    if problems:
        raise ValueError("; ".join(problems))


def _brier(out_of_fold: OutOfFold, weights: Floats) -> Floats:
    losses = (out_of_fold.truth - out_of_fold.prediction) ** 2
    return within_folds.average(within_folds.means(out_of_fold, losses, weights))


def _log_loss(out_of_fold: OutOfFold, weights: Floats) -> Floats:
    probability = _inside(out_of_fold.prediction)
    losses = -np.where(out_of_fold.truth == 1, np.log(probability), np.log1p(-probability))
    return within_folds.average(within_folds.means(out_of_fold, losses, weights))


def _calibration_slope(out_of_fold: OutOfFold, weights: Floats) -> Floats:
    by_repeat = [
        recalibration.slope(row, out_of_fold.truth, fold, weights)
        for row, fold in zip(_log_odds(out_of_fold), out_of_fold.fold, strict=True)
    ]
    with np.errstate(invalid="ignore"):  # Separated upwards in one repeat and downwards in another: undefined.
        return within_folds.average(np.column_stack(by_repeat))


def _calibration_intercept(out_of_fold: OutOfFold, weights: Floats) -> Floats:
    by_repeat = [recalibration.intercept(row, out_of_fold.truth, weights) for row in _log_odds(out_of_fold)]
    return np.asarray(np.mean(by_repeat, axis=0))


def _log_odds(out_of_fold: OutOfFold) -> Floats:
    probability = _inside(out_of_fold.prediction)
    return np.asarray(np.log(probability) - np.log1p(-probability))


def _inside(probability: Floats) -> Floats:
    return np.clip(probability, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
