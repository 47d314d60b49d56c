"""How patients are split: whole groups at a time, so that nobody is predicted by a model that knows their group."""

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

from therapport.errors import DesignError

IntArray = NDArray[np.int64]


def fold_numbers(
    cluster: IntArray, outcome: NDArray[np.float64], *, folds: int, repeats: int, seed: int, binary: bool
) -> IntArray:
    """The fold in which each patient is tested, shape (repeats, patients); no cluster is in two folds of a repeat.

    Binary outcomes are stratified by the outcome alone: stratifying by arm x outcome inflates the effect of the arm.
    Raises DesignError if there are fewer clusters than folds, or a class of the outcome is in fewer clusters.
    """
    require_enough_clusters(cluster, outcome, folds=folds, binary=binary)
    numbers = np.empty((repeats, len(cluster)), dtype=np.int64)
    for repeat in range(repeats):
        splitter = (
            StratifiedGroupKFold(folds, shuffle=True, random_state=seed + repeat)
            if binary
            else GroupKFold(folds, shuffle=True, random_state=seed + repeat)
        )
        for fold, (_, test) in enumerate(splitter.split(cluster, outcome, groups=cluster)):
            numbers[repeat, test] = fold
    return numbers


def require_enough_clusters(cluster: IntArray, outcome: NDArray[np.float64], *, folds: int, binary: bool) -> None:
    """Raise DesignError if these patients cannot be split into so many folds by group."""
    clusters = len(np.unique(cluster))
    if clusters < folds:
        raise DesignError(
            f"{folds} folds need at least {folds} groups, but the patients with a known outcome form {clusters}; "
            f"use fewer folds or a finer grouping level."
        )
    if binary:
        for value, name in ((1.0, "with"), (0.0, "without")):
            holding = len(np.unique(cluster[outcome == value]))
            if holding < folds:
                raise DesignError(
                    f"Only {holding} group{'s have' if holding != 1 else ' has'} a patient {name} the outcome; "
                    f"{folds} folds need at least {folds}."
                )


def straddling(fold: IntArray, cluster: IntArray) -> int:
    """How many clusters stand in more than one fold of a repeat: the receipt that must read 0."""
    return sum(
        len(np.unique(np.column_stack([cluster, one_repeat]), axis=0)) - len(np.unique(cluster)) for one_repeat in fold
    )
