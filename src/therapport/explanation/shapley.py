"""The Shapley value and the pairwise Shapley interaction, for games small enough to write down."""

import functools
from math import comb

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@functools.cache
def weights(players: int) -> FloatArray:
    """Shape (2^players, players): coalition values @ weights = Shapley values.

    Coalition c holds player i where bit i of c is set. Source: Shapley 1953.
    """
    table = np.empty((1 << players, players))
    for coalition, member in enumerate(membership(players)):
        size = coalition.bit_count()
        inside = joining(players)[size - 1] if size else 0.0
        outside = joining(players)[size] if size < players else 0.0
        table[coalition] = np.where(member, inside, -outside)
    return _shared(table)


@functools.cache
def interaction_weights(players: int) -> FloatArray:
    """Shape (2^players, pairs): coalition values @ weights = pairwise interactions, in the order of `pairs`.

    The interaction of i and j is the mean over coalitions without them of v(S+i+j) - v(S+i) - v(S+j) + v(S), weighted
    with |S|! (n - |S| - 2)! / (n - 1)!. Source: Grabisch and Roubens 1999.
    """
    table = np.empty((1 << players, len(pairs(players))))
    for coalition, member in enumerate(membership(players)):
        for place, (one, other) in enumerate(pairs(players)):
            others = coalition.bit_count() - int(member[one]) - int(member[other])
            sign = 1.0 if member[one] == member[other] else -1.0
            table[coalition, place] = sign * joining(players - 1)[others]
    return _shared(table)


@functools.cache
def pairs(players: int) -> tuple[tuple[int, int], ...]:
    """Every pair of players, the lower first."""
    return tuple((one, other) for one in range(players) for other in range(one + 1, players))


@functools.cache
def joining(players: int) -> FloatArray:
    """Shape (players,): how probable it is, in a random order, that just one given set of that size comes first."""
    return _shared(np.array([1 / (players * comb(players - 1, size)) for size in range(players)]))


@functools.cache
def membership(players: int) -> NDArray[np.bool_]:
    """Shape (2^players, players): whether the coalition of that row holds the player of that column."""
    coalitions = np.arange(1 << players)
    table: NDArray[np.bool_] = (coalitions[:, None] >> np.arange(players)) & 1 == 1
    table.setflags(write=False)
    return table


def _shared(table: FloatArray) -> FloatArray:
    table.setflags(write=False)  # cached, so shared
    return table
