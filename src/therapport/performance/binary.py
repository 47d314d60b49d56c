"""How good probabilities of response are."""

from collections.abc import Collection
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from therapport.performance import (
    caseload,
    discrimination,
    estimate,
    integrated_calibration,
    recalibration,
    within_folds,
)
from therapport.performance.caseload import poor_outcome
from therapport.performance.estimate import Bounds, Estimate, Metric
from therapport.performance.out_of_fold import Floats, OutOfFold

BINARY_METRICS = (
    "auc",
    "brier",
    "scaled_brier",
    "calibration_slope",
    "calibration_intercept",
    "ici",
    "log_loss",
    "sensitivity_at_capacity",
    "specificity_at_capacity",
)
DISTANCES = frozenset({"ici"})
BOUNDS: dict[str, Bounds] = {
    **dict.fromkeys(("auc", "brier", "ici", "sensitivity_at_capacity", "specificity_at_capacity"), (0.0, 1.0)),
    "scaled_brier": (-np.inf, 1.0),
    "log_loss": (0.0, np.inf),
}
CAPACITY = 0.2
"""Share of its patients whom a service that states nothing else can follow up."""
SMALLEST_PROBABILITY = 1e-12
"""Probabilities of 0 and 1 are moved by this, so that their log-odds are finite."""


def evaluate_binary(
    out_of_fold: OutOfFold,
    weights: ArrayLike,
    *,
    capacity: float = CAPACITY,
    favourable: bool = True,
    only: Collection[str] | None = None,
    counted: Floats | None = None,
) -> dict[str, Estimate]:
    """Each of BINARY_METRICS that is defined, with its interval over the draws; `only` some of them, if named.

    `counted`, shape (patients,), says for how many patients each one stands; unless given, for one.

    `scaled_brier` is the share by which the Brier score falls below that of the training part's prevalence, 0 for the
    prevalence itself (index of prediction accuracy, Kattan and Gerds 2018); `ici` see `integrated_calibration.ici`.
    `sensitivity_at_capacity` is the share of poor outcomes among the `capacity` share of patients with the poorest
    outlook that are thus found, `specificity_at_capacity` the share of the others who are spared; the poor outcome is
    the one that did not happen where it is `favourable`.

    A model whose predictions do not differ within any fold has no `auc` and no `calibration_slope`.
    `calibration_intercept` is calibration-in-the-large: in log-odds, with the slope held at one.
    `calibration_slope` is common to the folds of a repeat, each with its own intercept (see `recalibration.slope`); a
    repeat in which predictions do not differ within any fold contributes nothing to it.

    Raises ValueError if truth is not 0 or 1, a prediction is not a probability, or the capacity is no share.
    """
    check_binary(out_of_fold)
    if not 0 < capacity < 1:
        raise ValueError("capacity: must be a share, between 0 and 1")
    metrics: dict[str, Metric] = {
        "auc": discrimination.auc,
        "brier": _brier,
        "scaled_brier": _scaled_brier,
        "calibration_slope": _calibration_slope,
        "calibration_intercept": _calibration_intercept,
        "ici": _ici,
        "log_loss": _log_loss,
        "sensitivity_at_capacity": partial(_followed_up, capacity=capacity, favourable=favourable, poor=True),
        "specificity_at_capacity": partial(_followed_up, capacity=capacity, favourable=favourable, poor=False),
    }
    if out_of_fold.is_flat():
        del metrics["auc"], metrics["calibration_slope"]
    checked = estimate.check_weights(out_of_fold, weights)
    return estimate.evaluate(
        metrics, out_of_fold, checked, bounds=BOUNDS, distances=DISTANCES, only=only, counted=counted
    )


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


def _scaled_brier(out_of_fold: OutOfFold, weights: Floats) -> Floats:
    baseline = (out_of_fold.truth - out_of_fold.training_mean) ** 2
    # The gain is summed, not the two errors: the prevalence's is 0 in every term, hence exactly 0.
    gain = baseline - (out_of_fold.truth - out_of_fold.prediction) ** 2
    shares = within_folds.ratios(
        within_folds.sums(out_of_fold, gain, weights), within_folds.sums(out_of_fold, baseline, weights)
    )
    return within_folds.average(shares)


def _ici(out_of_fold: OutOfFold, weights: Floats) -> Floats:
    flat = out_of_fold.is_flat()
    by_repeat = [
        integrated_calibration.ici(probability, log_odds, out_of_fold.truth, weights, flat=flat)
        for probability, log_odds in zip(out_of_fold.prediction, _log_odds(out_of_fold), strict=True)
    ]
    return np.asarray(np.mean(by_repeat, axis=0))


def _followed_up(out_of_fold: OutOfFold, weights: Floats, *, capacity: float, favourable: bool, poor: bool) -> Floats:
    chances = poor_outcome(out_of_fold, favourable=favourable)
    if poor:
        return caseload.found_at_capacity(chances, weights, capacity=capacity, among="poor")
    return 1 - caseload.found_at_capacity(chances, weights, capacity=capacity, among="others")


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
