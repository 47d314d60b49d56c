"""How a factor matrix becomes model inputs: plain arrays with their lineage.

The arrays are what is stored and served: they carry no code, survive any version of scikit-learn, and encode one
patient in microseconds. A test holds them equal to a ColumnTransformer of scikit-learn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from therapport.codebook import Codebook
from therapport.features.matrix import FactorMatrix

EPSILON = float(np.finfo(np.float64).eps)


class Column(IntEnum):
    """What an encoded column holds."""

    VALUE = 0
    MISSING = 1
    LEVEL = 2


@dataclass(frozen=True)
class Encoding:
    """Encoded column j is (what `kind[j]` says of factor `factor[j]` - center[j]) / scale[j]; all arrays (columns,)."""

    factor: NDArray[np.int64]
    """Lineage: the place of the column's factor in the factor matrix."""
    kind: NDArray[np.int64]
    level: NDArray[np.float64]
    """For LEVEL: the code that the column is 1 for."""
    fill: NDArray[np.float64]
    """For VALUE: what stands in for a missing value (NaN where the model handles missing values itself)."""
    center: NDArray[np.float64]
    scale: NDArray[np.float64]

    def apply(self, matrix: FactorMatrix) -> NDArray[np.float64]:
        """Model inputs, shape (patients, columns)."""
        encoded = matrix[:, self.factor]
        # Only what a column asks for: most columns of trees are the values as they are.
        filled, missing, levels = self._asked
        if len(filled):
            values = encoded[:, filled]
            encoded[:, filled] = np.where(np.isnan(values), self.fill[filled], values)
        if len(missing):
            encoded[:, missing] = np.isnan(encoded[:, missing])
        if len(levels):
            encoded[:, levels] = encoded[:, levels] == self.level[levels]
        if self._is_scaled:
            encoded = (encoded - self.center) / self.scale
        return encoded

    @cached_property
    def _asked(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """The columns with a fill, those that mark what is missing, those of a level."""
        return (
            np.flatnonzero((self.kind == Column.VALUE) & ~np.isnan(self.fill)),
            np.flatnonzero(self.kind == Column.MISSING),
            np.flatnonzero(self.kind == Column.LEVEL),
        )

    @cached_property
    def _is_scaled(self) -> bool:
        return bool(self.center.any() or (self.scale != 1).any())

    def to_json(self) -> dict[str, list[Any]]:
        """Plain lists; NaN becomes null."""
        return {
            name: [None if value != value else value for value in getattr(self, name).tolist()]  # noqa: PLR0124 - NaN
            for name in self.__dataclass_fields__
        }

    @classmethod
    def from_json(cls, document: dict[str, list[Any]]) -> "Encoding":
        """The inverse of `to_json`."""
        numbers = {name: np.array(document[name], dtype=np.float64) for name in cls.__dataclass_fields__}
        factor, kind = numbers.pop("factor").astype(np.int64), numbers.pop("kind").astype(np.int64)
        return cls(factor=factor, kind=kind, **numbers)


def fit(matrix: FactorMatrix, codebook: Codebook, factors: Sequence[str], *, impute: bool) -> Encoding:
    """The encoding learned from these patients and no others.

    For linear models: the median for missing numbers, a mark for those that are missing in somebody, all scaled. For
    trees: numbers as they are. A category gets a column for each level of the codebook and one for missing, so that
    columns never depend on which levels a fold happens to hold. The same as a ColumnTransformer of scikit-learn's
    SimpleImputer, StandardScaler and OneHotEncoder, which takes thirty times as long to fit on a thousand patients;
    inner folds do that thousands of times.
    """
    categories = [place for place, name in enumerate(factors) if codebook.factors[name].kind == "category"]
    numbers = np.array([place for place in range(len(factors)) if place not in categories], dtype=np.int64)
    if impute:
        columns = _imputed_and_scaled(matrix[:, numbers], numbers)
    else:
        columns = [(factor, Column.VALUE, np.nan, np.nan, 0.0, 1.0) for factor in numbers]
    for factor in categories:
        levels = len(codebook.factors[factors[factor]].levels)
        columns += [(factor, Column.LEVEL, float(level), np.nan, 0.0, 1.0) for level in range(levels)]
        columns.append((factor, Column.MISSING, np.nan, np.nan, 0.0, 1.0))
    table = np.array(columns, dtype=np.float64).reshape(-1, 6)
    return Encoding(table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), *table[:, 2:].T)


def _imputed_and_scaled(values: FactorMatrix, numbers: NDArray[np.int64]) -> list[tuple[float, ...]]:
    """Rows of (factor, kind, level, fill, center, scale): each number, then a mark for each that somebody misses."""
    absent = np.isnan(values)
    # A column without any value keeps its place, or the lineage would shift.
    fill = np.array([_median(column[~gone]) for column, gone in zip(values.T, absent.T, strict=True)])
    marked = np.flatnonzero(absent.any(axis=0))
    inputs = np.hstack([np.where(absent, fill, values), absent[:, marked]])
    center, spread = inputs.mean(axis=0), inputs.std(axis=0)
    # What is the same in everyone, but for rounding, is not scaled.
    scale = np.where(spread <= len(inputs) * EPSILON * np.abs(center), 1.0, spread)
    rows = [(numbers[j], Column.VALUE, np.nan, fill[j], center[j], scale[j]) for j in range(len(numbers))]
    return rows + [
        (numbers[j], Column.MISSING, np.nan, np.nan, center[place], scale[place])
        for place, j in enumerate(marked, start=len(numbers))
    ]


def _median(known: NDArray[np.float64]) -> float:
    return float(np.median(known)) if len(known) else 0.0
