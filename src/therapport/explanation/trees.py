"""Tree ensembles: the exact game of every patient, looked up and added up.

What is kept are the trees and, leaf by leaf, how many reference patients show each pattern of met conditions; from
these every table is made when it is first needed (`leaves` has the mathematics, `subtrees` the speed).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from therapport.explanation import leaf_tables, leaves, paths
from therapport.explanation.engines import Engine, engine, in_blocks
from therapport.explanation.paths import Paths
from therapport.explanation.shapley import pairs
from therapport.models.trees import Tree

FloatArray = NDArray[np.float64]
MOST_BYTES = 256 << 20
"""Of the tables of one game; beyond it sub-trees get lower, and at last leaves have tables of their own players."""


@dataclass(frozen=True)
class TreeGame:
    """The game of an ensemble."""

    base: float
    """The score before any tree."""
    trees: tuple[Tree, ...]
    player: NDArray[np.int64]
    """Encoded column -> player, shape (columns,)."""
    players: int
    counts: NDArray[np.uint32]
    """Reference patients by leaf and pattern, flat; see `leaf_tables.pattern_counts`."""
    most_bytes: int = MOST_BYTES

    method = "from tables of its trees"

    @cached_property
    def paths(self) -> Paths:
        """The ensemble from its leaves' side."""
        return paths.of_trees(self.trees, self.player)

    @cached_property
    def reference(self) -> float:
        """The mean score of the reference patients."""
        return self.base + leaf_tables.expected(self.paths, self.counts)

    def contributions(self, encoded: NDArray[np.floating], *, threads: int | None = None) -> FloatArray:
        """Shape (patients, players)."""
        if not self._asks:
            return np.zeros((len(encoded), self.players))
        return in_blocks(self._contributions, encoded, threads=threads)

    def interactions(
        self, encoded: NDArray[np.floating], *, threads: int | None = None
    ) -> tuple[FloatArray, FloatArray]:
        """Contributions, and the interaction of each pair of players in the order of `shapley.pairs`; in one pass."""
        if not self._asks:
            return np.zeros((len(encoded), self.players)), np.zeros((len(encoded), len(pairs(self.players))))
        both = in_blocks(self._interactions, encoded, threads=threads)
        return both[:, : self.players], both[:, self.players :]

    @property
    def table_bytes(self) -> int:
        """How much memory the tables of contributions take once they are made."""
        return self._contributions.table_bytes if self._asks else 0

    @property
    def engine(self) -> Engine | None:
        """What makes the contributions; None for an ensemble that asks nothing."""
        return self._contributions if self._asks else None

    @property
    def _asks(self) -> bool:
        return len(self.paths.asked) > 0

    @cached_property
    def _contributions(self) -> Engine:
        return self._engine(interactions=False)

    @cached_property
    def _interactions(self) -> Engine:
        return self._engine(interactions=True)

    def _engine(self, *, interactions: bool) -> Engine:
        tables = leaf_tables.leaf_tables(self.paths, self.counts, players=self.players, interactions=interactions)
        outputs = leaves.outputs(self.players, interactions=interactions)
        return engine(self.paths, tables, outputs=outputs, most_bytes=self.most_bytes)


def compile_trees(
    base: float, trees: Sequence[Tree], reference: FloatArray, player: NDArray[np.int64], *, players: int
) -> TreeGame:
    """The game of an ensemble against encoded reference patients, shape (patients, columns)."""
    counts = leaf_tables.pattern_counts(paths.of_trees(trees, player), reference)
    return TreeGame(base, tuple(trees), player, players, counts)
