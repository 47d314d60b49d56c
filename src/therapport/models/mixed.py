"""A linear model with random intercepts of groups: what therapist and site add is learned, and left out of the score.

The score of a patient is the fixed part alone, because new patients come from groups that the model has not met.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from therapport.features import Encoding, FactorMatrix
from therapport.models.linear import LinearScore, elastic_net
from therapport.models.variance_components import Components, Equations, restricted_likelihood

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
MOST_ROUNDS = 25
"""Of penalised quasi-likelihood; it settles in about ten."""
STEADY = 1e-5
FARTHEST = 12.0
"""Log-odds beyond these leave a patient without weight."""
FEWEST_GROUPS = 2


@dataclass(frozen=True)
class MixedFit:
    """Fixed part and variance components."""

    intercept: float
    coefficients: FloatArray
    """Shape (encoded columns,)."""
    components: Components


def mixed_model(
    encoding: Encoding, matrix: FactorMatrix, outcome: FloatArray, groups: Sequence[IntArray], *, binary: bool
) -> LinearScore:
    """The fixed part of `fit` on encoded factors; if that is not found, a ridge regression, so that a study goes on."""
    fitted = fit(encoding.apply(matrix), outcome, groups, binary=binary)
    if fitted is None:
        return elastic_net(encoding, encoding.apply(matrix), outcome, binary=binary, penalty=1e-3, mixing=0.0, seed=0)
    return LinearScore(encoding, fitted.intercept, fitted.coefficients)


def fit(inputs: FloatArray, outcome: FloatArray, groups: Sequence[IntArray], *, binary: bool) -> MixedFit | None:
    """Random intercepts for each grouping level; None if there is no finite solution.

    `groups` holds a code per patient and level; those in whom it is not known (-1) form a group of their own. A level
    with one group, or in which everybody is alone, has no variance of its own and is left out.

    End scores: restricted maximum likelihood. Responses: penalised quasi-likelihood, whose fixed part is conditional on
    the groups and whose variances are too small where groups are; calibration on inner folds sets the scale right
    again for patients of new groups.

    Source: Bates et al. 2015, doi:10.18637/jss.v067.i01; Breslow and Clayton 1993, doi:10.1080/01621459.1993.10594284.
    """
    levels = [codes for code in groups if (codes := _renumbered(code)) is not None]
    fixed = np.column_stack([np.ones(len(inputs)), inputs])
    try:
        found = _quasi_likelihood(fixed, outcome, levels) if binary else _least_squares(fixed, outcome, levels)
    except np.linalg.LinAlgError:
        return None
    if not np.isfinite(found.fixed).all():
        return None
    return MixedFit(float(found.fixed[0]), found.fixed[1:], found)


def _least_squares(fixed: FloatArray, outcome: FloatArray, levels: Sequence[IntArray]) -> Components:
    return restricted_likelihood(Equations.of(fixed, outcome, levels, np.ones(len(outcome))), residual=None)


def _quasi_likelihood(fixed: FloatArray, outcome: FloatArray, levels: Sequence[IntArray]) -> Components:
    log_odds = np.full(len(outcome), np.log(outcome.mean() / (1 - outcome.mean())))
    ratios: FloatArray | None = None
    for _ in range(MOST_ROUNDS):
        probability = expit(log_odds)
        weight = probability * (1 - probability)
        working = log_odds + (outcome - probability) / weight
        equations = Equations.of(fixed, working, levels, weight)
        found = restricted_likelihood(equations, residual=1.0, start=ratios)
        ratios = found.ratios
        moved = fixed @ found.fixed
        for codes, effects in zip(levels, found.effects, strict=True):
            moved = moved + effects[codes]
        moved = np.clip(moved, -FARTHEST, FARTHEST)
        steady = float(np.abs(moved - log_odds).max()) < STEADY
        log_odds = moved
        if steady:
            break
    return found


def _renumbered(codes: IntArray) -> IntArray | None:
    """Codes from 0 on among these patients; None for a level without a variance of its own."""
    names, place = np.unique(codes, return_inverse=True)
    return None if len(names) < FEWEST_GROUPS or len(names) == len(codes) else place.astype(np.int64)
