"""The game of one leaf, for every pattern that a patient can show there.

A leaf is reached if every condition on its path holds. The conditions belong to k players, and for a patient only one
bit per player matters: does the patient meet all of this player's conditions on this path? So a table of 2^k patterns
holds the Shapley values. The reference patients enter through how often they show each pattern: exact, and no row of a
patient is kept.
"""

import functools

import numpy as np
from numpy.typing import NDArray

from therapport.explanation.shapley import interaction_weights, weights

FloatArray = NDArray[np.float64]


def outputs(players: int, *, interactions: bool) -> int:
    """How many numbers a pattern has: a contribution for each player, and an interaction for each pair of them."""
    return players + players * (players - 1) // 2 * interactions


def tables(counts: NDArray[np.integer], value: FloatArray, *, players: int, interactions: bool) -> NDArray[np.float32]:
    """What leaves of so many players contribute, shape (leaves, 2^players patterns, outputs).

    `counts` has the reference patients of each pattern, shape (leaves, 2^players); bit i of a pattern says that the
    conditions of player i are met.
    """
    meets = _at_least(counts.astype(np.float64), players)
    meets *= (value / counts.sum(axis=1))[:, None]
    made = meets @ _game(players, interactions)
    return made.astype(np.float32).reshape(len(counts), 1 << players, outputs(players, interactions=interactions))


def _at_least(counts: FloatArray, players: int) -> FloatArray:
    """How many show a pattern or more than it: sums over all larger patterns, one player at a time."""
    for player in range(players):
        halves = counts.reshape(len(counts), -1, 2, 1 << player)
        halves[:, :, 0] += halves[:, :, 1]
    return counts


@functools.cache
def _game(players: int, interactions: bool) -> FloatArray:
    """Shape (2^players, patterns x outputs): what `_at_least` is multiplied with.

    A coalition keeps the leaf open if the patient meets the conditions of its members, and the reference the others'.
    """
    values = weights(players)
    if interactions:
        values = np.hstack([values, interaction_weights(players)])
    coalition = np.arange(1 << players)
    met_by_patient = (coalition[:, None] & ~coalition[None, :]) == 0
    game = np.empty((1 << players, 1 << players, values.shape[1]))
    game[(1 << players) - 1 - coalition] = met_by_patient[:, :, None] * values[:, None, :]
    return game.reshape(1 << players, -1)
