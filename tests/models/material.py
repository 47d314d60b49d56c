"""Patients of the hand-made codebook whose outcome follows from their factors."""

from collections.abc import Sequence

import numpy as np

from tests import codebooks
from therapport import cohort, features
from therapport.features import FactorMatrix
from therapport.models import Kind, Task
from therapport.models.trees import Tree


def task(kind: Kind, *, severity: str = "severity", seed: int = 1) -> Task:
    return Task(kind, codebooks.mixed(), codebooks.FACTORS, severity, seed)


def patients(count: int, *, seed: int, missing: float = 0.1) -> FactorMatrix:
    table = cohort.validate(codebooks.frame(count, seed=seed, missing=missing), codebooks.mixed()).table
    return features.factor_matrix(table, codebooks.mixed(), codebooks.FACTORS)


def outcome(kind: Kind, matrix: FactorMatrix, *, seed: int) -> np.ndarray:
    """Lower severity and better alliance are good, and alliance counts for more online: an interaction."""
    generator = np.random.default_rng(seed)
    severity, _, alliance, trained, mode = np.nan_to_num(matrix, nan=1.0).T
    log_odds = 1.5 - 0.12 * severity + 0.5 * (alliance - 3) * (1 + (mode == 2)) + 0.4 * trained
    if kind == "binary":
        return np.where(generator.random(len(matrix)) < 1 / (1 + np.exp(-log_odds)), 1.0, 0.0)
    return np.asarray(10 - 4 * log_odds + generator.normal(0, 3, len(matrix)))


def walk(trees: Sequence[Tree], patient: np.ndarray) -> float:
    """Down every tree from its root: left if the value is below the threshold, or where missing values go."""
    total = 0.0
    for tree in trees:
        node = 0
        while tree.column[node] >= 0:
            value = np.float32(patient[tree.column[node]])
            goes_left = bool(tree.missing_left[node]) if np.isnan(value) else bool(value < tree.threshold[node])
            node = int(tree.left[node] if goes_left else tree.right[node])
        total += float(tree.value[node])
    return total
