"""A figure with its interval, from one metric and many draws of the patients."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from therapport.performance.out_of_fold import Floats, OutOfFold

Metric = Callable[[OutOfFold, Floats], Floats]
"""(predictions, weights (draws, patients)) -> (draws,); NaN for a draw that does not define the metric."""

PERCENTILES = (2.5, 97.5)
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


def evaluate(metrics: Mapping[str, Metric], out_of_fold: OutOfFold, weights: Floats) -> dict[str, Estimate]:
    """Each metric with its interval; those that the patients do not define are left out."""
    everyone = np.ones((1, out_of_fold.patients))
    values = {name: float(metric(out_of_fold, everyone)[0]) for name, metric in metrics.items()}
    return {
        name: with_interval(value, metrics[name](out_of_fold, weights))
        for name, value in values.items()
        if np.isfinite(value)
    }


def with_interval(value: float, drawn: Floats) -> Estimate:
    """The value, between the 2.5th and the 97.5th percentile of the draws that define it.

    An infinite draw (the slope of a draw that is perfectly separated) counts, as the extreme that it is.
    """
    defined = drawn[~np.isnan(drawn)]
    if len(defined) < DEFINED_SHARE * len(drawn):
        return Estimate(value)
    with np.errstate(invalid="ignore"):  # Between two infinite draws there is nothing to interpolate.
        ends = [float(end) for end in np.percentile(defined, PERCENTILES)]
    low, high = (end if np.isfinite(end) else None for end in ends)
    return Estimate(value, low, high)


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
