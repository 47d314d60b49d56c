"""The definition itself, as slowly as it reads: mix patients, ask the model, average over all orders of joining."""

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations, permutations

import numpy as np

Floats = np.ndarray
Coalition = frozenset[int]


def coalitions(players: int) -> list[Coalition]:
    return [frozenset(chosen) for size in range(players + 1) for chosen in combinations(range(players), size)]


def shapley(value: Mapping[Coalition, Floats], players: int) -> Floats:
    """What each player adds on joining, averaged over every order in which the players can join."""
    total = np.zeros((len(value[frozenset()]), players))
    orders = list(permutations(range(players)))
    for order in orders:
        for place, player in enumerate(order):
            before = frozenset(order[:place])
            total[:, player] += value[before | {player}] - value[before]
    return total / len(orders)


def family_game(
    score: Callable[[Floats], Floats], patients: Floats, reference: Floats, owner: Sequence[int], *, players: int
) -> tuple[float, Floats]:
    """The reference and every player's contribution, shape (patients, players)."""
    value: dict[Coalition, Floats] = {}
    for coalition in coalitions(players):
        own = [factor for factor, player in enumerate(owner) if player in coalition]
        mixed = np.tile(reference, (len(patients), 1))
        mixed[:, own] = np.repeat(patients, len(reference), axis=0)[:, own]
        value[coalition] = score(mixed).reshape(len(patients), len(reference)).mean(axis=1)
    return float(value[frozenset()][0]), shapley(value, players)


def points(reference: float, log_odds: Floats) -> Floats:
    """Contributions to the probability: the Shapley values of sigmoid(reference + sum of those who joined)."""
    players = log_odds.shape[1]
    value = {
        coalition: 1 / (1 + np.exp(-(reference + log_odds[:, sorted(coalition)].sum(axis=1))))
        for coalition in coalitions(players)
    }
    return shapley(value, players)
