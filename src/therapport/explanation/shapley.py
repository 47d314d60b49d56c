"""The Shapley value itself, for games small enough to write down: one value for every coalition."""

import functools
from math import factorial

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@functools.cache
def weights(players: int) -> FloatArray:
    """Shape (2^players, players): coalition values @ weights = Shapley values.

    Coalition c holds player i where bit i of c is set. Source: Shapley 1953.
    """
    coalitions = np.arange(1 << players)
    member = membership(players)
    size = np.array([int(coalition).bit_count() for coalition in coalitions])
    table = np.empty((1 << players, players))
    for coalition in coalitions:
        inside = factorial(size[coalition] - 1) * factorial(players - size[coalition]) if size[coalition] else 0
        outside = (
            factorial(size[coalition]) * factorial(players - size[coalition] - 1) if size[coalition] < players else 0
        )
        table[coalition] = np.where(member[coalition], inside, -outside) / factorial(players)
    table.setflags(write=False)  # cached, so shared
    return table


@functools.cache
def membership(players: int) -> NDArray[np.bool_]:
    """Shape (2^players, players): whether the coalition of that row holds the player of that column."""
    coalitions = np.arange(1 << players)
    table: NDArray[np.bool_] = (coalitions[:, None] >> np.arange(players)) & 1 == 1
    table.setflags(write=False)
    return table
