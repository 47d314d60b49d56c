"""The integrated calibration index, from a smooth calibration curve, for all draws at once."""

import numpy as np
from numpy.typing import NDArray

from therapport.performance.out_of_fold import FLAT, Floats

KNOTS = (0.05, 0.35, 0.65, 0.95)
"""Quantiles at which the curve may bend: Harrell's for four knots."""
RIDGE = 1e-7
"""On orthonormal columns and the mean loss: keeps the curve of a perfectly separated draw finite, changes no other."""
MOST_STEPS = 60
PRECISION, ROUNDING = 1e-5, 1e-14
"""The search ends with a step smaller than the first; a loss is not higher that differs by the second."""
CELLS = 1 << 17
"""Draws x patients that are held at once, so that the working set stays in the cache."""


def ici(probability: Floats, log_odds: Floats, truth: Floats, weights: Floats, *, flat: bool) -> Floats:
    """Mean distance between the probabilities of one repeat and their smooth calibration curve, shape (draws,).

    The curve is a logistic regression of the outcome on a restricted cubic spline of the log-odds (four knots; three or
    a line where predictions are too few), one for all folds: a curve over one small fold would show its noise. Where
    predictions are flat within folds, it is an intercept. NaN for a draw with one class only. A distance is never
    below zero, so that noise adds to it: a perfectly calibrated model has about sqrt(p (1 - p) / n).

    Source: Austin and Steyerberg 2019, doi:10.1002/sim.8281; the spline as in Harrell 2015, section 2.4.5.
    """
    inputs = _inputs(log_odds, flat=flat)
    everyone = np.ones((1, len(truth)))
    has_both_classes = (weights @ truth > 0) & (weights @ (1 - truth) > 0)
    found = np.full(len(weights), np.nan)
    if not has_both_classes.any():
        return found
    start = np.zeros((1, inputs.shape[1]))
    if 0 < truth.mean() < 1:
        start[0, 0] = np.log(truth.mean() / (1 - truth.mean()))
        start = _fit(inputs, truth, everyone, start)
    drawn = np.flatnonzero(has_both_classes)
    rows = max(1, CELLS // len(truth))
    for first in range(0, len(drawn), rows):
        piece = drawn[first : first + rows]
        share = weights[piece] / weights[piece].sum(axis=1, keepdims=True)
        coefficients = _fit(inputs, truth, share, np.repeat(start, len(piece), axis=0))
        distance = np.abs(_expit(coefficients @ inputs.T) - probability)
        found[piece] = np.einsum("dp,dp->d", share, distance)
    return found


def spline(values: Floats, knots: Floats) -> Floats:
    """Restricted cubic spline without its constant, (patients, knots - 1): linear before the first knot and after the
    last; a plain line for fewer than three knots.
    """  # noqa: D205 - one sentence
    columns = [values]
    if len(knots) > 2:  # noqa: PLR2004 - two knots bend nothing
        last, before = knots[-1], knots[-2]
        scale = (last - knots[0]) ** 2
        for knot in knots[:-2]:
            bend = (
                _cube(values - knot)
                - _cube(values - before) * (last - knot) / (last - before)
                + _cube(values - last) * (before - knot) / (last - before)
            )
            columns.append(bend / scale)
    return np.column_stack(columns)


def _inputs(log_odds: Floats, *, flat: bool) -> Floats:
    """A constant, and an orthonormal base of the spline: Newton's equations then have no bad condition."""
    constant = np.ones((len(log_odds), 1))
    if flat or float(np.ptp(log_odds)) < FLAT:
        return constant
    columns = spline(log_odds, np.unique(np.quantile(log_odds, KNOTS)))
    centred = columns - columns.mean(axis=0)
    base, size = np.linalg.qr(centred / np.maximum(centred.std(axis=0), FLAT))
    independent = np.abs(np.diag(size)) > FLAT * np.sqrt(len(log_odds))
    return np.column_stack([constant, base[:, independent] * np.sqrt(len(log_odds))])


def _fit(inputs: Floats, truth: Floats, weights: Floats, start: Floats) -> Floats:
    """Coefficients (draws, columns) of least mean surprise; a step that does not lower it is halved."""
    share: NDArray[np.float64] = weights / weights.sum(axis=1, keepdims=True)
    squares = (inputs[:, :, np.newaxis] * inputs[:, np.newaxis, :]).reshape(len(inputs), -1)
    penalty = RIDGE * np.diag(np.r_[0.0, np.ones(inputs.shape[1] - 1)])
    place, step = start, np.zeros_like(start)
    least = np.full((len(weights), 1), np.inf)
    # Turned towards what happened: near certainty, 1 minus a probability would be rounding error.
    turned = inputs * (2 * truth - 1)[:, np.newaxis]
    for _ in range(MOST_STEPS):
        candidate = place + step
        in_favour = candidate @ turned.T
        odds = np.exp(-np.abs(in_favour))  # of the less likely class, which cannot overflow
        surprise = np.einsum("dp,dp->d", share, np.log1p(odds) - np.minimum(in_favour, 0))
        surprise = surprise + 0.5 * np.einsum("dc,cb,db->d", candidate, penalty, candidate)
        is_better = surprise[:, np.newaxis] <= least + ROUNDING
        place = np.where(is_better, candidate, place)
        least = np.where(is_better, surprise[:, np.newaxis], least)
        odds /= 1 + odds
        score = (share * np.where(in_favour >= 0, odds, 1 - odds)) @ turned - candidate @ penalty
        information = ((share * (odds - odds**2)) @ squares).reshape(-1, *penalty.shape)
        # An intercept has no penalty; this much keeps the system solvable where everything is certain.
        information = information + penalty + 1e-12 * np.eye(len(penalty))
        newton = np.linalg.solve(information, score[:, :, np.newaxis])[:, :, 0]
        step = np.where(is_better, newton, step / 2)
        if (np.abs(step) < PRECISION).all():
            break
    # Newton's last step errs by the square of itself.
    return np.asarray(place + np.where(is_better, step, 0))


def _cube(values: Floats) -> Floats:
    return np.asarray(np.maximum(values, 0.0) ** 3)


def _expit(log_odds: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(log_odds, -500, 500))))
