"""From log-odds to probability points: the exact Shapley values of the game w(S) = sigmoid(reference + sum over S)."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from therapport.explanation.shapley import membership, weights

FloatArray = NDArray[np.float64]


def in_probability_points(reference: float, log_odds: FloatArray) -> FloatArray:
    """Contributions to the probability, shape (patients, players), from contributions to the log-odds.

    sigmoid(reference) + their sum = sigmoid(reference + sum of the log-odds), for every patient.
    """
    players = log_odds.shape[1]
    coalitions = reference + log_odds @ membership(players).T.astype(np.float64)
    points: FloatArray = expit(coalitions) @ weights(players)
    # Rounding leaves 1e-17 where a player does nothing; a player that does nothing gets nothing.
    points[log_odds == 0] = 0.0
    return points
