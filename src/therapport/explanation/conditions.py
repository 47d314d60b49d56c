"""The conditions of many games as lists by column, for `together`: which bits of which keys a patient's value turns."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from therapport.explanation.codes import Codes
from therapport.explanation.engines import SubtreeEngine

Integers = NDArray[np.int64]


def lists(engines: Sequence[SubtreeEngine]) -> tuple[NDArray[Any], ...]:
    """First the conditions that a bit of a key is about alone, in lists; then the others; last the keys of the middle.

    A list has a column's conditions, in the order of their thresholds, that count a missing value on the same side. Its
    arrays: column and side of each list, where it begins and where its middle is; threshold, sub-tree and bit of each
    condition. Of the others column, side, threshold, whether the bit is for those below, sub-tree and bit.
    """
    column, threshold, missing_left, below, bit = (
        np.concatenate(each) for each in zip(*(_conditions(one) for one in engines), strict=True)
    )
    asked = np.concatenate([np.diff(one.cut.first_step) for one in engines])
    which = np.repeat(np.arange(len(asked)), asked)
    flag = np.left_shift(1, bit).astype(np.uint16)
    _, inverse, count = np.unique(which * 16 + bit, return_inverse=True, return_counts=True)
    alone = count[inverse] == 1

    order = np.flatnonzero(alone)[np.lexsort((threshold[alone], missing_left[alone], column[alone]))]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = np.diff(column[order] * 2 + missing_left[order]) != 0
    first = np.append(np.flatnonzero(new), len(order))
    middle = _middles(first, threshold[order])
    is_below = np.arange(len(order)) >= np.repeat(middle, np.diff(first))
    keys = np.zeros(len(asked), dtype=np.uint16)
    np.bitwise_or.at(keys, which[order], np.where(is_below == below[order], flag[order], 0).astype(np.uint16))
    shared = np.flatnonzero(~alone)
    return (
        column[order][first[:-1]],
        missing_left[order][first[:-1]],
        first,
        middle,
        threshold[order],
        which[order].astype(np.uint32),
        flag[order],
        column[shared],
        missing_left[shared],
        threshold[shared],
        below[shared],
        which[shared].astype(np.uint32),
        flag[shared],
        keys,
    )


def _conditions(
    engine: SubtreeEngine,
) -> tuple[Integers, NDArray[np.float32], NDArray[np.bool_], NDArray[np.bool_], Integers]:
    """Of every comparison its encoded column, its threshold, whether missing counts as below, and the bit it sets."""
    scale, side = _scale_of_byte(engine.codes)
    cut = engine.cut
    threshold = engine.codes.threshold[scale[cut.byte], cut.cut.astype(np.int64) - 2]
    return engine.codes.source[scale[cut.byte]], threshold, side[cut.byte] == 1, cut.below, cut.bit


def _scale_of_byte(codes: Codes) -> tuple[Integers, Integers]:
    scale, side = np.empty(codes.bytes, dtype=np.int64), np.empty(codes.bytes, dtype=np.int64)
    for each in np.argwhere(codes.byte >= 0):
        byte = codes.byte[tuple(each)]
        scale[byte], side[byte] = each
    return scale, side


def _middles(first: Integers, threshold: NDArray[np.float32]) -> Integers:
    """Where the patient stands whose keys are kept; of a yes-or-no column at no, because most have none of a level."""
    several = [len(np.unique(threshold[a:b])) > 1 for a, b in itertools.pairwise(first)]
    middle: Integers = np.where(several, (first[:-1] + first[1:]) // 2, first[:-1])
    return middle
