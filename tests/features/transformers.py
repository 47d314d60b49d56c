"""The encoding as scikit-learn's users write it: what ours is held against."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from therapport.codebook import Codebook


def transformer(codebook: Codebook, factors: Sequence[str], *, impute: bool) -> ColumnTransformer:
    """For linear models impute, mark missing and scale; for trees leave numbers as they are."""
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
