"""Boosted trees: xgboost's own booster beside plain arrays of its trees, which explanations are compiled from."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import xgboost
from numpy.typing import NDArray

from therapport.features import Encoding, FactorMatrix
from therapport.models import margins

FloatArray = NDArray[np.float64]
OTHERS = ("min_child_weight", "subsample", "colsample_bytree", "lambda")
"""Further settings of xgboost, under its own names."""


@dataclass(frozen=True)
class Tree:
    """One binary tree, all arrays (nodes,); left means value < threshold, or missing where `missing_left` says so."""

    column: NDArray[np.int64]
    """The encoded column that a node asks about; -1 for a leaf."""
    threshold: NDArray[np.float32]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    missing_left: NDArray[np.bool_]
    value: FloatArray
    """What a leaf adds to the score; 0 for inner nodes."""


@dataclass(frozen=True)
class TreeScore:
    """A boosted ensemble on the scale of its margin: log-odds, or points."""

    encoding: Encoding
    booster: xgboost.Booster
    """Without the rounds after the best one, if training was stopped early: `at_best`."""

    def of(self, matrix: FactorMatrix) -> FloatArray:
        """The margin as xgboost itself computes it, shape (patients,)."""
        inputs = self.encoding.apply(matrix).astype(np.float32)
        if len(inputs) <= margins.FEW:
            return margins.of_few(self.booster, inputs)
        margin: FloatArray = self.booster.inplace_predict(inputs, predict_type="margin").astype(np.float64)
        return margin

    @cached_property
    def ensemble(self) -> tuple[float, tuple[Tree, ...]]:
        """The score before any tree, and the trees."""
        return read_ensemble(self.booster)


class Boosting:
    """Patients on whom boosted trees are grown, encoded and sorted into bins once for all settings.

    Cautious settings unless others are given; the same seed gives the same trees.
    """

    def __init__(
        self, encoding: Encoding, matrix: FactorMatrix, outcome: FloatArray, *, binary: bool, seed: int
    ) -> None:
        self.encoding = encoding
        self.inputs = _inputs(encoding, matrix, outcome)
        self.always = {
            "objective": "binary:logistic" if binary else "reg:squarederror",
            "min_child_weight": 5.0 if not binary else 2.0,
            "subsample": 0.8,
            "colsample_bytree": 0.8,
            "lambda": 2.0,
            "tree_method": "hist",
            "base_score": float(outcome.mean()),
            "nthread": 1,  # folds run in parallel instead, and one thread gives the same trees on every machine
            "seed": seed,
        }

    def __call__(self, setting: Mapping[str, float]) -> TreeScore:
        """`rounds` trees of at most `depth` levels, each added at `learning_rate`, and OTHERS as far as stated."""
        booster = xgboost.train(self._settings(setting), self.inputs, num_boost_round=int(setting["rounds"]))
        return TreeScore(self.encoding, at_best(booster))

    def climb(self, setting: Mapping[str, float], rounds: Sequence[int], matrix: FactorMatrix) -> Iterator[FloatArray]:
        """The margin of other patients after so many rounds, and so many more: one ensemble, while it is asked for.

        Each of shape (patients,); `rounds` rise. Trees are grown only as far as the caller iterates.
        """
        tested = _inputs(self.encoding, matrix)
        # In its cache, the margin of earlier rounds is kept and only new trees are added to it.
        booster = xgboost.Booster(self._settings(setting), cache=[self.inputs, tested])
        for start, stop in zip((0, *rounds), rounds, strict=False):
            for number in range(start, stop):
                booster.update(self.inputs, number)
            yield booster.predict(tested, output_margin=True).astype(np.float64)

    def _settings(self, setting: Mapping[str, float]) -> dict[str, Any]:
        given = {name: setting[name] for name in OTHERS if name in setting}
        return {**self.always, "max_depth": int(setting["depth"]), "learning_rate": setting["learning_rate"], **given}


def boosted(
    encoding: Encoding,
    matrix: FactorMatrix,
    outcome: FloatArray,
    *,
    binary: bool,
    rounds: int,
    depth: int,
    learning_rate: float,
    seed: int,
) -> TreeScore:
    """Gradient boosting with one setting."""
    fitting = Boosting(encoding, matrix, outcome, binary=binary, seed=seed)
    return fitting({"rounds": rounds, "depth": depth, "learning_rate": learning_rate})


def _inputs(encoding: Encoding, matrix: FactorMatrix, outcome: FloatArray | None = None) -> xgboost.DMatrix:
    return xgboost.DMatrix(encoding.apply(matrix).astype(np.float32), label=outcome, nthread=1)


def at_best(booster: xgboost.Booster) -> xgboost.Booster:
    """The booster up to the best iteration that early stopping found; xgboost itself goes on to use all of them."""
    best = booster.attr("best_iteration")
    if best is None or int(best) + 1 >= booster.num_boosted_rounds():
        return booster
    return booster[: int(best) + 1]


def read_ensemble(booster: xgboost.Booster) -> tuple[float, tuple[Tree, ...]]:
    """The base margin and the trees of a booster, read from its own JSON form."""
    learner: dict[str, Any] = json.loads(bytes(booster.save_raw("json")))["learner"]
    trees = learner["gradient_booster"]["model"]["trees"]
    base = float(str(learner["learner_model_param"]["base_score"]).strip("[]"))
    if learner["objective"]["name"] == "binary:logistic":
        base = float(np.log(base / (1 - base)))  # stored as a probability
    return base, tuple(_tree(tree) for tree in trees)


def _tree(tree: dict[str, Any]) -> Tree:
    left = np.array(tree["left_children"], dtype=np.int64)
    leaf = left < 0
    conditions = np.array(tree["split_conditions"], dtype=np.float32)  # for a leaf, xgboost keeps its value here
    return Tree(
        column=np.where(leaf, -1, np.array(tree["split_indices"], dtype=np.int64)),
        threshold=conditions,
        left=left,
        right=np.array(tree["right_children"], dtype=np.int64),
        missing_left=np.array(tree["default_left"], dtype=np.bool_),
        value=np.where(leaf, conditions.astype(np.float64), 0.0),
    )
