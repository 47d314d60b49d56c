"""Random forests: scikit-learn fits them, plain arrays of their trees are kept."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

from therapport.features import Encoding, FactorMatrix
from therapport.models.trees import Tree

FloatArray = NDArray[np.float64]
SHARE = 1 / 3
"""Of the columns that a split may choose from."""
MOST_TREES, DEEPEST = 200, 8
"""Beyond these the tables of explanations outgrow memory."""


@dataclass(frozen=True)
class ForestScore:
    """The mean of the trees: a share of responders (not log-odds, which calibration makes of it), or points."""

    encoding: Encoding
    trees: tuple[Tree, ...]
    """Leaf values are already divided by the number of trees, so that the score is their sum."""

    @property
    def ensemble(self) -> tuple[float, tuple[Tree, ...]]:
        """The score before any tree, and the trees."""
        return 0.0, self.trees

    def of(self, matrix: FactorMatrix) -> FloatArray:
        """The sum over the trees, each walked from its root; shape (patients,)."""
        inputs = self.encoding.apply(matrix).astype(np.float32)
        score = np.zeros(len(inputs))
        for tree in self.trees:
            score += tree.value[_leaves(tree, inputs)]
        return score


def random_forest(
    encoding: Encoding,
    matrix: FactorMatrix,
    outcome: FloatArray,
    *,
    binary: bool,
    trees: int,
    depth: int,
    seed: int,
    share: float = SHARE,
    smallest_leaf: float | None = None,
) -> ForestScore:
    """A forest of at most MOST_TREES trees of at most DEEPEST levels.

    Leaves hold 1 % of the patients, 5 at least, unless `smallest_leaf` says how many.
    """
    if trees > MOST_TREES or depth > DEEPEST:
        raise ValueError(f"at most {MOST_TREES} trees of depth {DEEPEST}")
    kind = RandomForestClassifier if binary else RandomForestRegressor
    forest = kind(
        n_estimators=trees,
        max_depth=depth,
        min_samples_leaf=max(5, len(outcome) // 100) if smallest_leaf is None else int(smallest_leaf),
        max_features=share,
        random_state=seed,
        n_jobs=1,  # folds run in parallel instead
    )
    forest.fit(encoding.apply(matrix).astype(np.float32), outcome)
    return ForestScore(encoding, tuple(_tree(one.tree_, share=1 / trees, binary=binary) for one in forest.estimators_))


def _leaves(tree: Tree, inputs: NDArray[np.float32]) -> NDArray[np.int64]:
    node = np.zeros(len(inputs), dtype=np.int64)
    patients = np.arange(len(inputs))
    while (inner := tree.column[node] >= 0).any():
        value = inputs[patients, np.maximum(tree.column[node], 0)]
        left = np.where(np.isnan(value), tree.missing_left[node], value < tree.threshold[node])
        node = np.where(inner, np.where(left, tree.left[node], tree.right[node]), node)
    return node


def _tree(fitted: object, *, share: float, binary: bool) -> Tree:
    """A tree of scikit-learn: it goes left at value <= threshold, in double precision on single-precision inputs."""
    left = np.asarray(fitted.children_left, dtype=np.int64)  # type: ignore[attr-defined]
    leaf = left < 0
    threshold = np.asarray(fitted.threshold)  # type: ignore[attr-defined]
    value = np.asarray(fitted.value)[:, 0, 1 if binary else 0]  # type: ignore[attr-defined]
    return Tree(
        column=np.where(leaf, -1, np.asarray(fitted.feature, dtype=np.int64)),  # type: ignore[attr-defined]
        threshold=_next_single(threshold),
        left=left,
        right=np.asarray(fitted.children_right, dtype=np.int64),  # type: ignore[attr-defined]
        missing_left=np.asarray(fitted.missing_go_to_left).astype(np.bool_),  # type: ignore[attr-defined]
        value=np.where(leaf, value * share, 0.0),
    )


def _next_single(threshold: FloatArray) -> NDArray[np.float32]:
    """The smallest single above the threshold: x <= threshold is x < it, for every single x."""
    nearest = threshold.astype(np.float32)
    up: NDArray[np.float32] = np.nextafter(nearest, np.float32(np.inf))
    return np.where(nearest.astype(np.float64) > threshold, nearest, up)
