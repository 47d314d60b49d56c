"""Many games of one shape for few patients: the refits of a model in one compiled pass, instead of one call each.

For one patient the loops of `kernels` cost less than calling them, and their inner loops run once each. Here a key is
kept in a register, and the arrays of all games lie one behind the other. Every number is added in the order in which
`kernels.add_subtrees` adds it, so that answers are the same to the last bit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from therapport.explanation.codes import encode
from therapport.explanation.compiled import LANES, add_rows, kernel
from therapport.explanation.engines import SubtreeEngine
from therapport.explanation.explainer import Explainer
from therapport.explanation.kernels import EIGHT, EXACT_FOR, TOGETHER
from therapport.explanation.trees import TreeGame
from therapport.features import Encoding, FactorMatrix

FloatArray = NDArray[np.float64]
Integers = NDArray[np.int64]
FEW = 4
"""So many patients at most are faster this way: beyond it the loops over patients win."""
CODES = ("source", "known", "threshold", "byte")
STEPS = ("byte", "cut", "below", "bit")


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
    """Arrays of all engines one behind the other, each with where the parts of an engine begin."""
    codes = [np.concatenate([getattr(one.codes, name) for one in engines]) for name in CODES]
    steps = {name: [getattr(one.cut, name) for one in engines] for name in STEPS}
    groups = [one.used.shape[1] for one in engines]
    asked = [np.diff(one.cut.first_step) for one in engines]
    return (
        *codes,
        _starts([len(one.codes.source) for one in engines]),
        np.array([one.codes.bytes for one in engines], dtype=np.int64),
        _starts([int(each.sum()) for each in asked]),
        np.concatenate(asked).astype(np.uint16),
        np.concatenate(steps["byte"]).astype(np.uint16),
        np.concatenate(steps["cut"]),
        # One byte says both which bit it is and which way round it is set.
        (np.concatenate(steps["bit"]) | (np.concatenate(steps["below"]).astype(np.int64) << 7)).astype(np.uint8),
        (np.concatenate([one.start for one in engines]) // LANES).astype(np.uint32),
        np.concatenate([one.used for one in engines], axis=1),
        _starts(groups),
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
def _explain(
    inputs: NDArray[np.float32],
    parts: int,
    total: FloatArray,
    source: Integers,
    known: Integers,
    threshold: NDArray[np.float32],
    byte: Integers,
    first_scale: Integers,
    number_of_bytes: Integers,
    first_step: Integers,
    steps: NDArray[np.uint16],
    step_byte: NDArray[np.uint16],
    step_cut: NDArray[np.uint8],
    step_bit: NDArray[np.uint8],
    start: NDArray[np.uint32],
    used: NDArray[np.bool_],
    first_group: Integers,
    table: NDArray[np.float32],
    first_cell: Integers,
) -> None:
    """Fill `total` (games, patients, parts x LANES)."""
    rows = np.empty(len(start), dtype=np.uint64)
    single = np.zeros(parts * LANES, dtype=np.float32)
    for game in range(len(number_of_bytes)):
        scales = slice(first_scale[game], first_scale[game + 1])
        codes = np.empty((number_of_bytes[game], len(inputs)), dtype=np.uint8)
        encode(inputs, source[scales], known[scales], threshold[scales], byte[scales], codes)
        cells = table[first_cell[game] : first_cell[game + 1]]
        width = len(cells) // parts
        first, last = first_group[game], first_group[game + 1]
        for patient in range(len(inputs)):
            code = codes[:, patient].copy()
            # First where all rows are, then the rows: so memory is asked for many of them at a time.
            step = first_step[game]
            for which in range(first * TOGETHER, last * TOGETHER):
                key = np.uint32(0)
                end = step + steps[which]
                while step < end:
                    word = step_bit[step]
                    is_below = np.uint8(code[step_byte[step]] < step_cut[step])
                    key |= np.uint32(is_below ^ (word >> 7) ^ 1) << np.uint32(word & 15)
                    step += 1
                rows[which] = np.uint64(start[which] + key) * EIGHT
            for group in range(first, last):
                one = group * TOGETHER
                for part in range(parts):
                    if used[part, group]:
                        add_rows(
                            single,
                            np.uint64(part) * EIGHT,
                            cells[part * width : (part + 1) * width],
                            (rows[one], rows[one + 1], rows[one + 2], rows[one + 3]),
                        )
                if (group - first) % EXACT_FOR == EXACT_FOR - 1 or group == last - 1:
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
