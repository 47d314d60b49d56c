"""One figure from many sites: its mean over sites like these, and what a further site may find.

Sites differ by more than chance. A random-effects meta-analysis says by how much, and the prediction interval is the
honest answer to 'how well will it do with us?'.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from therapport.performance.bootstrap import FEWEST_CLUSTERS
from therapport.performance.curve import NORMAL_95
from therapport.performance.estimate import Estimate

Floats = NDArray[np.float64]
Scale = Literal["plain", "log", "logit"]
SCALES: dict[str, Scale] = {"auc": "logit", "rmse": "log", "mae": "log"}
"""Where sites vary symmetrically about their mean; all other figures as they are. Source: Snell 2018, Debray 2017."""
FEWEST_TO_PREDICT = 3
LEVEL = 0.975


@dataclass(frozen=True)
class Pooled:
    """The mean over sites with its 95 % interval, and the 95 % prediction interval for a site that was not there."""

    value: float
    low: float
    high: float
    predicted_low: float | None
    """None with two sites: how far sites differ cannot be told from a single difference."""
    predicted_high: float | None
    between: float
    """Standard deviation between sites (tau), on the scale that was pooled on."""
    sites: int
    inconsistency: float
    """Share of the variation between the sites' figures that is more than chance (I2), 0 to 1."""


def pool(values: ArrayLike, errors: ArrayLike, *, scale: Scale = "plain") -> Pooled:
    """Random-effects mean of the sites' figures, whose standard errors are on the scale that is pooled on.

    Variance between sites by Paule and Mandel (1982); interval by Hartung, Knapp, Sidik and Jonkman with t of k - 1
    degrees of freedom, never narrower than without their factor (Röver 2015); prediction interval with t of k - 2
    (Higgins 2009). I2 from Cochran's Q (Higgins and Thompson 2002).

    In 1,000 simulated sets of 8 sites the interval of the mean held it in 94 to 98 %; the prediction interval held a
    further site in 93 to 96 % where sites differed four times as much as their errors, and in 88 to 92 % where they
    differed as much or less (as Partlett and Riley 2017 found): there it is a lower bound of what to expect.

    Raises ValueError for fewer than two sites, or errors that are not above zero.
    """
    # Imported late: only validation needs it, and it takes a second.
    from statsmodels.stats.meta_analysis import combine_effects  # noqa: PLC0415

    effects, variances = _onto(np.asarray(values, dtype=np.float64), scale), np.asarray(errors, dtype=np.float64) ** 2
    number = len(effects)
    if number < FEWEST_CLUSTERS or variances.shape != effects.shape:
        raise ValueError(f"pooling needs at least two sites with an error each, not {number}")
    if not (variances > 0).all() or not np.isfinite(effects).all() or not np.isfinite(variances).all():
        raise ValueError("pooling needs finite figures and errors above zero")
    # Sites more alike than chance would have them: then none of the variance is between them.
    found = combine_effects(effects, variances, method_re="iterated")
    between = max(0.0, float(found.tau2))
    weights = 1 / (variances + between)
    mean = float(weights @ effects / weights.sum())
    factor = max(1.0, float(weights @ (effects - mean) ** 2) / (number - 1))
    error = (factor / weights.sum()) ** 0.5
    margin = float(stats.t.ppf(LEVEL, number - 1)) * error
    ends = (mean - margin, mean + margin)
    further: tuple[float | None, float | None] = (None, None)
    if number >= FEWEST_TO_PREDICT:
        reach = float(stats.t.ppf(LEVEL, number - 2)) * (between + error**2) ** 0.5
        further = (_back(mean - reach, scale), _back(mean + reach, scale))
    return Pooled(
        _back(mean, scale),
        _back(ends[0], scale),
        _back(ends[1], scale),
        *further,
        between**0.5,
        number,
        _inconsistency(effects, variances),
    )


def _inconsistency(effects: Floats, variances: Floats) -> float:
    mean = float(np.average(effects, weights=1 / variances))
    q, expected = float(((effects - mean) ** 2 / variances).sum()), len(effects) - 1
    return max(0.0, (q - expected) / q) if q > 0 else 0.0


def error_of(estimate: Estimate, *, scale: Scale) -> float | None:
    """The standard error on the scale that is pooled on, from the interval's width; None where there is no interval.

    Of an interval that ends where the scale does (an AUC up to 1), from the other half of it.

    Source: Debray 2017, on errors that studies do not report.
    """
    if estimate.low is None or estimate.high is None:
        return None
    low, value, high = _onto(np.array([estimate.low, estimate.value, estimate.high]), scale)
    ends = [end for end in (low, high) if np.isfinite(end)]
    halves = [abs(end - value) for end in ends] if np.isfinite(value) else []
    error = float(np.mean(halves)) / NORMAL_95 if halves else 0.0
    return error if np.isfinite(error) and error > 0 else None


def _onto(values: Floats, scale: Scale) -> Floats:
    with np.errstate(divide="ignore"):  # An AUC of one, or an error of nought, has no finite place: it is left out.
        if scale == "logit":
            return np.asarray(np.log(values) - np.log1p(-values))
        return np.asarray(np.log(values) if scale == "log" else values)


def _back(value: float, scale: Scale) -> float:
    if scale == "logit":
        return float(1 / (1 + np.exp(-value)))
    return float(np.exp(value)) if scale == "log" else value
