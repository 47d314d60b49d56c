"""Lines fitted to another cohort: a known shift is found, statsmodels agrees, and what cannot be mended is refused."""

import numpy as np
import pytest
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy.special import expit

from therapport.errors import DesignError
from therapport.performance import OutOfFold
from training.external import Answered, recalibration

PATIENTS = 20_000


def answered(score: NDArray[np.float64], truth: NDArray[np.float64], *, binary: bool = True) -> Answered:
    number = len(truth)
    prediction = (expit(score) if binary else score)[np.newaxis]
    every = OutOfFold(
        truth=truth,
        prediction=prediction,
        fold=np.zeros((1, number), dtype=np.int64),
        training_mean=np.full((1, number), 0.5),
        cluster=np.arange(number) // 20,
    )
    return Answered("binary" if binary else "score", np.arange(number), score, every, 0, None)


@pytest.fixture
def shifted() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Log-odds of a model, and outcomes whose true log-odds are -0.5 + 0.6 times them."""
    generator = np.random.default_rng(2)
    score = generator.normal(0.2, 1.2, PATIENTS)
    return score, (generator.random(PATIENTS) < expit(-0.5 + 0.6 * score)).astype(np.float64)


def test_a_known_shift_is_found(shifted: tuple[NDArray[np.float64], NDArray[np.float64]]) -> None:
    line = recalibration.line("binary", *shifted, "slope")
    # Standard errors at 20,000 patients: .015 and .014.
    assert line.intercept == pytest.approx(-0.5, abs=0.05)
    assert line.slope == pytest.approx(0.6, abs=0.05)


def test_statsmodels_finds_the_same_lines(shifted: tuple[NDArray[np.float64], NDArray[np.float64]]) -> None:
    score, truth = shifted
    both = sm.GLM(truth, sm.add_constant(score), family=sm.families.Binomial()).fit().params
    line = recalibration.line("binary", score, truth, "slope")
    np.testing.assert_allclose((line.intercept, line.slope), both, atol=1e-4)
    alone = sm.GLM(truth, np.ones(PATIENTS), family=sm.families.Binomial(), offset=score).fit().params
    shift = recalibration.line("binary", score, truth, "intercept")
    np.testing.assert_allclose((shift.intercept, shift.slope), (alone[0], 1.0), atol=1e-6)


def test_points_by_hand() -> None:
    score, truth = np.array([8.0, 10.0, 12.0, 14.0]), np.array([9.0, 10.0, 11.0, 12.0])
    # Mean of the truth 10.5 less that of the score 11; and half a point per point, through (11, 10.5).
    assert recalibration.line("score", score, truth, "intercept").intercept == pytest.approx(-0.5)
    line = recalibration.line("score", score, truth, "slope")
    assert (line.intercept, line.slope) == pytest.approx((5.0, 0.5))


def test_an_order_the_wrong_way_round_is_refused(shifted: tuple[NDArray[np.float64], NDArray[np.float64]]) -> None:
    score, truth = shifted
    with pytest.raises(DesignError, match="the wrong way round"):
        recalibration.line("binary", -score, truth, "slope")
    with pytest.raises(DesignError, match="the same answer"):
        recalibration.line("binary", np.full(PATIENTS, 0.3), truth, "slope")


def test_the_gain_of_a_shifted_model_is_shown(shifted: tuple[NDArray[np.float64], NDArray[np.float64]]) -> None:
    gain = recalibration.gain(answered(*shifted), "slope", draws=100, seed=1)
    assert gain.high is not None
    assert gain.high < 0
    score, _ = shifted
    # The Brier score that the shift costs: the mean squared distance of the two probabilities.
    cost = np.mean((expit(score) - expit(-0.5 + 0.6 * score)) ** 2)
    assert gain.value == pytest.approx(-cost, rel=0.15)


def test_a_model_that_needs_no_line_gains_nothing() -> None:
    generator = np.random.default_rng(3)
    losses = []
    for _ in range(20):
        score = generator.normal(0, 1, 200)
        truth = (generator.random(200) < expit(score)).astype(np.float64)
        losses.append(recalibration.gain(answered(score, truth), "slope", draws=100, seed=1).value)
    # Fitted on the patients themselves it would be below zero every time.
    assert np.mean(losses) > 0
