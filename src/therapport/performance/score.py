"""How good predicted end scores are, in points of the instrument."""

from collections.abc import Collection
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from therapport.performance import estimate, within_folds
from therapport.performance.estimate import Bounds, Estimate, Metric
from therapport.performance.out_of_fold import FLAT, Floats, Integers, OutOfFold

SCORE_METRICS = ("r2", "rmse", "mae", "within_reliable_change", "calibration_slope", "calibration_intercept")
BOUNDS: dict[str, Bounds] = {
    "r2": (-np.inf, 1.0),
    "rmse": (0.0, np.inf),
    "mae": (0.0, np.inf),
    "within_reliable_change": (0.0, 1.0),
}
ROUNDING = 1e-12
"""Share of a sum of squares that may be left of it by rounding where nothing varies."""


def evaluate_score(
    out_of_fold: OutOfFold,
    weights: ArrayLike,
    *,
    reliable_change: float | None = None,
    only: Collection[str] | None = None,
    counted: Floats | None = None,
) -> dict[str, Estimate]:
    """Each of SCORE_METRICS that is defined, with its interval over the draws; `only` some of them, if named.

    `counted`, shape (patients,), says for how many patients each one stands; unless given, for one.

    `r2` is the share by which the squared error falls below that of the training part's mean: a model that predicts
    this mean has exactly 0, a worse one less. `rmse`, `mae` and `calibration_intercept` (mean of truth minus
    prediction) are in points. `within_reliable_change` is the share of patients whose error is smaller than the
    smallest change that the instrument calls reliable; it is left out where none is known. A model whose predictions do
    not differ within any fold has no `calibration_slope`.
    `calibration_slope` is common to the folds of a repeat, each with its own intercept, for the reason that
    `recalibration.slope` gives; of the two biases that it names, least squares has the first alone. A repeat in which
    predictions do not differ within any fold contributes nothing to it.
    """
    metrics: dict[str, Metric] = {
        "r2": _r2,
        "rmse": _rmse,
        "mae": _mae,
        "within_reliable_change": partial(_within, points=reliable_change or 0.0),
        "calibration_slope": _calibration_slope,
        "calibration_intercept": _calibration_intercept,
    }
    if reliable_change is None:
        del metrics["within_reliable_change"]
    if out_of_fold.is_flat():
        del metrics["calibration_slope"]
    checked = estimate.check_weights(out_of_fold, weights)
    return estimate.evaluate(metrics, out_of_fold, checked, bounds=BOUNDS, only=only, counted=counted)


def _r2(out_of_fold: OutOfFold, weights: Floats) -> Floats:
    baseline = (out_of_fold.truth - out_of_fold.training_mean) ** 2
    # The gain is summed, not the two errors: the constant model's is 0 in every term, hence exactly 0.
    gain = baseline - (out_of_fold.truth - out_of_fold.prediction) ** 2
    shares = within_folds.ratios(
        within_folds.sums(out_of_fold, gain, weights), within_folds.sums(out_of_fold, baseline, weights)
    )
    return within_folds.average(shares)


def _rmse(out_of_fold: OutOfFold, weights: Floats) -> Floats:
    losses = (out_of_fold.truth - out_of_fold.prediction) ** 2
    return within_folds.average(np.sqrt(within_folds.means(out_of_fold, losses, weights)))


def _mae(out_of_fold: OutOfFold, weights: Floats) -> Floats:
    losses = np.abs(out_of_fold.truth - out_of_fold.prediction)
    return within_folds.average(within_folds.means(out_of_fold, losses, weights))


def _within(out_of_fold: OutOfFold, weights: Floats, *, points: float) -> Floats:
    close = np.abs(out_of_fold.truth - out_of_fold.prediction) < points
    return within_folds.average(within_folds.means(out_of_fold, close.astype(np.float64), weights))


def _calibration_slope(out_of_fold: OutOfFold, weights: Floats) -> Floats:
    by_repeat = [
        _least_squares_slope(row, out_of_fold.truth, fold, weights)
        for row, fold in zip(out_of_fold.prediction, out_of_fold.fold, strict=True)
    ]
    return within_folds.average(np.column_stack(by_repeat))


def _least_squares_slope(prediction: Floats, truth: Floats, fold: Integers, weights: Floats) -> Floats:
    """Slope of truth on prediction with an intercept per fold, (draws,).

    A fold of which a draw holds one prediction only contributes nothing to it; NaN for a draw to which none does.
    """
    member = within_folds.membership(fold)
    x, y = within_folds.centred(prediction, member), within_folds.centred(truth, member)
    # Centred on everybody; what is left of the means in a draw comes off below.
    total, of_x, of_y, of_xx, of_xy = (
        weights @ (member * values[:, np.newaxis]) for values in (np.ones_like(x), x, y, x * x, x * y)
    )
    mean = np.divide(of_x, total, out=np.zeros_like(total), where=total > 0)
    variation, covariation = of_xx - mean * of_x, of_xy - mean * of_y
    contributes = variation > np.maximum(ROUNDING * of_xx, FLAT**2 * total)
    return within_folds.ratios(
        np.where(contributes, covariation, 0).sum(axis=1), np.where(contributes, variation, 0).sum(axis=1)
    )


def _calibration_intercept(out_of_fold: OutOfFold, weights: Floats) -> Floats:
    missed = (out_of_fold.truth - out_of_fold.prediction).mean(axis=0)
    return np.asarray(weights @ missed / weights.sum(axis=1))
