"""From log-odds to probability points: the exact Shapley values of the game w(S) = sigmoid(reference + sum over S)."""

import functools

import numpy as np
from numpy.typing import NDArray

from therapport.explanation.compiled import kernel
from therapport.explanation.shapley import joining

FloatArray = NDArray[np.float64]


def in_probability_points(reference: FloatArray, log_odds: FloatArray) -> FloatArray:
    """Contributions to the probability, shape (patients, players), from those to the log-odds.

    `reference` has shape (patients,). sigmoid(reference) + their sum = sigmoid(reference + sum of the log-odds), for
    every patient; a player without log-odds gets exactly nothing.
    """
    points, _, _ = points_with_bounds(reference, log_odds, np.zeros_like(log_odds))
    return points


def points_with_bounds(
    reference: FloatArray, log_odds: FloatArray, margin: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The same with lower and upper ends, all of shape (patients, players).

    An end is what a player would get if his own log-odds were lower or higher by `margin` and the others' as they are:
    it grows with his log-odds, so an interval that holds zero on one scale holds it on the other.
    """
    low, value, high = (np.zeros(log_odds.shape) for _ in range(3))
    weight = _weights(log_odds.shape[1])
    _points(np.ascontiguousarray(reference), np.ascontiguousarray(log_odds), margin, weight, low, value, high)
    return value, low, high


@functools.cache
def _weights(players: int) -> FloatArray:
    """The weight of each coalition for a player who joins it, shape (2^players,)."""
    size = np.array([coalition.bit_count() for coalition in range(1 << players)])
    weight: FloatArray = np.append(joining(players), 0.0)[size]
    return weight


@kernel
def _points(
    reference: FloatArray,
    log_odds: FloatArray,
    margin: FloatArray,
    weight: FloatArray,
    low: FloatArray,
    value: FloatArray,
    high: FloatArray,
) -> None:
    patients, players = log_odds.shape
    score, probability = np.empty(1 << players), np.empty(1 << players)
    for patient in range(patients):
        score[0] = reference[patient]
        for player in range(players):
            for others in range(1 << player):
                score[others | (1 << player)] = score[others] + log_odds[patient, player]
        for coalition in range(1 << players):
            probability[coalition] = 1 / (1 + np.exp(-score[coalition]))
        for player in range(players):
            own, spread = log_odds[patient, player], margin[patient, player]
            alone, less, more = 0.0, 0.0, 0.0
            for others in range(1 << players):
                if not others >> player & 1:
                    without = probability[others]
                    alone += weight[others] * (probability[others | (1 << player)] - without)
                    if spread > 0:
                        less += weight[others] * (1 / (1 + np.exp(spread - own - score[others])) - without)
                        more += weight[others] * (1 / (1 + np.exp(-spread - own - score[others])) - without)
            value[patient, player] = alone
            low[patient, player] = less if spread > 0 else alone
            high[patient, player] = more if spread > 0 else alone
