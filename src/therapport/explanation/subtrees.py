"""An ensemble cut into its lowest sub-trees: which comparisons make up a patient's key in each, and what a key means.

A key has one bit for every node of the sub-tree (does the patient go left?) and one for every player who has a
condition above it (does the patient fail one of them?). A table with a row for every key then holds what all leaves of
the sub-tree add up to, for all players at once. Sub-trees of height 0 are single leaves.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from therapport.explanation.codes import Codes, of_nodes
from therapport.explanation.paths import NONE, Paths

Integers = NDArray[np.int64]
MOST_BITS = 16


@dataclass(frozen=True)
class Subtrees:
    """Comparisons and leaves are sorted by sub-tree."""

    bits: Integers
    """Shape (sub-trees,): how long a key is."""
    first_step: Integers
    """Shape (sub-trees + 1,): where the comparisons of each begin."""
    byte: Integers
    """Shape (steps,): the byte column that a comparison asks about."""
    cut: NDArray[np.uint8]
    below: NDArray[np.bool_]
    """Shape (steps,): whether the bit is set where the byte is below the cut, or where it is not."""
    bit: Integers
    """Shape (steps,): which bit of the key."""
    first_leaf: Integers
    """Shape (sub-trees + 1,): where the leaves of each begin in `leaf`."""
    leaf: Integers
    """Shape (leaves,): the leaf's number in the paths."""
    ones: NDArray[np.uint16]
    """Shape (leaves in the order of the paths, slots): the bits of a patient who meets the player's conditions."""
    zeros: NDArray[np.uint16]
    """The same: those that such a patient lacks."""


def cut(paths: Paths, height: int) -> tuple[Codes, Subtrees]:
    """The sub-trees of this height; inner nodes above them become conditions of every leaf below."""
    inner = np.flatnonzero(paths.column != NONE)
    codes, byte_of, cut_of = of_nodes(paths.column[inner], paths.threshold[inner], paths.missing_left[inner])
    number = np.full(len(paths.column), NONE)
    number[inner] = np.arange(len(inner))
    root_of_leaf, is_above = _roots(paths, height)
    roots, subtree = np.unique(root_of_leaf, return_inverse=True)
    within, bits_within = _places_within(paths, subtree, is_above, len(roots))
    above, bits_above = _places_above(paths, subtree, is_above, len(roots), bits_within)
    place = np.where(is_above, above, within)
    ones, zeros = _masks(paths, place, is_above)

    known = paths.asked != NONE
    step = np.unique(
        np.stack(
            [
                np.broadcast_to(subtree, known.shape)[known],
                place[known],
                paths.asked[known],
                # Within the sub-tree a bit says "left"; above it, "fails", which is "left" for those on the right.
                (~is_above | ~paths.left)[known].astype(np.int64),
            ]
        ),
        axis=1,
    )
    node = number[step[2]]
    order = np.argsort(subtree, kind="stable")
    return codes, Subtrees(
        bits=bits_within + bits_above,
        first_step=np.searchsorted(step[0], np.arange(len(roots) + 1)),
        byte=byte_of[node],
        cut=cut_of[node],
        below=step[3] == 1,
        bit=step[1],
        first_leaf=np.searchsorted(subtree[order], np.arange(len(roots) + 1)),
        leaf=order,
        ones=ones,
        zeros=zeros,
    )


def _roots(paths: Paths, height: int) -> tuple[Integers, NDArray[np.bool_]]:
    """For each leaf the root of its sub-tree; and for each condition whether its node is above that root."""
    root = paths.leaf.copy()
    is_above = np.ones(paths.asked.shape, dtype=np.bool_)
    for step, node in enumerate(paths.asked):
        inside = (node != NONE) & (paths.height[node] <= height)
        root = np.where(inside, node, root)
        is_above[step] = ~inside
    return root, is_above


def _places_within(
    paths: Paths, subtree: Integers, is_above: NDArray[np.bool_], subtrees: int
) -> tuple[Integers, Integers]:
    """A bit for each node of a sub-tree: its place among them."""
    here = (paths.asked != NONE) & ~is_above
    which = np.broadcast_to(subtree, here.shape)[here]
    pairs, inverse = np.unique(np.stack([which, paths.asked[here]]), axis=1, return_inverse=True)
    return _ranked(here, pairs[0], inverse.ravel(), subtrees)


def _places_above(
    paths: Paths, subtree: Integers, is_above: NDArray[np.bool_], subtrees: int, start: Integers
) -> tuple[Integers, Integers]:
    """A bit for each player with a condition above a sub-tree, after those of its nodes."""
    here = (paths.asked != NONE) & is_above
    which = np.broadcast_to(subtree, here.shape)[here]
    leaf = np.broadcast_to(np.arange(here.shape[1]), here.shape)[here]
    player = paths.players[leaf, paths.slot[here]]
    pairs, inverse = np.unique(np.stack([which, player]), axis=1, return_inverse=True)
    place, count = _ranked(here, pairs[0], inverse.ravel(), subtrees)
    return place + start[subtree], count


def _ranked(here: NDArray[np.bool_], group: Integers, inverse: Integers, groups: int) -> tuple[Integers, Integers]:
    count = np.bincount(group, minlength=groups)
    rank = np.arange(len(group)) - (np.cumsum(count) - count)[group]
    place = np.zeros(here.shape, dtype=np.int64)
    place[here] = rank[inverse]
    return place, count


def _masks(paths: Paths, place: Integers, is_above: NDArray[np.bool_]) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    masks = np.zeros((2, *paths.players.shape), dtype=np.int64)
    for step, node in enumerate(paths.asked):
        known = np.flatnonzero(node != NONE)
        wants_one = ~is_above[step] & paths.left[step]
        bit = np.left_shift(1, np.minimum(place[step], MOST_BITS))
        masks[np.where(wants_one, 0, 1)[known], known, paths.slot[step, known]] |= bit[known]
    return masks[0].astype(np.uint16), masks[1].astype(np.uint16)
