"""Patients' values as bytes: a value becomes the number of thresholds that it reaches, and comparing bytes is cheap.

`value < threshold` holds if and only if the value reaches no more thresholds of its column than stand before that one,
so no answer of a tree changes. One register holds 32 or 64 bytes, where it holds 8 or 16 singles.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from therapport.explanation.compiled import kernel

Integers = NDArray[np.int64]
Bytes = NDArray[np.uint8]
MOST = 254
"""Thresholds that one byte can tell apart, beside missing below all and missing above all; more take further bytes."""
FEW = 64
"""So many thresholds are counted faster than searched."""
ABSENT = -1


@dataclass(frozen=True)
class Codes:
    """Scales of thresholds: a column has one for every 254 of its thresholds; and the bytes that they are read into."""

    source: Integers
    """Shape (scales,): the encoded column."""
    known: Integers
    """Shape (scales,): how many thresholds it has."""
    threshold: NDArray[np.float32]
    """Shape (scales, 255): the thresholds in order, then infinity."""
    byte: Integers
    """Shape (scales, 2): the byte in which a missing value is above all thresholds, and the one in which it is below
    all; ABSENT where no node asks for it."""
    bytes: int

    def of(self, inputs: NDArray[np.float32]) -> Bytes:
        """Shape (bytes, patients), for encoded inputs (patients, columns) in single precision."""
        made = np.empty((self.bytes, len(inputs)), dtype=np.uint8)
        encode(inputs, self.source, self.known, self.threshold, self.byte, made)
        return made


def of_nodes(
    column: Integers, threshold: NDArray[np.float32], missing_left: NDArray[np.bool_]
) -> tuple[Codes, Integers, Bytes]:
    """Codes for inner nodes; and for each node its byte, and the cut below which a patient goes left."""
    piece, within = np.divmod(_places(column, threshold), MOST)
    _, first, scale = np.unique(column * (1 + piece.max(initial=0)) + piece, return_index=True, return_inverse=True)
    thresholds = np.full((len(first), MOST + 1), np.inf, dtype=np.float32)
    thresholds[scale, within] = threshold
    wanted, byte = np.unique(2 * scale + missing_left, return_inverse=True)
    bytes_of = np.full(2 * len(first), ABSENT)
    bytes_of[wanted] = np.arange(len(wanted))
    codes = Codes(
        source=column[first],
        known=np.array([within[scale == number].max() + 1 for number in range(len(first))], dtype=np.int64),
        threshold=thresholds,
        byte=bytes_of.reshape(-1, 2),
        bytes=len(wanted),
    )
    return codes, byte, (within + 2).astype(np.uint8)


def _places(column: Integers, threshold: NDArray[np.float32]) -> Integers:
    """The place of each node's threshold among the different ones of its column, from 0."""
    order = np.lexsort((threshold, column))
    new_column, fresh = np.ones(len(order), dtype=np.bool_), np.ones(len(order), dtype=np.bool_)
    new_column[1:] = column[order][1:] != column[order][:-1]
    # Not by their difference: a forest asks "is it missing?" with a threshold of infinity.
    fresh[1:] = new_column[1:] | (threshold[order][1:] != threshold[order][:-1])
    count = np.cumsum(fresh) - 1
    place = np.empty(len(order), dtype=np.int64)
    place[order] = count - np.maximum.accumulate(np.where(new_column, count, 0))
    return place


@kernel
def encode(
    inputs: NDArray[np.float32],
    source: Integers,
    known: Integers,
    threshold: NDArray[np.float32],
    byte: Integers,
    made: Bytes,
) -> None:
    """Fill `made` (bytes, patients) with 1 + the number of thresholds reached; missing is 255 or 0."""
    patients = len(inputs)
    value = np.empty(patients, dtype=np.float32)
    for scale in range(len(source)):
        column, limits = source[scale], threshold[scale]
        for patient in range(patients):
            value[patient] = inputs[patient, column]
        code = made[max(byte[scale, 0], byte[scale, 1])]
        if known[scale] <= FEW:
            _count(value, limits, known[scale], code)
        else:
            _search(value, limits, code)
        above, below = byte[scale]
        if above >= 0:
            for patient in range(patients):
                made[above, patient] = 255 if value[patient] != value[patient] else code[patient]
        if below >= 0:
            for patient in range(patients):
                made[below, patient] = 0 if value[patient] != value[patient] else code[patient]


@kernel
def _count(value: NDArray[np.float32], limits: NDArray[np.float32], known: int, code: Bytes) -> None:
    for patient in range(len(value)):
        code[patient] = np.uint8(1)
    for place in range(known):
        limit = limits[place]
        for patient in range(len(value)):
            code[patient] += np.uint8(1) if limit <= value[patient] else np.uint8(0)


@kernel
def _search(value: NDArray[np.float32], limits: NDArray[np.float32], code: Bytes) -> None:
    """By halving: infinity fills the scale up to 255, so that no step leads beyond it."""
    reached = np.zeros(len(value), dtype=np.uint32)
    step = np.uint32(128)
    while step > 0:
        for patient in range(len(value)):
            ahead = reached[patient] + step
            reached[patient] = ahead if limits[ahead - np.uint32(1)] <= value[patient] else reached[patient]
        step >>= np.uint32(1)
    for patient in range(len(value)):
        code[patient] = min(reached[patient], np.uint32(254)) + np.uint32(1)
