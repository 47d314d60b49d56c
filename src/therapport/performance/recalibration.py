"""The logistic regression of the outcome on the model's own log-odds, for all draws at once."""

import numpy as np
from numpy.typing import NDArray

from therapport.performance.out_of_fold import FLAT, Floats

MOST_STEPS = 100
PRECISION = 1e-9
"""The search ends with a step smaller than this, in standard deviations of the log-odds."""
LEAST_INFORMATION = 1e-100
"""Less is left only at places far beyond the maximum, which are rejected; dividing by it would overflow."""
CELLS = 1 << 17
"""Draws x patients that are held at once: about a megabyte, so that the working set stays in the cache."""


def intercept(log_odds: Floats, truth: Floats, weights: Floats) -> Floats:
    """Calibration-in-the-large of every draw: what must be added to the log-odds, their slope being one.

    Shape (draws,); NaN for a draw with one class only.
    """
    has_both_classes = (weights @ truth > 0) & (weights @ (1 - truth) > 0)
    found = np.full(len(weights), np.nan)
    found[has_both_classes], _ = _fit(log_odds, truth, weights[has_both_classes], slope_is_one=True)
    return found


def slope(log_odds: Floats, truth: Floats, weights: Floats) -> Floats:
    """Calibration slope of every draw: by what the log-odds must be multiplied (Cox 1958; Van Calster et al. 2019).

    Shape (draws,). Infinite, with its sign, for a draw that the predictions separate perfectly; NaN for a draw
    with one class or one prediction only.
    """
    found = _limit(log_odds, truth, weights)
    is_finite = found == 0
    _, found[is_finite] = _fit(log_odds, truth, weights[is_finite], slope_is_one=False)
    return found


def _limit(log_odds: Floats, truth: Floats, weights: Floats) -> Floats:
    """0 where the slope is finite, an infinity where the classes are separated, NaN where there is nothing to fit."""
    lowest, highest = zip(*(_ends(log_odds, truth == outcome, weights) for outcome in (0, 1)), strict=True)
    limit = np.zeros(len(weights))
    limit[lowest[1] >= highest[0]] = np.inf
    limit[highest[1] <= lowest[0]] = -np.inf
    limit[np.maximum(*highest) - np.minimum(*lowest) < FLAT] = np.nan
    limit[np.isnan(lowest[0] + lowest[1])] = np.nan
    return limit


def _ends(log_odds: Floats, belongs: NDArray[np.bool_], weights: Floats) -> tuple[Floats, Floats]:
    """Lowest and highest log-odds that each draw holds among those who belong; NaN where it holds none."""
    places = np.flatnonzero(belongs)
    if not places.size:
        return np.full(len(weights), np.nan), np.full(len(weights), np.nan)
    places = places[np.argsort(log_odds[places])]
    is_drawn = weights[:, places] > 0
    ordered = log_odds[places]
    holds_any = is_drawn.any(axis=1)
    lowest = np.where(holds_any, ordered[is_drawn.argmax(axis=1)], np.nan)
    highest = np.where(holds_any, ordered[::-1][is_drawn[:, ::-1].argmax(axis=1)], np.nan)
    return lowest, highest


def _fit(log_odds: Floats, truth: Floats, weights: Floats, *, slope_is_one: bool) -> tuple[Floats, Floats]:
    """Intercept and slope of every draw, in pieces that fit the cache."""
    centre, spread = float(log_odds.mean()), float(log_odds.std()) or 1.0
    standard = (log_odds - centre) / spread
    rows = max(1, CELLS // len(truth))
    pieces = [weights[first : first + rows] for first in range(0, len(weights), rows)]
    fits = [_newton(standard, truth, piece, (centre, spread), slope_is_one=slope_is_one) for piece in pieces]
    level, steepness = np.concatenate(fits, axis=1) if fits else np.empty((2, 0))
    return level - steepness / spread * centre, steepness / spread


def _newton(
    standard: Floats, truth: Floats, weights: Floats, start: tuple[float, float], *, slope_is_one: bool
) -> Floats:
    """Shape (2, draws): level and steepness of most likelihood, from the model's own log-odds; NaN if not found.

    A step that lowers the likelihood is halved until it does not: log-odds of +/- 27 would throw plain Newton off.
    """
    powers = np.column_stack([np.ones_like(standard), standard, standard**2])
    observed = (weights @ (powers[:, :2] * truth[:, np.newaxis])).T
    place = np.repeat(np.array(start)[:, np.newaxis], len(weights), axis=1)
    step = np.zeros_like(place)
    likelihood = np.full(len(weights), -np.inf)
    for _ in range(MOST_STEPS):
        candidate = place + step
        log_odds = candidate[0][:, np.newaxis] + candidate[1][:, np.newaxis] * standard
        odds = np.exp(-np.abs(log_odds))  # of the less likely class, which cannot overflow
        surprise = np.maximum(log_odds, 0) + np.log(1 + odds)
        reached = (candidate * observed).sum(axis=0) - np.einsum("dp,dp->d", weights, surprise)
        is_better = reached >= likelihood - PRECISION * (1 + np.abs(reached))
        expected = weights * np.where(log_odds >= 0, 1, odds) / (1 + odds)
        score = observed - (expected @ powers[:, :2]).T
        information = ((weights * odds / (1 + odds) ** 2) @ powers).T
        place = np.where(is_better, candidate, place)
        likelihood = np.where(is_better, reached, likelihood)
        step = np.where(is_better, _step(score, information, slope_is_one=slope_is_one), step / 2)
        is_found = np.abs(step).max(axis=0) < PRECISION
        if is_found.all():
            break
    return np.where(is_found, place + step, np.nan)


def _step(score: Floats, information: Floats, *, slope_is_one: bool) -> Floats:
    """The Newton step of every draw; NaN where the information has run out."""
    first, mixed, second = information
    if slope_is_one:
        direction, length = np.stack([score[0], np.zeros_like(first)]), first
    else:
        direction = np.stack([second * score[0] - mixed * score[1], first * score[1] - mixed * score[0]])
        length = first * second - mixed**2
    step: Floats = np.full_like(direction, np.nan)
    np.divide(direction, length, out=step, where=length > LEAST_INFORMATION)
    return step
