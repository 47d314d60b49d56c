"""Tables that fit into the memory allowed, and the loops over them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Protocol

import joblib
import numpy as np
from numpy.typing import NDArray

from therapport.explanation import kernels, subtrees
from therapport.explanation.codes import Codes
from therapport.explanation.compiled import LANES
from therapport.explanation.kernels import TOGETHER
from therapport.explanation.leaf_tables import LeafTables
from therapport.explanation.paths import Paths
from therapport.explanation.subtrees import MOST_BITS, Subtrees

FloatArray = NDArray[np.float64]
Integers = NDArray[np.int64]
Inputs = NDArray[np.float32]
HEIGHTS = (3, 2, 1, 0)
SMALL_TABLES = 4 << 20
BLOCK, LARGE_BLOCK = 1024, 4096
"""Patients at a time; more where tables come from slow memory and should be fetched less often."""
ALONE = 2 * BLOCK
"""So few patients are not worth a second thread."""


class Engine(Protocol):
    """The outputs of any patient, the same whoever stands before or after."""

    @property
    def table_bytes(self) -> int:
        """How much memory the tables take."""
        ...

    def of(self, inputs: Inputs) -> FloatArray:
        """Shape (patients, outputs), for encoded inputs (patients, columns)."""
        ...


@dataclass(frozen=True)
class SubtreeEngine:
    """A table for each sub-tree, its rows as wide as all outputs: few rows to add up."""

    codes: Codes
    cut: Subtrees
    height: int
    start: NDArray[np.uint64]
    used: NDArray[np.bool_]
    table: NDArray[np.float32]
    """Shape (parts, rows x LANES); part p has outputs p x LANES and following."""
    outputs: int

    @property
    def table_bytes(self) -> int:
        """How much memory the tables take."""
        return int(self.table.nbytes)

    def of(self, inputs: Inputs) -> FloatArray:
        """Shape (patients, outputs)."""
        cut = self.cut
        total = np.zeros((len(inputs), len(self.table) * LANES))
        steps = (cut.first_step, cut.byte, cut.cut, cut.below, cut.bit)
        kernels.add_subtrees(self.codes.of(inputs), *steps, self.start, self.used, self.table, total)
        return total[:, : self.outputs]


@dataclass(frozen=True)
class LeafEngine:
    """A table for each leaf, with its own players only: more rows, but small ones."""

    codes: Codes
    cut: Subtrees
    tables: LeafTables
    outputs: int

    @property
    def table_bytes(self) -> int:
        """How much memory the tables take."""
        return int(self.tables.table.nbytes)

    def of(self, inputs: Inputs) -> FloatArray:
        """Shape (patients, outputs)."""
        cut, tables = self.cut, self.tables
        total = np.zeros((self.outputs, len(inputs)))
        steps = (cut.first_step, cut.byte, cut.cut, cut.below, cut.bit)
        kernels.add_leaves(self.codes.of(inputs), *steps, tables.start, tables.full, tables.target, tables.table, total)
        return total.T


def engine(paths: Paths, tables: LeafTables, *, outputs: int, most_bytes: int) -> Engine:
    """The fastest engine whose tables take no more memory than that; at least the one that stays with the leaves."""
    for height in HEIGHTS:
        codes, cut = subtrees.cut(paths, height)
        if cut.bits.max(initial=0) <= MOST_BITS:
            start = _first_rows(cut)
            table_bytes = int(start[-1]) * _parts(outputs) * np.dtype(np.float32).itemsize
            if table_bytes <= most_bytes:
                table = np.zeros((_parts(outputs), int(start[-1])), dtype=np.float32)
                kernels.fill_tables(
                    cut.first_leaf, cut.leaf, cut.ones, cut.zeros, cut.bits, start,
                    tables.start, paths.width, tables.target, tables.table, table,
                )  # fmt: skip
                used = np.add.reduceat(np.abs(table), start[:-1:TOGETHER].astype(np.int64), axis=1) > 0
                return SubtreeEngine(codes, _filled_up(cut), height, start[:-1], used, table, outputs)
    return LeafEngine(codes, cut, tables, outputs)


def _parts(outputs: int) -> int:
    return -(-outputs // LANES)


def _first_rows(cut: Subtrees) -> NDArray[np.uint64]:
    """Where the rows of each sub-tree begin in its part of the table, and where the last ends."""
    rows = np.left_shift(1, cut.bits)
    whole = np.pad(rows, (1, -len(rows) % TOGETHER), constant_values=1)
    whole[0] = 0
    return (np.cumsum(whole) * LANES).astype(np.uint64)


def _filled_up(cut: Subtrees) -> Subtrees:
    """With sub-trees at the end that ask nothing and add nothing, so that groups are whole."""
    lacking = -len(cut.bits) % TOGETHER
    return replace(cut, first_step=np.pad(cut.first_step, (0, lacking), mode="edge"))


def in_blocks(engine: Engine, encoded: NDArray[np.floating], *, threads: int | None = None) -> FloatArray:
    """The outputs of all patients, block by block, on as many threads as there are cores unless told otherwise."""
    inputs = np.ascontiguousarray(encoded, dtype=np.float32)  # the precision in which the trees themselves compare
    step = BLOCK if engine.table_bytes <= SMALL_TABLES else LARGE_BLOCK
    blocks = [inputs[at : at + step] for at in range(0, len(inputs), step)]
    if len(blocks) <= 1:
        return engine.of(inputs)
    return np.concatenate(_side_by_side(engine.of, blocks, 1 if len(inputs) <= ALONE else threads))


def _side_by_side(run: Callable[[Inputs], FloatArray], blocks: list[Inputs], threads: int | None) -> list[FloatArray]:
    threads = min(threads or int(joblib.cpu_count()), len(blocks))
    if threads == 1:
        return [run(block) for block in blocks]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, blocks))
