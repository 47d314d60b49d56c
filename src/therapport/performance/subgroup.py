"""Figures of some of the patients, and by how much they differ from those of others, over the same draws.

In a subgroup the folds are small, so that figures within folds, averaged, would be mostly noise. All patients of a
subgroup are taken together instead, once the predictions of all folds are on one level: a fold's mean prediction
opposes its mean outcome, and comparing patients of different folds as they stand would make any model look worse.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from therapport.performance import discrimination, estimate, reach, recalibration, within_folds
from therapport.performance.binary import BOUNDS as BINARY_BOUNDS
from therapport.performance.binary import SMALLEST_PROBABILITY
from therapport.performance.estimate import DEFINED_SHARE, UNBOUNDED, Bounds, Estimate
from therapport.performance.out_of_fold import Floats, OutOfFold
from therapport.performance.score import BOUNDS as SCORE_BOUNDS

Members = NDArray[np.bool_]
BINARY = ("auc", "brier", "log_loss", "calibration_slope", "calibration_intercept")
SCORE = ("r2", "rmse", "mae", "calibration_slope", "calibration_intercept")


@dataclass(frozen=True)
class Contrast:
    """A figure of some patients less that of others."""

    difference: Estimate
    p_value: float | None
    """Two-sided, of the difference over its standard deviation in the draws; None where they do not define one."""


@dataclass(frozen=True)
class Drawn:
    """A figure of some patients, and the same in every draw."""

    value: float
    draws: Floats
    reach: float
    """Of the clusters that have such patients, see `reach.reach`."""
    bounds: Bounds

    def estimate(self) -> Estimate:
        """The figure with its interval."""
        return estimate.with_interval(self.value, self.draws, reach=self.reach, bounds=self.bounds)


def figures(out_of_fold: OutOfFold, members: Members, weights: Floats, *, binary: bool) -> dict[str, Drawn]:
    """Each of BINARY or SCORE that the members, (patients,), define; `weights` are of all patients, (draws, patients).

    Means over repeats. `r2` is about the members' own mean, so that a subgroup is not flattered by lying far from the
    others; all other figures are those of the same name in `evaluate_binary` and `evaluate_score`. Predictions that are
    the same for everyone within each fold have no `auc` and no `calibration_slope`.
    """
    counted = np.vstack([np.ones(int(members.sum())), weights[:, members]])
    found = _binary(out_of_fold, members, counted) if binary else _score(out_of_fold, members, counted)
    clusters = out_of_fold.cluster[members]
    # The members are taken together: for them there is one fold.
    stretch = reach.reach(clusters, np.zeros((1, len(clusters)), dtype=np.int64), weights[:, members])
    bounds = BINARY_BOUNDS if binary else SCORE_BOUNDS
    return {
        name: Drawn(float(one[0]), one[1:], stretch, bounds.get(name, UNBOUNDED))
        for name, one in found.items()
        if np.isfinite(one[0])
    }


def contrasts(own: Mapping[str, Drawn], others: Mapping[str, Drawn]) -> dict[str, Contrast]:
    """For each figure that both define: that of the first less that of the second, over the same draws."""
    return {name: _contrast(own[name], others[name]) for name in own if name in others}


def _contrast(own: Drawn, others: Drawn) -> Contrast:
    value = own.value - others.value
    with np.errstate(invalid="ignore"):  # A slope that is infinite in both has no difference.
        draws = own.draws - others.draws
    known = draws[np.isfinite(draws)]
    spread = float(known.std(ddof=1)) if len(known) > DEFINED_SHARE * len(draws) else 0.0
    p_value = float(2 * stats.norm.sf(abs(value) / spread)) if spread > 0 else None
    return Contrast(estimate.with_interval(value, draws, reach=max(own.reach, others.reach)), p_value)


def _binary(out_of_fold: OutOfFold, members: Members, counted: Floats) -> dict[str, Floats]:
    truth = out_of_fold.truth[members]
    inside = np.clip(out_of_fold.prediction, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
    log_odds = np.log(inside) - np.log1p(-inside)
    surprise = -np.where(out_of_fold.truth == 1, np.log(inside), np.log1p(-inside))[:, members]
    found = {
        "brier": _mean(((out_of_fold.truth - out_of_fold.prediction) ** 2)[:, members], counted),
        "log_loss": _mean(surprise, counted),
        "calibration_intercept": _over_repeats(
            [recalibration.intercept(row[members], truth, counted) for row in log_odds]
        ),
    }
    if out_of_fold.is_flat():
        return found
    level = _levelled(log_odds, out_of_fold)[:, members]
    one = np.zeros(len(truth), dtype=np.int64)
    pooled = OutOfFold(truth, level, np.zeros_like(level, dtype=np.int64), np.zeros_like(level), one)
    slopes = [recalibration.slope(row, truth, one, counted) for row in level]
    return found | {"auc": discrimination.auc(pooled, counted), "calibration_slope": _over_repeats(slopes)}


def _score(out_of_fold: OutOfFold, members: Members, counted: Floats) -> dict[str, Floats]:
    truth = out_of_fold.truth[members]
    missed = truth - out_of_fold.prediction[:, members]
    total = counted.sum(axis=1)
    mean = within_folds.ratios(counted @ truth, total)
    spread = within_folds.ratios(counted @ (truth - truth.mean()) ** 2, total) - (mean - truth.mean()) ** 2
    squares = [within_folds.ratios(counted @ row**2, total) for row in missed]
    found = {
        "r2": 1 - _over_repeats([within_folds.ratios(one, spread) for one in squares]),
        "rmse": _over_repeats([np.sqrt(one) for one in squares]),
        "mae": _mean(np.abs(missed), counted),
        "calibration_intercept": _mean(missed, counted),
    }
    if out_of_fold.is_flat():
        return found
    slopes = [_slope(row, truth, counted, total) for row in _levelled(out_of_fold.prediction, out_of_fold)[:, members]]
    return found | {"calibration_slope": _over_repeats(slopes)}


def _slope(x: Floats, truth: Floats, counted: Floats, total: Floats) -> Floats:
    """Of least squares, (draws,)."""
    x, y = x - x.mean(), truth - truth.mean()
    of_x, of_y = within_folds.ratios(counted @ x, total), within_folds.ratios(counted @ y, total)
    return within_folds.ratios(counted @ (x * y) - total * of_x * of_y, counted @ x**2 - total * of_x**2)


def _levelled(values: Floats, out_of_fold: OutOfFold) -> Floats:
    """The values (repeats, patients) less the mean of everyone in the patient's fold."""
    return np.stack(
        [
            within_folds.centred(row, within_folds.membership(fold))
            for row, fold in zip(values, out_of_fold.fold, strict=True)
        ]
    )


def _mean(values: Floats, counted: Floats) -> Floats:
    return within_folds.ratios(counted @ values.mean(axis=0), counted.sum(axis=1))


def _over_repeats(figures: list[Floats]) -> Floats:
    with np.errstate(invalid="ignore"):  # Separated upwards in one repeat and downwards in another: undefined.
        return np.asarray(np.mean(figures, axis=0))
