"""A figure with its interval, from one metric and many draws of the patients."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from therapport.performance import reach
from therapport.performance.out_of_fold import Floats, Integers, OutOfFold

Metric = Callable[[OutOfFold, Floats], Floats]
"""(predictions, weights (draws, patients)) -> (draws,); NaN for a draw that does not define the metric."""
Bounds = tuple[float, float]
UNBOUNDED = (-np.inf, np.inf)

PERCENTILES = (2.5, 97.5)
NORMAL_95 = float(norm.ppf(0.975))
DEFINED_SHARE = 0.95
"""Below this share of draws that define the metric, the percentiles of those that do would mislead."""


@dataclass(frozen=True)
class Estimate:
    """A figure, and its 95 % interval; an end that the draws do not define is None."""

    value: float
    low: float | None = None
    high: float | None = None

    def contains(self, value: float) -> bool:
        """Whether the interval is known at both ends and holds the value."""
        return self.low is not None and self.high is not None and self.low <= value <= self.high


def evaluate(
    metrics: Mapping[str, Metric],
    out_of_fold: OutOfFold,
    weights: Floats,
    *,
    bounds: Mapping[str, Bounds],
    distances: frozenset[str] = frozenset(),
    only: Collection[str] | None = None,
    counted: Floats | None = None,
) -> dict[str, Estimate]:
    """Each metric, or only those named, with its interval within the bounds of its name; undefined ones are left out.

    `counted`, shape (patients,), says for how many each patient stands; unless given, for one.

    `distances` names metrics that noise can only make larger. Draws are noisier than the cohort: left as they are, they
    could all lie above the figure itself, so that their mean is moved to it, and none below zero.
    """
    asked = {name: metric for name, metric in metrics.items() if only is None or name in only}
    everyone = np.ones((1, out_of_fold.patients))
    stretch = reach.of(out_of_fold, weights, counted)
    if counted is not None:
        everyone = check_weights(out_of_fold, counted[np.newaxis])
        weights = weights * everyone
    values = {name: float(metric(out_of_fold, everyone)[0]) for name, metric in asked.items()}
    return {
        name: with_interval(
            value,
            _centred(drawn, value) if name in distances else drawn,
            reach=stretch,
            bounds=bounds.get(name, UNBOUNDED),
        )
        for name, value in values.items()
        if np.isfinite(value)
        for drawn in [metrics[name](out_of_fold, weights)]
    }


def with_interval(value: float, drawn: Floats, *, reach: float, bounds: Bounds = UNBOUNDED) -> Estimate:
    """The value with its interval: the percentiles of the draws that define it, stretched as few clusters ask for.

    From their median to the 2.5th and the 97.5th percentile it is 1.96 standard deviations of the draws; the ends lie
    `reach` of them away (`reach.reach`), and within the bounds of the figure. An infinite draw (the slope of a draw
    that is perfectly separated) counts, as the extreme that it is.
    """
    defined = drawn[~np.isnan(drawn)]
    if len(defined) < DEFINED_SHARE * len(drawn) or not np.isfinite(reach):
        return Estimate(value)
    with np.errstate(invalid="ignore"):  # Between two infinite draws there is nothing to interpolate.
        low, middle, high = np.percentile(defined, (PERCENTILES[0], 50, PERCENTILES[1]))
    # Nothing can be stretched from an infinite median.
    stretch = reach / NORMAL_95 - 1 if np.isfinite(middle) else 0.0
    ends = (end + (end - middle) * stretch if stretch else end for end in (low, high))
    return Estimate(value, *(float(np.clip(end, *bounds)) if np.isfinite(end) else None for end in ends))


def _centred(drawn: Floats, value: float) -> Floats:
    defined = ~np.isnan(drawn)
    return np.asarray(np.maximum(drawn + (value - drawn[defined].mean() if defined.any() else 0.0), 0.0))


def share(values: Floats, members: NDArray[np.bool_], weights: Floats, cluster: Integers) -> Estimate:
    """Mean of the values (patients,) among some of the patients, with its interval over the draws (draws, patients).

    Only the clusters that have such patients count; of one cluster there is no interval.
    """
    counted = weights[:, members]
    total = counted.sum(axis=1)
    drawn = np.divide(counted @ values[members], total, out=np.full(len(total), np.nan), where=total > 0)
    of_members = cluster[members]
    stretch = reach.reach(of_members, np.zeros((1, len(of_members)), dtype=np.int64), counted)
    return with_interval(float(values[members].mean()), drawn, reach=stretch, bounds=(0, 1))


def check_weights(out_of_fold: OutOfFold, weights: ArrayLike) -> Floats:
    """The weights as numbers of shape (draws, patients).

    Raises ValueError if they have another shape, are negative, or leave a draw without patients.
    """
    checked = np.asarray(weights, dtype=np.float64)
    if checked.ndim != 2 or not len(checked) or checked.shape[1] != out_of_fold.patients:  # noqa: PLR2004
        raise ValueError(f"weights: shape {checked.shape}, must be (draws, {out_of_fold.patients}), at least one draw")
    if not (checked >= 0).all() or not checked.any(axis=1).all():
        raise ValueError("weights: must be counts, never negative, and above zero for some patient of each draw")
    return checked
