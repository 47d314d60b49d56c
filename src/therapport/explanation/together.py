"""Many games of one shape for few patients: a model and its refits in one compiled pass, instead of one call each.

For one patient the loops of `kernels` cost less than calling them. Here all conditions of all games on a column stand
in one list, in the order of their thresholds. The keys of a patient who stands in the middle of every list are kept;
those of any other differ only in the conditions between the middle and his place, so few bits have to be turned. Rows
are added in the order in which `kernels.add_subtrees` adds them, so that answers are the same to the last bit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from therapport.explanation import conditions
from therapport.explanation.compiled import LANES, add_rows, kernel
from therapport.explanation.engines import SubtreeEngine
from therapport.explanation.explainer import Explainer
from therapport.explanation.kernels import EIGHT, EXACT_FOR, TOGETHER
from therapport.explanation.trees import TreeGame
from therapport.features import Encoding, FactorMatrix

FloatArray = NDArray[np.float64]
Integers = NDArray[np.int64]
FEW = 16
"""So many patients at most are faster this way: beyond it the loops over patients win."""


@dataclass(frozen=True)
class Together:
    """Games with the same encoding and players, as flat arrays."""

    encoding: Encoding
    slope: FloatArray
    """Shape (games, 1, 1): of the calibration."""
    reference: FloatArray
    """Shape (games, 1): calibrated."""
    players: int
    arrays: tuple[NDArray[Any], ...]
    """What the kernel takes, in its order."""

    def explain(self, matrix: FactorMatrix) -> tuple[FloatArray, FloatArray]:
        """Total of shape (games, patients), contributions of shape (games, patients, players)."""
        inputs = np.ascontiguousarray(self.encoding.apply(matrix), dtype=np.float32)
        parts = -(-self.players // LANES)
        raw = np.zeros((len(self.slope), len(inputs), parts * LANES))
        _explain(inputs, parts, raw, *self.arrays)
        contributions: FloatArray = self.slope * raw[:, :, : self.players]
        return self.reference + contributions.sum(axis=2), contributions


def together(explainers: Sequence[object]) -> Together | None:
    """None unless all of them are games of trees with tables of sub-trees, and encode alike."""
    known = [one for one in explainers if isinstance(one, Explainer) and isinstance(one.game, TreeGame)]
    engines = [one.game.engine for one in known if isinstance(one.game, TreeGame)]
    cut = [one for one in engines if isinstance(one, SubtreeEngine)]
    if len(cut) < len(explainers) or not all(_same(one.encoding, known[0].encoding) for one in known):
        return None
    return Together(
        encoding=known[0].encoding,
        slope=np.array([one.calibration.slope for one in known])[:, None, None],
        reference=np.array([one.reference for one in known])[:, None],
        players=known[0].game.players,
        arrays=_flat(cut),
    )


def deviations(values: FloatArray) -> FloatArray:
    """Standard deviation over the first axis, shape (games, …) -> (…). Source: Welford 1962."""
    flat = np.ascontiguousarray(values).reshape(len(values), -1)
    squares = np.zeros(flat.shape[1])
    _squares(flat, squares)
    return np.sqrt(squares / (len(values) - 1)).reshape(values.shape[1:])


def _same(one: Encoding, other: Encoding) -> bool:
    return all(
        np.array_equal(getattr(one, field.name), getattr(other, field.name), equal_nan=True) for field in fields(one)
    )


def _flat(engines: Sequence[SubtreeEngine]) -> tuple[NDArray[Any], ...]:
    """Conditions of all games, and their tables one behind the other."""
    return (
        *conditions.lists(engines),
        (np.concatenate([one.start for one in engines]) // LANES).astype(np.uint32),
        np.concatenate([one.used for one in engines], axis=1),
        _starts([one.used.shape[1] for one in engines]),
        _one_copy(engines),
        _starts([one.table.size for one in engines]),
    )


def _one_copy(engines: Sequence[SubtreeEngine]) -> NDArray[np.float32]:
    """The tables one behind the other; engines read theirs from there too, because tables are what fills memory."""
    whole = np.concatenate([one.table.ravel() for one in engines])
    ends = _starts([one.table.size for one in engines])
    for one, first, last in zip(engines, ends[:-1], ends[1:], strict=True):
        object.__setattr__(one, "table", whole[first:last].reshape(one.table.shape))
    return whole


def _starts(sizes: Sequence[int]) -> Integers:
    return np.cumsum([0, *sizes]).astype(np.int64)


@kernel
def _place(value: np.float32, missing_left: bool, first: int, last: int, threshold: NDArray[np.float32]) -> int:
    """Where the conditions begin that the value is below: behind all thresholds that it reaches."""
    if value != value:  # noqa: PLR0124 - NaN
        return first if missing_left else last
    low, high = first, last
    while low < high:
        half = (low + high) >> 1
        if threshold[half] <= value:
            low = half + 1
        else:
            high = half
    return low


@kernel
def _explain(
    inputs: NDArray[np.float32],
    parts: int,
    total: FloatArray,
    column: Integers,
    missing_left: NDArray[np.bool_],
    first: Integers,
    middle: Integers,
    threshold: NDArray[np.float32],
    which: NDArray[np.uint32],
    flag: NDArray[np.uint16],
    shared_column: Integers,
    shared_missing_left: NDArray[np.bool_],
    shared_threshold: NDArray[np.float32],
    shared_below: NDArray[np.bool_],
    shared_which: NDArray[np.uint32],
    shared_flag: NDArray[np.uint16],
    middle_keys: NDArray[np.uint16],
    start: NDArray[np.uint32],
    used: NDArray[np.bool_],
    first_group: Integers,
    table: NDArray[np.float32],
    first_cell: Integers,
) -> None:
    """Fill `total` (games, patients, parts x LANES)."""
    keys = np.empty_like(middle_keys)
    rows = np.zeros(TOGETHER * used.shape[1], dtype=np.uint64)
    single = np.zeros(parts * LANES, dtype=np.float32)
    for patient in range(len(inputs)):
        keys[:] = middle_keys
        for scale in range(len(column)):
            value = inputs[patient, column[scale]]
            place = _place(value, missing_left[scale], first[scale], first[scale + 1], threshold)
            for turned in range(min(place, middle[scale]), max(place, middle[scale])):
                keys[which[turned]] ^= flag[turned]
        for step in range(len(shared_column)):
            value = inputs[patient, shared_column[step]]
            is_below = shared_missing_left[step] if value != value else value < shared_threshold[step]  # noqa: PLR0124
            keys[shared_which[step]] |= shared_flag[step] if is_below == shared_below[step] else np.uint16(0)
        # First where all rows are, then the rows: so memory is asked for many of them at a time.
        for place in range(len(keys)):
            rows[place] = np.uint64(start[place] + keys[place]) * EIGHT
        for game in range(len(first_group) - 1):
            cells = table[first_cell[game] : first_cell[game + 1]]
            width = len(cells) // parts
            for group in range(first_group[game], first_group[game + 1]):
                one = group * TOGETHER
                for part in range(parts):
                    if used[part, group]:
                        add_rows(
                            single,
                            np.uint64(part) * EIGHT,
                            cells[part * width : (part + 1) * width],
                            (rows[one], rows[one + 1], rows[one + 2], rows[one + 3]),
                        )
                done = group - first_group[game]
                if done % EXACT_FOR == EXACT_FOR - 1 or group == first_group[game + 1] - 1:
                    for lane in range(parts * LANES):
                        total[game, patient, lane] += single[lane]
                        single[lane] = np.float32(0)


@kernel
def _squares(values: FloatArray, squares: FloatArray) -> None:
    """Add up squared distances from the mean of each column of `values` (games, numbers)."""
    games, numbers = values.shape
    for number in range(numbers):
        mean, total = 0.0, 0.0
        for game in range(games):
            value = values[game, number]
            away = value - mean
            mean = mean + away / (game + 1)
            total = total + away * (value - mean)
        squares[number] = total
