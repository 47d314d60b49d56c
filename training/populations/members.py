"""Who is in which subgroup: the levels of a column, or bands of its numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from therapport.codebook import Audit, Factor
from training.intervals import TERTILES

Mask = NDArray[np.bool_]
UNKNOWN = "not known"
FLAGS = {1.0: "yes", 0.0: "no"}


@dataclass(frozen=True)
class Level:
    """One subgroup of a column, and whom it is compared with."""

    label: str
    members: Mask
    others: Mask
    """All other patients whose value is known."""


def levels(values: "pd.Series[Any]", column: Factor | Audit, cuts: tuple[float, ...]) -> Iterator[Level]:
    """Each level that somebody has, in the codebook's order, and those of whom it is not known; masks (patients,)."""
    known = values.notna().to_numpy(dtype=bool)
    for label, members in _named(values, column, cuts, known):
        if members.any():
            yield Level(label, members, known & ~members)
    if not known.all():
        yield Level(UNKNOWN, ~known, known)


def _named(
    values: "pd.Series[Any]", column: Factor | Audit, cuts: tuple[float, ...], known: Mask
) -> Iterator[tuple[str, Mask]]:
    if column.kind == "category":
        for code, label in column.levels.items():
            yield label, (values == code).to_numpy(dtype=bool)
        return
    numbers = values.to_numpy(dtype=np.float64)
    if column.kind == "boolean":
        for value, label in FLAGS.items():
            yield label, numbers == value
        return
    if not cuts:
        edges = np.quantile(numbers[known], (1 / 3, 2 / 3)) if known.any() else np.zeros(2)
        third = np.searchsorted(edges, numbers, side="left")
        for place, label in enumerate(TERTILES):
            yield label, (third == place) & known
        return
    band = np.searchsorted(np.asarray(cuts), numbers, side="right")
    for place, label in enumerate(band_labels(column, cuts)):
        yield label, (band == place) & known


def band_labels(column: Factor | Audit, cuts: tuple[float, ...]) -> tuple[str, ...]:
    """Under 25 years, 25 to 39 years, 40 years or more; for numbers with fractions, 25 to under 40."""
    unit = f" {column.unit}" if column.unit else ""
    between = (
        f"{low:g} to {high - 1:g}{unit}" if column.kind == "integer" else f"{low:g} to under {high:g}{unit}"
        for low, high in pairwise(cuts)
    )
    return (f"under {cuts[0]:g}{unit}", *between, f"{cuts[-1]:g}{unit} or more")
