"""Calibration slopes out of fold against those of the same models in patients whom nobody has seen."""

from collections.abc import Callable

import numpy as np
import pytest
import statsmodels.api as sm

from tests.performance import simulated
from therapport.performance import OutOfFold, evaluate_binary, evaluate_score
from therapport.performance.out_of_fold import Floats

Fit = Callable[[Floats, Floats], Floats]
"""(factor, outcome) -> intercept and slope of a regression."""


def _logistic(factor: Floats, outcome: Floats) -> Floats:
    return np.asarray(sm.Logit(outcome, sm.add_constant(factor)).fit(disp=0).params)


def _least_squares(factor: Floats, outcome: Floats) -> Floats:
    return np.asarray(sm.OLS(outcome, sm.add_constant(factor)).fit().params)


def _responses(expected: Floats, generator: np.random.Generator) -> Floats:
    return (generator.random(len(expected)) < simulated.expit(expected)).astype(float)


def _points(expected: Floats, generator: np.random.Generator) -> Floats:
    return np.asarray(10 + 4 * expected + 8 * generator.normal(size=len(expected)))


@pytest.mark.parametrize(
    ("fit", "draw", "is_binary"),
    [(_logistic, _responses, True), (_least_squares, _points, False)],
    ids=["responses at an AUC of .57", "points at an R2 of .015"],
)
def test_the_slope_of_a_weak_model_is_closer_to_that_in_new_patients_than_a_pooled_one(
    fit: Fit, draw: Callable[[Floats, np.random.Generator], Floats], is_binary: bool
) -> None:
    """Medians of 150 cohorts of 400 patients of 40 therapists: pooled .5-.6, within folds .8, in new patients 1."""
    within, pooled, new = [], [], []
    for seed in range(150):
        generator = np.random.default_rng(seed)
        therapist = np.concatenate([np.arange(400) % 40, 40 + np.arange(4_000) % 400])
        factor = generator.normal(size=4_400)
        outcome = draw(0.25 * factor + 0.4 * generator.normal(size=440)[therapist], generator)
        fold = simulated.folds_of(therapist[:400], repeats=1, folds=5, generator=generator)
        score = np.empty(400)
        for number in range(5):
            tested = fold[0] == number
            level, steepness = fit(factor[:400][~tested], outcome[:400][~tested])
            score[tested] = level + steepness * factor[:400][tested]
            new.append(fit(level + steepness * factor[400:], outcome[400:])[1])
        row = (simulated.expit(score) if is_binary else score)[np.newaxis]
        predictions = OutOfFold(outcome[:400], row, fold, row, therapist[:400])
        figures = (evaluate_binary if is_binary else evaluate_score)(predictions, np.ones((1, 400)))
        within.append(figures["calibration_slope"].value)
        pooled.append(fit(score, outcome[:400])[1])
    in_new_patients = float(np.median(new))
    assert in_new_patients == pytest.approx(1, abs=0.1)
    assert np.median(pooled) < np.median(within) < in_new_patients
    assert in_new_patients - np.median(within) < 0.6 * (in_new_patients - np.median(pooled))
