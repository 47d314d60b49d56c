import warnings

import numpy as np
import pytest
import statsmodels.api as sm

from tests.performance import simulated
from therapport.performance import recalibration


def _logit_slope(truth: np.ndarray, log_odds: np.ndarray, weight: np.ndarray) -> float:
    model = sm.GLM(truth, sm.add_constant(log_odds), family=sm.families.Binomial(), freq_weights=weight)
    return float(model.fit(tol=1e-12).params[1])


def _logit_intercept(truth: np.ndarray, log_odds: np.ndarray, weight: np.ndarray) -> float:
    model = sm.GLM(truth, np.ones((len(truth), 1)), family=sm.families.Binomial(), offset=log_odds, freq_weights=weight)
    return float(model.fit(tol=1e-12).params[0])


def _log_odds(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    predictions = simulated.binary(seed=seed)
    probability = predictions.prediction[0]
    weights = np.vstack([np.ones(predictions.patients), simulated.counts(predictions, draws=6, seed=seed)])
    return np.log(probability / (1 - probability)), predictions.truth, weights


def test_slope_is_that_of_a_logistic_regression_with_frequency_weights() -> None:
    log_odds, truth, weights = _log_odds(seed=1)
    expected = [_logit_slope(truth, log_odds, draw) for draw in weights]
    assert expected[0] == pytest.approx(sm.Logit(truth, sm.add_constant(log_odds)).fit(disp=0).params[1])
    np.testing.assert_allclose(recalibration.slope(log_odds, truth, weights), expected, rtol=1e-7)


def test_intercept_is_that_of_a_logistic_regression_with_the_log_odds_as_offset() -> None:
    log_odds, truth, weights = _log_odds(seed=2)
    expected = [_logit_intercept(truth, log_odds, draw) for draw in weights]
    np.testing.assert_allclose(recalibration.intercept(log_odds, truth, weights), expected, rtol=1e-7)


def test_log_odds_off_the_scale_do_not_throw_the_search_off() -> None:
    """Forests say 0 and 1; some of them are wrong, and plain Newton steps diverge."""
    generator = np.random.default_rng(3)
    log_odds = np.where(generator.random(300) < 0.4, 27.6, -27.6) * (generator.random(300) < 0.9)
    truth = (generator.random(300) < simulated.expit(log_odds / 20)).astype(float)
    weights = np.vstack([np.ones(300), generator.integers(0, 4, size=(5, 300))])
    slopes = recalibration.slope(log_odds, truth, weights)
    intercepts = recalibration.intercept(log_odds, truth, weights)
    np.testing.assert_allclose(slopes, [_logit_slope(truth, log_odds, draw) for draw in weights], rtol=1e-6)
    # The likelihood is flat to its maximum if responses expected and observed are equal in number.
    expected = (weights * simulated.expit(log_odds + intercepts[:, np.newaxis])).sum(axis=1)
    np.testing.assert_allclose(expected, weights @ truth, rtol=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_small_draws_that_are_nearly_separated_have_the_slope_of_the_oracle(seed: int) -> None:
    generator = np.random.default_rng(seed)
    truth = np.repeat([0.0, 1.0], 8)
    log_odds = np.sort(generator.normal(size=16))
    log_odds[[7, 8]] = log_odds[[8, 7]]  # one pair of sixty-four in the wrong order
    everyone = np.ones((1, 16))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # statsmodels suspects separation
        expected = _logit_slope(truth, log_odds, everyone[0])
    assert recalibration.slope(log_odds, truth, everyone)[0] == pytest.approx(expected, rel=1e-5)


def test_perfect_separation_is_an_infinite_slope_with_its_sign() -> None:
    log_odds = np.array([-1.0, 0.0, 0.0, 2.0])
    weights = np.ones((1, 4))
    assert recalibration.slope(log_odds, np.array([0.0, 0, 1, 1]), weights)[0] == np.inf
    assert recalibration.slope(log_odds, np.array([1.0, 1, 0, 0]), weights)[0] == -np.inf


def test_draws_with_one_class_or_one_prediction_have_no_slope_and_leave_the_others_alone() -> None:
    log_odds = np.array([-1.0, 0.5, 0.5, 2.0, 0.5])
    truth = np.array([0.0, 1, 0, 1, 0])
    weights = np.array([[1.0, 1, 1, 1, 1], [0, 1, 0, 1, 0], [0, 2, 1, 0, 1], [2, 1, 0, 1, 1], [1, 0, 0, 1, 0]])
    slopes = recalibration.slope(log_odds, truth, weights)
    intercepts = recalibration.intercept(log_odds, truth, weights)
    assert np.isnan(slopes).tolist() == [False, True, True, False, False]
    assert np.isinf(slopes).tolist() == [True, False, False, True, True]
    assert np.isnan(intercepts).tolist() == [False, True, False, False, False]
    # One prediction, as many responders as others: the intercept takes the log-odds of .5 back to 0.
    assert intercepts[2] == pytest.approx(-0.5)


def test_a_draw_has_the_same_slope_whatever_piece_it_is_computed_in() -> None:
    log_odds, truth, weights = _log_odds(seed=4)
    many = np.tile(weights, (2 * recalibration.CELLS // weights.size + 1, 1))
    assert len(many) * len(truth) > recalibration.CELLS
    one_by_one = np.concatenate([recalibration.slope(log_odds, truth, draw[np.newaxis]) for draw in weights])
    np.testing.assert_allclose(recalibration.slope(log_odds, truth, many), np.resize(one_by_one, len(many)), rtol=1e-9)
