"""The logistic regression of the outcome on the model's own log-odds, for all draws at once."""

import numpy as np

from therapport.performance import separation, within_folds
from therapport.performance.out_of_fold import Floats, Integers

MOST_STEPS = 100
PRECISION = 1e-9
"""The search ends with a step smaller than this: of the slope, in standard deviations of the log-odds within folds."""
LEAST_INFORMATION = 1e-100
"""Dividing by less would overflow; a fold that is left with less says nothing about the slope."""
CELLS = 1 << 17
"""Draws x patients that are held at once: about a megabyte, so that the working set stays in the cache."""


def intercept(log_odds: Floats, truth: Floats, weights: Floats) -> Floats:
    """Calibration-in-the-large of every draw: what must be added to the log-odds, their slope being one.

    Shape (draws,); NaN for a draw with one class only.
    """
    has_both_classes = (weights @ truth > 0) & (weights @ (1 - truth) > 0)
    drawn = weights[has_both_classes]
    everyone = np.ones((len(truth), 1))
    start = np.tile([0.0, 1.0], (len(drawn), 1))
    found = np.full(len(weights), np.nan)
    found[has_both_classes] = _fit(log_odds, truth, everyone, drawn, start, slope_is_one=True)[:, 0]
    return found


def slope(log_odds: Floats, truth: Floats, fold: Integers, weights: Floats) -> Floats:
    """Calibration slope of every draw: by what the log-odds must be multiplied, each fold at a level of its own.

    The one slope of a logistic regression with an intercept per fold; `fold` has shape (patients,). A fold in which a
    draw holds one class or one prediction only contributes nothing to it.

    Shape (draws,). Infinite, with its sign, for a draw that the predictions separate perfectly in every fold that
    contributes; NaN for a draw to which no fold contributes.

    Source: Cox 1958; Van Calster et al. 2019; fold by fold after Forman and Scholz 2010.
    """
    member = within_folds.membership(fold).astype(np.float64)
    limit, contributes = separation.limits(log_odds, truth, member, weights)
    is_finite = limit == 0
    if not is_finite.any():
        return limit
    centred = log_odds - within_folds.centres(log_odds, member)
    spread = float(centred.std())
    drawn = weights[is_finite] * (contributes[is_finite] @ member.T)
    # From the folds' own shares: from the model's log-odds, which can be +/- 27, the first steps may lead nowhere.
    responders, others = drawn @ (member * truth[:, np.newaxis]), drawn @ (member * (1 - truth)[:, np.newaxis])
    level = np.log(np.where(responders > 0, responders, 1)) - np.log(np.where(others > 0, others, 1))
    start = np.column_stack([level, np.zeros(len(drawn))])
    limit[is_finite] = _fit(centred / spread, truth, member, drawn, start, slope_is_one=False)[:, -1] / spread
    return limit


def _fit(
    log_odds: Floats, truth: Floats, member: Floats, weights: Floats, start: Floats, *, slope_is_one: bool
) -> Floats:
    """Level of each fold and common slope of every draw, (draws, folds + 1), in pieces that fit the cache."""
    found = np.empty_like(start)
    rows = max(1, CELLS // len(truth))
    for first in range(0, len(weights), rows):
        piece = slice(first, first + rows)
        found[piece] = _newton(log_odds, truth, member, weights[piece], start[piece], slope_is_one=slope_is_one)
    return found


def _newton(
    log_odds: Floats, truth: Floats, member: Floats, weights: Floats, start: Floats, *, slope_is_one: bool
) -> Floats:
    """The place of most likelihood, of the shape of `start`; NaN if not found.

    A step that lowers the likelihood is halved until it does not: log-odds of +/- 27 would throw plain Newton off.
    """
    # With the sign of what happened, so that no difference of a probability near 1 and 1 is ever taken.
    signed = np.column_stack([member, log_odds]) * (2 * truth - 1)[:, np.newaxis]
    squares = np.column_stack([member, member * log_odds[:, np.newaxis], log_odds**2])
    place, step = start, np.zeros_like(start)
    lowest = np.full(len(weights), np.inf)
    for _ in range(MOST_STEPS):
        candidate = place + step
        in_favour = candidate @ signed.T  # log-odds of what happened
        odds = np.exp(-np.abs(in_favour))  # of the less likely class, which cannot overflow
        surprise = np.einsum("dp,dp->d", weights, np.log(1 + odds) - np.minimum(in_favour, 0))
        is_better = (surprise <= lowest + PRECISION * (1 + surprise))[:, np.newaxis]
        unlikely = odds / (1 + odds)
        score = (weights * np.where(in_favour >= 0, unlikely, 1 - unlikely)) @ signed
        information = (weights * unlikely * (1 - unlikely)) @ squares
        place = np.where(is_better, candidate, place)
        lowest = np.where(is_better[:, 0], surprise, lowest)
        step = np.where(is_better, _step(score, information, slope_is_one=slope_is_one), step / 2)
        # The level of a fold with little information matters as little, and is known no better.
        matters = np.minimum(1, np.delete(information, np.s_[member.shape[1] : -1], axis=1))
        is_found = ...
    return place


def _step(score: Floats, information: Floats, *, slope_is_one: bool) -> Floats:
    ...
