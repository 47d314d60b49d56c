"""How a factor matrix becomes model inputs: fitted by scikit-learn, kept as plain arrays with their lineage.

The arrays are what is stored and served: they carry no code, survive any version of scikit-learn, and encode one
patient in microseconds. A test holds them equal to the fitted ColumnTransformer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from therapport.codebook import Codebook
from therapport.features.matrix import FactorMatrix


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
        raw = matrix[:, self.factor]
        absent = np.isnan(raw)
        encoded = np.where(absent, self.fill, raw)
        encoded = np.where(self.kind == Column.MISSING, absent, encoded)
        encoded = np.where(self.kind == Column.LEVEL, raw == self.level, encoded)
        return (encoded - self.center) / self.scale

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


def transformer(codebook: Codebook, factors: Sequence[str], *, impute: bool) -> ColumnTransformer:
    """The unfitted transformer: for linear models impute, mark missing and scale; for trees leave numbers as they are.

    A category gets a column for each level of the codebook and one for missing, so that columns never depend on which
    levels a fold happens to hold.
    """
    categories = [place for place, name in enumerate(factors) if codebook.factors[name].kind == "category"]
    numbers = [place for place in range(len(factors)) if place not in categories]
    for_numbers: Any = "passthrough"
    if impute:
        # An all-missing column in a fold must keep its place, or the lineage would shift.
        imputer = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
        for_numbers = make_pipeline(imputer, StandardScaler())
    levels = [[*map(float, range(len(codebook.factors[factors[place]].levels))), np.nan] for place in categories]
    encoder = OneHotEncoder(categories=levels, handle_unknown="error", sparse_output=False)
    return ColumnTransformer([("numbers", for_numbers, numbers), ("categories", encoder, categories)])


def fit(matrix: FactorMatrix, codebook: Codebook, factors: Sequence[str], *, impute: bool) -> Encoding:
    """The encoding learned from these patients and no others."""
    fitted = transformer(codebook, factors, impute=impute).fit(matrix)
    return compiled(fitted, impute=impute)


def compiled(fitted: ColumnTransformer, *, impute: bool) -> Encoding:
    """A fitted transformer as plain arrays."""
    (_, _, numbers), (_, _, categories) = fitted.transformers[:2]
    columns: list[tuple[float, ...]] = []
    if impute and numbers:
        imputer, scaler = fitted.named_transformers_["numbers"]
        marked = list(imputer.indicator_.features_)
        center, scale = scaler.mean_, scaler.scale_
        places = [(place, Column.VALUE) for place in range(len(numbers))]
        places += [(place, Column.MISSING) for place in marked]
        for j, (place, kind) in enumerate(places):
            fill = imputer.statistics_[place] if kind == Column.VALUE else np.nan
            # keep_empty_features fills a column without any value with zero.
            fill = 0.0 if kind == Column.VALUE and np.isnan(fill) else fill
            columns.append((numbers[place], kind, np.nan, fill, center[j], scale[j]))
    else:
        columns += [(factor, Column.VALUE, np.nan, np.nan, 0.0, 1.0) for factor in numbers]
    if categories:
        for factor, levels in zip(categories, fitted.named_transformers_["categories"].categories_, strict=True):
            columns += [
                (factor, Column.MISSING if np.isnan(level) else Column.LEVEL, level, np.nan, 0.0, 1.0)
                for level in levels
            ]
    table = np.array(columns, dtype=np.float64).reshape(-1, 6)
    return Encoding(table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), *table[:, 2:].T)
