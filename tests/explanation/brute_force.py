"""The definition itself, as slowly as it reads: mix patients, ask the model, average over all orders of joining."""

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations, permutations
from math import factorial

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


def interactions(value: Mapping[Coalition, Floats], players: int) -> Floats:
    """Half of each pair's Shapley interaction in its two cells, what is left on the diagonal: rows sum to `shapley`."""
    matrix = np.zeros((len(value[frozenset()]), players, players))
    for one, other in permutations(range(players), 2):
        for without in (chosen for chosen in coalitions(players) if not chosen & {one, other}):
            weight = factorial(len(without)) * factorial(players - len(without) - 2) / factorial(players - 1)
            both, first, second = value[without | {one, other}], value[without | {one}], value[without | {other}]
            matrix[:, one, other] += weight * (both - first - second + value[without]) / 2
    each = np.arange(players)
    matrix[:, each, each] = shapley(value, players) - matrix.sum(axis=2)
    return matrix


def values(
    score: Callable[[Floats], Floats], patients: Floats, reference: Floats, owner: Sequence[int], *, players: int
) -> dict[Coalition, Floats]:
    """What the score says of each coalition: the patients' own factors for its members, the reference's for others."""
    value: dict[Coalition, Floats] = {}
    for coalition in coalitions(players):
        own = [factor for factor, player in enumerate(owner) if player in coalition]
        mixed = np.tile(reference, (len(patients), 1))
        mixed[:, own] = np.repeat(patients, len(reference), axis=0)[:, own]
        value[coalition] = score(mixed).reshape(len(patients), len(reference)).mean(axis=1)
    return value


def family_game(
    score: Callable[[Floats], Floats], patients: Floats, reference: Floats, owner: Sequence[int], *, players: int
) -> tuple[float, Floats]:
    """The reference and every player's contribution, shape (patients, players)."""
    value = values(score, patients, reference, owner, players=players)
    return float(value[frozenset()][0]), shapley(value, players)


def points(reference: float, log_odds: Floats) -> Floats:
    """Contributions to the probability: the Shapley values of sigmoid(reference + sum of those who joined)."""
    players = log_odds.shape[1]
    value = {
        coalition: 1 / (1 + np.exp(-(reference + log_odds[:, sorted(coalition)].sum(axis=1))))
        for coalition in coalitions(players)
    }
    return shapley(value, players)
