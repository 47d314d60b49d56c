"""How patients are split: whole groups at a time, so that nobody is predicted by a model that knows their group."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

from therapport.errors import DesignError

IntArray = NDArray[np.int64]
PLAIN_SPLITS = 50
"""Splits to try where stratifying fails; of three groups in two folds, every second one will do."""


def fold_numbers(
    cluster: IntArray, outcome: NDArray[np.float64], *, folds: int, repeats: int, seed: int, binary: bool
) -> IntArray:
    """The fold in which each patient is tested, shape (repeats, patients); no cluster is in two folds of a repeat.

    Binary outcomes are stratified by the outcome alone: stratifying by arm x outcome inflates the effect of the arm.
    Raises DesignError if there are fewer clusters than folds, or a class of the outcome is in fewer clusters.
    """
    require_enough_clusters(cluster, outcome, folds=folds, binary=binary)
    split = _stratified if binary else _plain
    return np.stack([split(cluster, outcome, folds=folds, seed=seed + repeat) for repeat in range(repeats)])


def together(first: IntArray, second: IntArray) -> IntArray:
    """The finest clusters that split no group of either level, shape (patients,): groups that share a patient are one.

    Two therapists who treated the same person are in one cluster, and so is everyone whom they treated.
    """
    groups = int(first.max()) + 1
    nodes = groups + int(second.max()) + 1
    shared = coo_array((np.ones(len(first)), (first, groups + second)), shape=(nodes, nodes))
    _, component = connected_components(shared, directed=False)
    cluster: IntArray = component[first].astype(np.int64)
    return cluster


def _stratified(cluster: IntArray, outcome: NDArray[np.float64], *, folds: int, seed: int) -> IntArray:
    stratified = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    number = _numbers(stratified, cluster, outcome)
    for attempt in range(PLAIN_SPLITS):
        if all(len(np.unique(outcome[number != fold])) > 1 for fold in range(folds)):
            return number
        # Where few groups hold an outcome, even shares can put them all into one fold: nothing is left to learn from.
        number = _plain(cluster, outcome, folds=folds, seed=seed + attempt)
    raise DesignError(
        f"No split into {folds} folds leaves patients with and without the outcome to learn from; "
        f"use fewer folds or a finer grouping level."
    )


def _plain(cluster: IntArray, outcome: NDArray[np.float64], *, folds: int, seed: int) -> IntArray:
    return _numbers(GroupKFold(folds, shuffle=True, random_state=seed), cluster, outcome)


def _numbers(splitter: GroupKFold | StratifiedGroupKFold, cluster: IntArray, outcome: NDArray[np.float64]) -> IntArray:
    number = np.empty(len(cluster), dtype=np.int64)
    for fold, (_, test) in enumerate(splitter.split(cluster, outcome, groups=cluster)):
        number[test] = fold
    return number


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
