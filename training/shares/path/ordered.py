"""Shares in the orders that a path allows: what runs through a mediator is credited to where it began.

Asymmetric Shapley values (Frye, Rowat and Feige 2020) of the same game as the plain shares: a family joins only after
all families that come before it on the path. Families that have no place on it may join at any time.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def weights(players: int, before: Sequence[tuple[int, int]]) -> FloatArray:
    """Shape (2^players, players): coalition values @ weights = mean gains over the orders in which i precedes j.

    For each (i, j) in `before`. Without any they are Shapley values. Raises ValueError if no order is possible.
    """
    needed = [sum(1 << one for one, other in before if other == player) for player in range(players)]
    everyone = (1 << players) - 1

    def may_join(player: int, coalition: int) -> bool:
        return not coalition >> player & 1 and needed[player] & ~coalition == 0

    ways, rest = np.zeros(everyone + 1), np.zeros(everyone + 1)
    ways[0] = rest[everyone] = 1.0
    for coalition in range(everyone + 1):
        for player in range(players):
            if may_join(player, coalition):
                ways[coalition | 1 << player] += ways[coalition]
    for coalition in range(everyone - 1, -1, -1):
        rest[coalition] = sum(rest[coalition | 1 << player] for player in range(players) if may_join(player, coalition))
    if rest[0] == 0:
        raise ValueError("no order fulfils what has to come before what")
    table = np.zeros((everyone + 1, players))
    for coalition in range(everyone):
        for player in range(players):
            if may_join(player, coalition):
                share = ways[coalition] * rest[coalition | 1 << player] / rest[0]
                table[coalition | 1 << player, player] += share
                table[coalition, player] -= share
    return table


def precedence(stage_of_family: Sequence[int | None]) -> tuple[tuple[int, int], ...]:
    """Pairs (earlier, later) of families by the first stage at which each has a factor; None has no place."""
    return tuple(
        (one, other)
        for one, early in enumerate(stage_of_family)
        for other, late in enumerate(stage_of_family)
        if early is not None and late is not None and early < late
    )
