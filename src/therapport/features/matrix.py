"""One number per patient and factor: categories become the place of their level in the codebook."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from therapport.codebook import Codebook

FactorMatrix = NDArray[np.float64]
"""Shape (patients, factors); NaN where missing."""


def factor_matrix(table: pd.DataFrame, codebook: Codebook, factors: Sequence[str]) -> FactorMatrix:
    """The factors of a validated table in the order given; NaN where missing."""
    matrix = np.empty((len(table), len(factors)))
    for place, name in enumerate(factors):
        factor = codebook.factors[name]
        if factor.kind == "category":
            codes = pd.Categorical(table[name], categories=list(factor.levels)).codes
            matrix[:, place] = np.where(codes < 0, np.nan, codes)
        else:
            matrix[:, place] = table[name].to_numpy(dtype=np.float64)
    return matrix


def from_columns(columns: Mapping[str, NDArray[np.float64]], factors: Sequence[str], rows: int) -> FactorMatrix:
    """The same from columns that are numbers already; a factor without one is missing for everyone."""
    matrix = np.full((rows, len(factors)), np.nan)
    for place, name in enumerate(factors):
        if name in columns:
            matrix[:, place] = columns[name]
    return matrix
