"""Whether the slope of alliance differs between therapists: a slope for each, pooled with chance taken out."""

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.optimize import brentq

from therapport.performance import SMALLEST_CELL
from therapport.performance.pooled import pool
from therapport.predictor.evidence import Figure

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
FEWEST_THERAPISTS = 20
"""With ten patients or more each: below that a spread of slopes is not to be told from chance."""


def slopes(outcome: FloatArray, factor: FloatArray, therapist: IntArray) -> tuple[Figure, Figure, int] | None:
    """Mean slope and standard deviation of slopes with intervals, and of how many therapists; None where too few.

    `outcome` is what other factors leave of it. Two stages: a slope of each therapist with the residual variance of all
    together, then a random-effects mean (Paule and Mandel; Hartung, Knapp) and for the spread the Q-profile interval
    (Viechtbauer 2007).
    """
    known = ~np.isnan(factor)
    outcome, factor, therapist = outcome[known], factor[known], therapist[known]
    size = np.bincount(therapist)
    safe = np.maximum(size, 1)
    x = factor - (np.bincount(therapist, weights=factor) / safe)[therapist]
    y = outcome - (np.bincount(therapist, weights=outcome) / safe)[therapist]
    squares = np.bincount(therapist, weights=x * x)
    kept = (size >= SMALLEST_CELL) & (squares > 0)
    if kept.sum() < FEWEST_THERAPISTS:
        return None
    each = np.bincount(therapist, weights=x * y)[kept] / squares[kept]
    slope = np.zeros(len(size))
    slope[kept] = each
    rest = (y - slope[therapist] * x)[kept[therapist]]
    variance = float(rest @ rest) / max(len(rest) - 2 * int(kept.sum()), 1)
    error = np.sqrt(variance / squares[kept])
    found = pool(each, error)
    low, high = _profile(each, error**2)
    spread = Figure(value=found.between, low=min(low, found.between), high=max(high, found.between))
    return Figure(value=found.value, low=found.low, high=found.high), spread, int(kept.sum())


def _profile(effects: FloatArray, variances: FloatArray) -> tuple[float, float]:
    """Standard deviations at which the generalised Q statistic is as chance has it at either end."""
    freedom = len(effects) - 1

    def statistic(tau: float) -> float:
        weight = 1 / (variances + tau**2)
        mean = weight @ effects / weight.sum()
        return float(weight @ (effects - mean) ** 2)

    most = 10 * float(effects.std() + np.sqrt(variances.max()))

    def solved(quantile: float) -> float:
        target = float(stats.chi2.ppf(quantile, freedom))
        return 0.0 if statistic(0.0) <= target else float(brentq(lambda tau: statistic(tau) - target, 0.0, most))

    return solved(0.975), solved(0.025)
