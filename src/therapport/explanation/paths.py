"""An ensemble seen from its leaves: the conditions on the way to each, and the players to whom they belong."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from therapport.models.trees import Tree

FloatArray = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
NONE = -1


@dataclass(frozen=True)
class Paths:
    """The nodes of all trees end to end, and the leaves that can be reached, tree by tree."""

    column: Integers
    """Shape (nodes,): the encoded column that a node asks about; NONE for a leaf."""
    threshold: NDArray[np.float32]
    missing_left: Flags
    parent: Integers
    """Shape (nodes,): NONE for a root."""
    is_left: Flags
    """Shape (nodes,): whether the node is the left child of its parent."""
    height: Integers
    """Shape (nodes,): steps down to the deepest leaf below it; 0 for a leaf."""
    leaf: Integers
    """Shape (leaves,): the node that each leaf is."""
    value: FloatArray
    """Shape (leaves,): what the leaf adds to the score."""
    asked: Integers
    """Shape (depth, leaves): the nodes above a leaf, its parent first; NONE beyond the root."""
    left: Flags
    """Shape (depth, leaves): whether the leaf lies left of that node."""
    slot: Integers
    """Shape (depth, leaves): the place of that node's player in `players`; NONE beyond the root."""
    players: Integers
    """Shape (leaves, most players of one leaf): the leaf's own players, lowest first; NONE after the last."""

    @property
    def width(self) -> Integers:
        """How many players each leaf has, shape (leaves,)."""
        count: Integers = (self.players != NONE).sum(axis=1)
        return count


def of_trees(trees: Sequence[Tree], player: Integers) -> Paths:
    """The paths of an ensemble; `player` says for each encoded column whose it is."""
    sizes = np.array([len(tree.column) for tree in trees], dtype=np.int64)
    roots = np.cumsum(sizes) - sizes
    first = np.repeat(roots, sizes)
    column: Integers = _joined([tree.column for tree in trees]).astype(np.int64)
    children = [_joined([getattr(tree, side) for tree in trees]).astype(np.int64) + first for side in ("left", "right")]
    parent, is_left, levels = _from_the_roots(roots, column, *children)
    height = np.zeros(len(column), dtype=np.int64)
    for level in reversed(levels[1:]):
        np.maximum.at(height, parent[level], height[level] + 1)
    reached = np.sort(np.concatenate(levels)) if levels else np.zeros(0, dtype=np.int64)
    leaf = reached[column[reached] == NONE]
    asked, left = _ways_up(leaf, parent, is_left, depth=max(0, len(levels) - 1))
    slot, players = _slots(np.where(asked == NONE, NONE, player[column[asked]]))
    return Paths(
        column=column,
        threshold=_joined([tree.threshold for tree in trees]).astype(np.float32),
        missing_left=_joined([tree.missing_left for tree in trees]).astype(np.bool_),
        parent=parent,
        is_left=is_left,
        height=height,
        leaf=leaf,
        value=_joined([tree.value for tree in trees]).astype(np.float64)[leaf],
        asked=asked,
        left=left,
        slot=slot,
        players=players,
    )


def _joined(parts: Sequence[NDArray[np.generic]]) -> NDArray[np.generic]:
    return np.concatenate(parts) if parts else np.zeros(0)


def _from_the_roots(
    roots: Integers, column: Integers, left: Integers, right: Integers
) -> tuple[Integers, Flags, list[Integers]]:
    """Parents, sides and the nodes of each level; nodes that pruning cut off are never met."""
    parent, is_left = np.full(len(column), NONE), np.zeros(len(column), dtype=np.bool_)
    levels, level = [], roots
    while len(level):
        levels.append(level)
        inner = level[column[level] != NONE]
        parent[left[inner]] = parent[right[inner]] = inner
        is_left[left[inner]] = True
        level = np.concatenate([left[inner], right[inner]])
    return parent, is_left, levels


def _ways_up(leaf: Integers, parent: Integers, is_left: Flags, *, depth: int) -> tuple[Integers, Flags]:
    asked = np.full((depth, len(leaf)), NONE)
    left = np.zeros((depth, len(leaf)), dtype=np.bool_)
    node = leaf
    for step in range(depth):
        left[step] = (node != NONE) & is_left[node]
        node = np.where(node == NONE, NONE, parent[node])
        asked[step] = node
    return asked, left


def _slots(owner: Integers) -> tuple[Integers, Integers]:
    """For each condition (depth, leaves) the place of its player; and for each leaf its players."""
    depth, leaves = owner.shape
    ordered = np.sort(np.where(owner == NONE, np.iinfo(np.int64).max, owner), axis=0)
    known = ordered != np.iinfo(np.int64).max
    fresh = known & np.vstack([np.ones((min(depth, 1), leaves), dtype=np.bool_), ordered[1:] != ordered[:-1]])
    most = int(fresh.sum(axis=0).max(initial=0))
    players = np.full((leaves, most), NONE)
    place = np.cumsum(fresh, axis=0) - 1
    step, which = np.nonzero(fresh)
    players[which, place[step, which]] = ordered[step, which]
    slot = np.full(owner.shape, NONE)
    for number in range(most):
        slot[(owner == players[:, number]) & (owner != NONE)] = number
    return slot, players
