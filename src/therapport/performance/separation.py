"""Which draws have no finite calibration slope, and which folds say anything about it."""

import numpy as np
from numpy.typing import NDArray

from therapport.performance.out_of_fold import FLAT, Floats

Booleans = NDArray[np.bool_]


def limits(log_odds: Floats, truth: Floats, member: Floats, weights: Floats) -> tuple[Floats, Booleans]:
    """What the slope of each draw tends to, (draws,), and the folds that contribute to it, (draws, folds).

    0 where the slope is finite; an infinity, with its sign, where the predictions separate the classes in every fold
    that contributes; NaN where none does. A fold contributes if the draw holds both classes and two predictions of it.
    """
    by_fold = [_separations(log_odds[own], truth[own], weights[:, own]) for own in member.T == 1]
    contributes, upwards, downwards = (np.column_stack(columns) for columns in zip(*by_fold, strict=True))
    limit = np.zeros(len(weights))
    limit[(upwards | ~contributes).all(axis=1)] = np.inf
    limit[(downwards | ~contributes).all(axis=1)] = -np.inf
    limit[~contributes.any(axis=1)] = np.nan
    return limit, contributes


def _separations(log_odds: Floats, truth: Floats, weights: Floats) -> tuple[Booleans, Booleans, Booleans]:
    """Whether each draw of one fold contributes, has its responders on top, has them at the bottom."""
    lowest, highest = zip(*(_ends(log_odds, truth == outcome, weights) for outcome in (0, 1)), strict=True)
    # Comparisons with NaN, where a class is absent, are False.
    contributes = np.maximum(*highest) - np.minimum(*lowest) >= FLAT
    return contributes, lowest[1] >= highest[0], highest[1] <= lowest[0]


def _ends(log_odds: Floats, belongs: Booleans, weights: Floats) -> tuple[Floats, Floats]:
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
