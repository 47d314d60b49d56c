"""Linear models of every set of families at once: ridge regression, or ridge logistic regression.

The penalty is not tuned: it is what the coefficients of all families together call for (Hoerl, Kennard and Baldwin
1975), the same for every set of families of a fold, and hardly felt among thousands of patients.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
STEPS, CLOSE = 30, 1e-8
"""Of Newton's method; its start is near and its problem convex."""
LIGHTEST = 1.0
"""Penalty, in patients: enough for columns that determine each other."""


@dataclass(frozen=True)
class Fitted:
    """Coefficients of every coalition: the first is the intercept, those of absent families are 0."""

    coefficients: FloatArray
    """Shape (coalitions, 1 + columns)."""
    penalty: float
    binary: bool

    def predict(self, inputs: FloatArray) -> FloatArray:
        """Points or probabilities, shape (patients, coalitions)."""
        score = with_intercept(inputs) @ self.coefficients.T
        return np.asarray(expit(score)) if self.binary else score


def fit(inputs: FloatArray, outcome: FloatArray, mask: BoolArray, *, binary: bool) -> Fitted:
    """One model for each row of the mask, shape (coalitions, columns); the last row holds every column."""
    solve = _logistic if binary else _least_squares
    columns = with_intercept(inputs)
    full = solve(columns, outcome, mask[-1:], LIGHTEST)[0]
    penalty = _penalty(columns, outcome, full, binary=binary)
    return Fitted(solve(columns, outcome, mask, penalty), penalty, binary)


def with_intercept(inputs: FloatArray) -> FloatArray:
    """A column of ones before the others."""
    return np.column_stack([np.ones(len(inputs)), inputs])


def steps(  # noqa: PLR0917 - what was fitted to whom, and who counts how often
    fitted: Fitted, columns: FloatArray, outcome: FloatArray, coalition: int, weights: FloatArray, group: IntArray
) -> FloatArray:
    """Coefficients of one coalition if the groups counted as the weights (draws, groups) say: (draws, 1 + columns).

    `columns` (patients, 1 + columns) begin with the intercept; `group` (patients,) is a patient's place in the weights.
    One Newton step from the fitted ones with their own curvature: the infinitesimal jackknife. Gradients are summed
    over a group once, so that a draw costs as much as there are groups, however many patients they have.
    """
    own = fitted.coefficients[coalition]
    used = np.flatnonzero(np.append(True, own[1:] != 0))
    columns, score = columns[:, used], columns @ own
    mean = expit(score) if fitted.binary else score
    spread = mean * (1 - mean) if fitted.binary else np.ones_like(mean)
    curvature = (columns * spread[:, np.newaxis]).T @ columns + _ridge(len(used), fitted.penalty)
    of_groups = np.zeros((weights.shape[1], len(used)))
    np.add.at(of_groups, group, columns * (outcome - mean)[:, np.newaxis])
    gradient = (weights - 1) @ of_groups
    moved = np.tile(own, (len(weights), 1))
    moved[:, used] += np.linalg.solve(curvature, gradient.T).T
    return moved


def _least_squares(columns: FloatArray, outcome: FloatArray, mask: BoolArray, penalty: float) -> FloatArray:
    """All coalitions in one batch, from one cross-product."""
    held = np.column_stack([np.ones(len(mask), dtype=np.bool_), mask])
    system = columns.T @ columns + _ridge(columns.shape[1], penalty)
    systems = system * held[:, :, np.newaxis] * held[:, np.newaxis, :]
    places = np.arange(columns.shape[1])
    systems[:, places, places] += ~held  # absent columns: coefficient 0
    right = (columns.T @ outcome) * held
    return np.asarray(np.linalg.solve(systems, right[..., np.newaxis])[..., 0])


def _logistic(columns: FloatArray, outcome: FloatArray, mask: BoolArray, penalty: float) -> FloatArray:
    found = np.zeros((len(mask), columns.shape[1]))
    for coalition, held in enumerate(mask):
        used = np.append(0, 1 + np.flatnonzero(held))
        found[coalition, used] = _newton(columns[:, used], outcome, penalty)
    return found


def _newton(columns: FloatArray, outcome: FloatArray, penalty: float) -> FloatArray:
    ridge = _ridge(columns.shape[1], penalty)
    mean = outcome.mean()
    coefficients = np.zeros(columns.shape[1])
    coefficients[0] = np.log(mean / (1 - mean))
    loss = _deviance(columns, outcome, coefficients, ridge)
    for _ in range(STEPS):
        chance = expit(columns @ coefficients)
        curvature = (columns * (chance * (1 - chance))[:, np.newaxis]).T @ columns + ridge
        step = np.linalg.solve(curvature, columns.T @ (outcome - chance) - ridge @ coefficients)
        while (new := _deviance(columns, outcome, coefficients + step, ridge)) > loss + CLOSE:
            step /= 2
        coefficients, loss = coefficients + step, new
        if np.abs(step).max() < CLOSE:
            break
    return coefficients


def _deviance(columns: FloatArray, outcome: FloatArray, coefficients: FloatArray, ridge: FloatArray) -> float:
    score = columns @ coefficients
    return float(np.logaddexp(0, score).sum() - outcome @ score + coefficients @ ridge @ coefficients / 2)


def _ridge(columns: int, penalty: float) -> FloatArray:
    """Nothing for the intercept."""
    return np.diag(np.append(0.0, np.full(columns - 1, penalty)))


def _penalty(columns: FloatArray, outcome: FloatArray, coefficients: FloatArray, *, binary: bool) -> float:
    """Columns x noise / sum of squared coefficients: the prior under which these coefficients are usual ones."""
    used, patients = columns.shape[1] - 1, len(outcome)
    size = float(coefficients[1:] @ coefficients[1:])
    freedom = max(patients - used - 1, 1)
    noise = 1.0 if binary else float(((outcome - columns @ coefficients) ** 2).sum() / freedom)
    return float(np.clip(used * noise / size, LIGHTEST, patients)) if size > 0 else float(patients)
