"""Patients so few that they could be counted by subtraction: those of a study whose outcome is not known."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from therapport.performance import SMALLEST_CELL

Mask = NDArray[np.bool_]


def too_few(known: Sequence[Mask], apart: Mask) -> Mask:
    """Who shares what is known of the outcomes with fewer than ten; masks (patients,), one of `known` per outcome.

    `apart` are those who are counted by themselves. Without these few, of two numbers of patients that are told, of
    whom one counts some of the other, the difference is none, or ten and more. Those with every outcome stay, however
    few they are.
    """
    columns = np.column_stack([*known, apart])
    _, pattern, count = np.unique(columns, axis=0, return_inverse=True, return_counts=True)
    complete = np.logical_and.reduce(list(known))
    return np.asarray((count[pattern.reshape(-1)] < SMALLEST_CELL) & ~complete)
