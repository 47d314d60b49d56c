import numpy as np
import pytest
import statsmodels.api as sm

from therapport import calibration
from therapport.calibration import IDENTITY, Affine


def scored(seed: int, *, patients: int = 300, scale: float = 1.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores that are too extreme, the binary outcomes and the end scores of the same patients."""
    generator = np.random.default_rng(seed)
    score = scale * generator.normal(0.4, 1.5, patients)
    binary = (generator.random(patients) < 1 / (1 + np.exp(-(0.5 * score / scale - 0.6)))).astype(float)
    return score, binary, 12 - 3 * score / scale + generator.normal(0, 4, patients)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("scale", [1.0, 1e-4, 1e4])
def test_the_line_of_a_binary_outcome_is_the_maximum_likelihood_of_statsmodels(seed: int, scale: float) -> None:
    score, outcome, _ = scored(seed, scale=scale)
    intercept, slope = sm.Logit(outcome, sm.add_constant(score / scale)).fit(disp=False).params
    line = calibration.fit(score, outcome, binary=True)
    assert line.intercept == pytest.approx(intercept, abs=1e-3)
    assert line.slope * scale == pytest.approx(slope, abs=1e-3)


@pytest.mark.parametrize("seed", range(5))
def test_the_line_of_an_end_score_is_the_least_squares_of_statsmodels(seed: int) -> None:
    score, _, points = scored(seed)
    intercept, slope = sm.OLS(points, sm.add_constant(-score)).fit().params
    line = calibration.fit(-score, points, binary=False)
    assert (line.intercept, line.slope) == pytest.approx((intercept, slope))


def test_a_calibrated_binary_score_has_the_mean_of_the_outcome() -> None:
    score, outcome, _ = scored(7)
    calibrated = calibration.fit(score, outcome, binary=True).of(score)
    assert np.mean(1 / (1 + np.exp(-calibrated))) == pytest.approx(outcome.mean(), abs=1e-4)


def test_a_score_in_reversed_order_gets_slope_zero_and_the_mean() -> None:
    score, outcome, points = scored(3)
    turned = calibration.fit(-score, outcome, binary=True)
    assert turned.slope == 0
    assert turned.intercept == pytest.approx(np.log(outcome.mean() / (1 - outcome.mean())))
    turned = calibration.fit(score, points, binary=False)  # these points fall as the score rises
    assert turned.slope == 0
    assert turned.intercept == pytest.approx(points.mean())


@pytest.mark.parametrize("binary", [True, False])
def test_a_constant_score_stays_as_it_is(binary: bool) -> None:
    constant = np.full(40, -0.7)
    line = calibration.fit(constant, np.tile([0.0, 1.0], 20), binary=binary)
    assert line == IDENTITY
    np.testing.assert_array_equal(line.of(constant), constant)


def test_a_line_is_applied_to_every_score() -> None:
    np.testing.assert_array_equal(Affine(1.0, 2.0).of(np.array([[0.0, -1.0], [0.5, 3.0]])), [[1, -1], [2, 7]])
