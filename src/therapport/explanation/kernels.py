"""The loops over patients. They run without the interpreter's lock, so blocks of patients can run side by side."""

import numpy as np
from numpy.typing import NDArray

from therapport.explanation.compiled import LANES, add_rows, kernel

Integers = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Singles = NDArray[np.float32]
Doubles = NDArray[np.float64]
TOGETHER = 4
"""Sub-trees whose rows are added at once: their tables fit the fastest cache."""
EXACT_FOR = 16
"""So many times four rows are added in single precision before they join the double."""
EIGHT = np.uint64(LANES)


@kernel
def keys(
    codes: Bytes,
    byte: Integers,
    cut: Bytes,
    below: Flags,
    bit: Integers,
    first: int,
    last: int,
    low: Bytes,
    high: Bytes,
) -> None:
    """The keys of all patients in one sub-tree: bits 0 to 7 into `low`, 8 to 15 into `high`."""
    patients = codes.shape[1]
    for patient in range(patients):
        low[patient] = np.uint8(0)
        high[patient] = np.uint8(0)
    for step in range(first, last):
        code = codes[byte[step]]
        limit = cut[step]
        row = low if bit[step] < LANES else high
        flag = np.uint8(1 << (bit[step] & 7))
        if below[step]:
            for patient in range(patients):
                row[patient] |= flag if code[patient] < limit else np.uint8(0)
        else:
            for patient in range(patients):
                row[patient] |= flag if code[patient] >= limit else np.uint8(0)


@kernel
def add_subtrees(
    codes: Bytes,
    first_step: Integers,
    byte: Integers,
    cut: Bytes,
    below: Flags,
    bit: Integers,
    start: NDArray[np.uint64],
    used: Flags,
    table: Singles,
    total: Doubles,
) -> None:
    """Add every sub-tree's row to `total` (patients, parts x LANES).

    `table` is (parts, rows x LANES), and `start` says where a sub-tree's rows begin in it. The number of sub-trees is a
    multiple of TOGETHER. `used` (parts, sub-trees / TOGETHER) says where there is anything but zeros.
    """
    patients = codes.shape[1]
    parts = len(table)
    low = np.empty((TOGETHER, patients), dtype=np.uint8)
    high = np.empty((TOGETHER, patients), dtype=np.uint8)
    single = np.zeros((parts, patients * LANES), dtype=np.float32)
    groups = (len(first_step) - 1) // TOGETHER
    for group in range(groups):
        one = group * TOGETHER
        for place in range(TOGETHER):
            which = one + place
            keys(codes, byte, cut, below, bit, first_step[which], first_step[which + 1], low[place], high[place])
        for part in range(parts):
            if used[part, group]:
                rows, sums = table[part], single[part]
                for patient in range(np.uint64(patients)):
                    add_rows(
                        sums,
                        np.uint64(patient) * EIGHT,
                        rows,
                        (
                            start[one] + row_of(low[0, patient], high[0, patient]),
                            start[one + 1] + row_of(low[1, patient], high[1, patient]),
                            start[one + 2] + row_of(low[2, patient], high[2, patient]),
                            start[one + 3] + row_of(low[3, patient], high[3, patient]),
                        ),
                    )
        if group % EXACT_FOR == EXACT_FOR - 1 or group == groups - 1:
            for part in range(parts):
                for patient in range(patients):
                    for lane in range(LANES):
                        total[patient, part * LANES + lane] += single[part, patient * LANES + lane]
                        single[part, patient * LANES + lane] = np.float32(0)


@kernel
def row_of(low: np.uint8, high: np.uint8) -> np.uint64:
    """Where the row of a key begins."""
    return (np.uint64(low) | (np.uint64(high) << np.uint64(8))) * EIGHT


@kernel
def add_leaves(
    codes: Bytes,
    first_step: Integers,
    byte: Integers,
    cut: Bytes,
    below: Flags,
    bit: Integers,
    start: Integers,
    full: Integers,
    target: Integers,
    table: Singles,
    total: Doubles,
) -> None:
    """Add every leaf's row to `total` (outputs, patients); only what its own players get is in its table.

    `full` (leaves,) is the pattern of those who meet everything, `target` (leaves, outputs of a leaf) says where each
    number of a row goes, -1 behind the last.
    """
    patients = codes.shape[1]
    low = np.empty(patients, dtype=np.uint8)
    high = np.empty(patients, dtype=np.uint8)
    row = np.empty(patients, dtype=np.int64)
    for leaf in range(len(target)):
        width = 0
        while width < target.shape[1] and target[leaf, width] >= 0:
            width += 1
        keys(codes, byte, cut, below, bit, first_step[leaf], first_step[leaf + 1], low, high)
        for patient in range(patients):
            failed = np.int64(low[patient]) | (np.int64(high[patient]) << 8)
            row[patient] = start[leaf] + (full[leaf] ^ failed) * width
        for place in range(width):
            sums = total[target[leaf, place]]
            for patient in range(patients):
                sums[patient] += table[row[patient] + place]


@kernel
def count_patterns(
    codes: Bytes,
    first_step: Integers,
    byte: Integers,
    cut: Bytes,
    below: Flags,
    bit: Integers,
    start: Integers,
    counts: Integers,
) -> None:
    """Add each patient to the pattern of conditions that he or she meets at every leaf; keys are those of leaves."""
    patients = codes.shape[1]
    low = np.empty(patients, dtype=np.uint8)
    high = np.empty(patients, dtype=np.uint8)
    for leaf in range(len(first_step) - 1):
        keys(codes, byte, cut, below, bit, first_step[leaf], first_step[leaf + 1], low, high)
        last = start[leaf + 1] - 1  # the pattern of those who meet everything
        for patient in range(patients):
            counts[last - (np.int64(low[patient]) | (np.int64(high[patient]) << 8))] += 1


@kernel
def fill_tables(
    first_leaf: Integers,
    leaf: Integers,
    ones: NDArray[np.uint16],
    zeros: NDArray[np.uint16],
    bits: Integers,
    start: NDArray[np.uint64],
    leaf_start: Integers,
    leaf_players: Integers,
    target: Integers,
    leaf_table: Singles,
    table: Singles,
) -> None:
    """Add up the tables of leaves to those of their sub-trees, key by key; `bits` is how long keys are."""
    sums = np.zeros(table.shape[0] * LANES)
    for subtree in range(len(first_leaf) - 1):
        for key in range(1 << bits[subtree]):
            sums[:] = 0
            for place in range(first_leaf[subtree], first_leaf[subtree + 1]):
                which = leaf[place]
                pattern = 0
                for slot in range(leaf_players[which]):
                    if (key & ones[which, slot]) == ones[which, slot] and (key & zeros[which, slot]) == 0:
                        pattern |= 1 << slot
                number = 0
                while number < target.shape[1] and target[which, number] >= 0:
                    number += 1
                for output in range(number):
                    sums[target[which, output]] += leaf_table[leaf_start[which] + pattern * number + output]
            at = start[subtree] + np.uint64(key) * EIGHT
            for output in range(len(sums)):
                table[output // LANES, at + np.uint64(output % LANES)] = sums[output]
