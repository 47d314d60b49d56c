"""Boosted trees of every set of families: xgboost with settings that nobody tuned, and with families kept apart."""

from collections.abc import Iterable

import numpy as np
import xgboost
from numpy.typing import NDArray

from therapport.features import Encoding
from therapport.models import TreeScore

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
DEPTH, ROUNDS, LEARNING_RATE, BINS = 3, 60, 0.1, 64
SETTINGS = f"{ROUNDS} trees of depth {DEPTH}, learning rate {LEARNING_RATE}, not tuned"


def predict(seen: FloatArray, outcome: FloatArray, tested: FloatArray, *, binary: bool) -> FloatArray:
    """Points or probabilities of those tested, shape (patients,)."""
    return answers(fit(seen, outcome, binary=binary), tested)


def answers(booster: xgboost.Booster, tested: FloatArray) -> FloatArray:
    """Points or probabilities, shape (patients,)."""
    return np.asarray(booster.inplace_predict(tested.astype(np.float32)), dtype=np.float64)


def score(encoding: Encoding, inputs: FloatArray, outcome: FloatArray, *, binary: bool) -> TreeScore:
    """The same model as a score that can be explained."""
    return TreeScore(encoding, fit(inputs, outcome, binary=binary))


def binned(inputs: FloatArray, outcome: FloatArray) -> xgboost.QuantileDMatrix:
    """Columns cut into bins, from which several models can be fitted."""
    return xgboost.QuantileDMatrix(inputs.astype(np.float32), label=outcome, max_bin=BINS, nthread=1)


def fit(inputs: FloatArray, outcome: FloatArray, *, binary: bool) -> xgboost.Booster:
    """No columns or patients are drawn, so that two models differ by what they may use and by nothing else."""
    return fit_binned(binned(inputs, outcome), float(outcome.mean()), binary=binary)


def fit_binned(
    columns: xgboost.QuantileDMatrix, mean: float, *, binary: bool, groups: Iterable[IntArray] | None = None
) -> xgboost.Booster:
    """The same from columns that are binned already; `groups` of columns may not meet in one tree path."""
    settings: dict[str, str | float] = {
        "objective": "binary:logistic" if binary else "reg:squarederror",
        "max_depth": DEPTH,
        "learning_rate": LEARNING_RATE,
        "min_child_weight": 2.0 if binary else 5.0,
        "lambda": 2.0,
        "max_bin": BINS,
        "tree_method": "hist",
        "base_score": mean,
        "nthread": 1,  # folds run in parallel instead, and one thread gives the same trees on every machine
    }
    if groups is not None:
        # A list would have to hold names.
        settings["interaction_constraints"] = str([group.tolist() for group in groups])
    return xgboost.train(settings, columns, num_boost_round=ROUNDS)
