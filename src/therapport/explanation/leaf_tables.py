"""The games of all leaves of an ensemble, and how often the reference patients show each of their patterns."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from therapport.errors import DesignError
from therapport.explanation import kernels, leaves, subtrees
from therapport.explanation.paths import NONE, Paths
from therapport.explanation.shapley import pairs
from therapport.explanation.subtrees import MOST_BITS

FloatArray = NDArray[np.float64]
Integers = NDArray[np.int64]
BLOCK = 1024


@dataclass(frozen=True)
class LeafTables:
    """The games of all leaves, one after the other."""

    start: Integers
    """Shape (leaves,): where a leaf's table begins."""
    full: Integers
    """Shape (leaves,): the pattern of those who meet everything."""
    target: Integers
    """Shape (leaves, most outputs of a leaf): which output of the whole each is; NONE after the last."""
    table: NDArray[np.float32]
    """Flat: pattern by pattern, output by output; a pattern's bits are the players whose conditions are met."""


def first_patterns(paths: Paths) -> Integers:
    """Where each leaf's patterns begin when they stand one after the other, shape (leaves + 1,)."""
    width = paths.width
    if width.max(initial=0) > MOST_BITS:
        raise DesignError(f"A path of the ensemble asks about more than {MOST_BITS} players; grow shallower trees.")
    return np.concatenate([[0], np.cumsum(1 << width)]).astype(np.int64)


def pattern_counts(paths: Paths, reference: NDArray[np.floating]) -> NDArray[np.uint32]:
    """How many reference patients, encoded (patients, columns), show each pattern of each leaf; flat."""
    start = first_patterns(paths)
    counts = np.zeros(start[-1], dtype=np.int64)
    if len(paths.asked) == 0:
        counts[:] = len(reference)
        return counts.astype(np.uint32)
    codes, cut = subtrees.cut(paths, 0)
    inputs = np.ascontiguousarray(reference, dtype=np.float32)
    for at in range(0, len(inputs), BLOCK):
        block = codes.of(inputs[at : at + BLOCK])
        kernels.count_patterns(block, cut.first_step, cut.byte, cut.cut, cut.below, cut.bit, start, counts)
    return counts.astype(np.uint32)


def expected(paths: Paths, counts: NDArray[np.uint32]) -> float:
    """The mean of the trees' sum over the reference patients."""
    start = first_patterns(paths)
    patients = np.add.reduceat(counts.astype(np.int64), start[:-1]) if len(paths.leaf) else np.zeros(0)
    return float(paths.value @ (counts[start[1:] - 1] / patients))


def leaf_tables(paths: Paths, counts: NDArray[np.uint32], *, players: int, interactions: bool) -> LeafTables:
    """The game of every leaf; outputs are the players, then (with interactions) their pairs."""
    first, width = first_patterns(paths), paths.width
    sizes = np.array([leaves.outputs(int(own), interactions=interactions) for own in range(width.max(initial=0) + 1)])
    start = np.concatenate([[0], np.cumsum((1 << width) * sizes[width])]).astype(np.int64)
    table = np.zeros(start[-1], dtype=np.float32)
    for own in np.unique(width[width > 0]).tolist():
        which = np.flatnonzero(width == own)
        patterns = np.arange(1 << own)
        made = leaves.tables(
            counts[first[which][:, None] + patterns], paths.value[which], players=own, interactions=interactions
        )
        table[start[which][:, None] + np.arange((1 << own) * sizes[own])] = made.reshape(len(which), -1)
    return LeafTables(start[:-1], (1 << width) - 1, _targets(paths, players, sizes, interactions=interactions), table)


def _targets(paths: Paths, players: int, sizes: Integers, *, interactions: bool) -> Integers:
    most = paths.players.shape[1]
    target = np.full((len(paths.leaf), int(sizes[-1])), NONE)
    if not interactions:
        target[:, :most] = paths.players
        return target
    number = np.full((players, players), NONE)
    for place, (one, other) in enumerate(pairs(players)):
        number[one, other] = players + place
    width = paths.width
    for own in np.unique(width[width > 0]).tolist():
        which = np.flatnonzero(width == own)
        members = paths.players[which, :own]
        target[which, :own] = members
        for place, (one, other) in enumerate(pairs(own)):
            target[which, own + place] = number[members[:, one], members[:, other]]
    return target
