"""Tree ensembles: one small table per leaf gives the exact game of every patient.

A leaf is reached if every condition on its path holds. The conditions belong to k players, and for a patient only one
bit per player matters: does the patient meet all of this player's conditions on this path? So per leaf a table of 2^k
patterns holds the Shapley values. The reference patients enter through how often they show each pattern: exact, and
no row of a patient is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from therapport.explanation.shapley import weights
from therapport.models.trees import Tree

FloatArray = NDArray[np.float64]
BLOCK_CELLS = 1 << 20
"""Patients are taken in blocks of so many patient x leaf cells, to stay in the cache."""


@dataclass(frozen=True)
class TreeGame:
    """Leaf tables of an ensemble. Conditions are padded to the deepest leaf with ones that every patient meets."""

    reference: float
    """The mean score of the reference patients."""
    column: NDArray[np.int64]
    """Shape (depth, leaves): the encoded column that a condition asks about."""
    threshold: NDArray[np.float32]
    below: NDArray[np.bool_]
    """Shape (depth, leaves): whether the condition is value < threshold, or its opposite."""
    missing_meets: NDArray[np.bool_]
    bit: NDArray[np.uint16]
    """Shape (depth, leaves): the bit of the condition's player in the pattern of its leaf; 0 for padding."""
    full: NDArray[np.int64]
    """Shape (leaves,): the pattern of a patient who meets everything."""
    offset: NDArray[np.int64]
    """Shape (leaves,): where the leaf's patterns begin in `table`."""
    table: FloatArray
    """Shape (patterns of all leaves, players): what a leaf contributes to each player."""

    def contributions(self, encoded: FloatArray) -> FloatArray:
        """Shape (patients, players)."""
        inputs = encoded.astype(np.float32)  # the precision in which the trees themselves compare
        players = self.table.shape[1]
        result = np.zeros((len(inputs), players))
        if len(self.full) == 0:
            return result
        step = max(1, BLOCK_CELLS // len(self.full))
        for start in range(0, len(inputs), step):
            block = inputs[start : start + step]
            rows = self.offset + self._pattern(block)
            for player in range(players):
                result[start : start + step, player] = self.table[:, player][rows].sum(axis=1)
        return result

    def _pattern(self, inputs: NDArray[np.float32]) -> NDArray[np.int64]:
        """Which players' conditions each patient meets at each leaf, shape (patients, leaves)."""
        failed = np.zeros((len(inputs), len(self.full)), dtype=np.uint16)
        for level in range(len(self.column)):
            value = inputs[:, self.column[level]]
            meets = (value < self.threshold[level]) == self.below[level]
            meets = np.where(np.isnan(value), self.missing_meets[level], meets)
            failed |= np.where(meets, np.uint16(0), self.bit[level])
        return self.full & ~failed.astype(np.int64)


@dataclass(frozen=True)
class _Condition:
    column: int
    threshold: np.float32
    below: bool
    missing_meets: bool


def compile_trees(
    base: float, trees: Sequence[Tree], reference: FloatArray, player: NDArray[np.int64], *, players: int
) -> TreeGame:
    """The game of an ensemble against encoded reference patients, shape (patients, columns)."""
    paths = [path for tree in trees for path in _paths(tree)]
    conditions = [path for path, _ in paths]
    depth = max((len(path) for path in conditions), default=0)
    padded = [[*path, *([None] * (depth - len(path)))] for path in conditions]
    slots = [_slots(path, player) for path in conditions]

    def grid(pick: str, padding: object, kind: type) -> NDArray[np.generic]:
        cells = [[padding if cell is None else getattr(cell, pick) for cell in path] for path in padded]
        return np.array(cells, dtype=kind).reshape(len(paths), depth).T.copy()

    bits = [
        [0 if cell is None else 1 << slot.index(int(player[cell.column])) for cell in path]
        for path, slot in zip(padded, slots, strict=True)
    ]
    full = np.array([(1 << len(slot)) - 1 for slot in slots], dtype=np.int64)
    game = TreeGame(
        reference=0.0,
        column=grid("column", 0, np.int64).astype(np.int64),
        threshold=grid("threshold", 0.0, np.float32).astype(np.float32),
        below=grid("below", False, np.bool_).astype(np.bool_),
        missing_meets=grid("missing_meets", True, np.bool_).astype(np.bool_),
        bit=np.array(bits, dtype=np.uint16).reshape(len(paths), depth).T.copy(),
        full=full,
        offset=np.concatenate([[0], np.cumsum(full + 1)[:-1]]).astype(np.int64) if len(full) else full,
        table=np.zeros((int((full + 1).sum()), players)),
    )
    return _with_tables(game, base, np.array([value for _, value in paths]), slots, reference)


def _with_tables(
    game: TreeGame, base: float, leaf_value: FloatArray, slots: list[list[int]], reference: FloatArray
) -> TreeGame:
    patterns = game._pattern(reference.astype(np.float32)) if len(leaf_value) else np.zeros((1, 0), dtype=np.int64)
    table = game.table.copy()
    expected = base
    for leaf, (value, slot) in enumerate(zip(leaf_value, slots, strict=True)):
        size = 1 << len(slot)
        share = np.bincount(patterns[:, leaf], minlength=size) / len(patterns)
        # How often the reference meets at least the conditions of a coalition: sums over all larger patterns.
        meets = np.array([share[(np.arange(size) & coalition) == coalition].sum() for coalition in range(size)])
        everyone = size - 1
        coalitions = np.arange(size)
        for pattern in range(size):
            # A coalition keeps the leaf open if the patient meets its conditions and the reference the others.
            open_share = np.where((coalitions & ~pattern) == 0, meets[everyone ^ coalitions], 0.0)
            table[game.offset[leaf] + pattern, slot] = value * (open_share @ weights(len(slot)))
        expected += value * meets[everyone]
    return TreeGame(
        expected, game.column, game.threshold, game.below, game.missing_meets, game.bit, game.full, game.offset, table
    )


def _slots(path: list[_Condition], player: NDArray[np.int64]) -> list[int]:
    """The players of a path, each once, in the order in which the path meets them."""
    return list(dict.fromkeys(int(player[condition.column]) for condition in path))


def _paths(tree: Tree) -> list[tuple[list[_Condition], float]]:
    """Every leaf as the conditions on its way down, and its value."""
    found: list[tuple[list[_Condition], float]] = []
    stack: list[tuple[int, list[_Condition]]] = [(0, [])]
    while stack:
        node, above = stack.pop()
        if tree.column[node] < 0:
            found.append((above, float(tree.value[node])))
            continue
        for child, below in ((int(tree.left[node]), True), (int(tree.right[node]), False)):
            condition = _Condition(
                column=int(tree.column[node]),
                threshold=tree.threshold[node],
                below=below,
                missing_meets=bool(tree.missing_left[node]) == below,
            )
            stack.append((child, [*above, condition]))
    return found
