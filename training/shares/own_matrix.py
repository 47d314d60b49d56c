"""The model's own matrix of families: what the boosted trees, fitted to everyone, let two families do together."""

import numpy as np

from therapport import calibration, features
from training import explained
from training.design import Design
from training.out_of_fold import Calibrated
from training.shares import boosted
from training.shares.material import Material
from training.shares.results import FamilyMatrix

MOST_PATIENTS = 1000
"""So many, spread evenly over the cohort, are enough for means."""


def own_matrix(design: Design, material: Material) -> FamilyMatrix:
    """Mean size of every pair's Shapley interaction over the cohort, on log-odds or points; exact for each patient."""
    target = material.target
    task = target.task
    encoding = features.fit(target.matrix, task.codebook, task.factors, impute=False)
    score = boosted.score(encoding, encoding.apply(target.matrix), target.outcome, binary=material.binary)
    explainer = explained.explainer(
        design, target, Calibrated(score, calibration.IDENTITY, {}), material.family_of_factor.tolist()
    )
    rows = np.linspace(0, len(target.matrix) - 1, min(MOST_PATIENTS, len(target.matrix))).astype(int)
    _, each = explainer.interactions(target.matrix[rows])
    size = np.abs(each).mean(axis=0)
    return FamilyMatrix(
        sizes={
            one: {other: float(size[row, column]) for column, other in enumerate(material.families)}
            for row, one in enumerate(material.families)
        },
        unit="log-odds" if material.binary else "points",
    )
