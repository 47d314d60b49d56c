import warnings

import numpy as np
import pytest
import statsmodels.api as sm

from tests.performance import simulated
from therapport.performance import recalibration


def _logit_slope(truth: np.ndarray, log_odds: np.ndarray, fold: np.ndarray, weight: np.ndarray) -> float:
    """Logistic regression on a table that holds every patient as often as the draw does."""
    place = np.repeat(np.arange(len(truth)), weight.astype(int))
    inputs = np.column_stack([log_odds, simulated.dummies(fold)])[place]
    return float(sm.Logit(truth[place], inputs).fit(disp=0, tol=1e-14, maxiter=100).params[0])


def _logit_intercept(truth: np.ndarray, log_odds: np.ndarray, weight: np.ndarray) -> float:
    model = sm.GLM(truth, np.ones((len(truth), 1)), family=sm.families.Binomial(), offset=log_odds, freq_weights=weight)
    return float(model.fit(tol=1e-12).params[0])


def _log_odds(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    predictions = simulated.binary(seed=seed)
    probability = predictions.prediction[0]
    weights = np.vstack([np.ones(predictions.patients), simulated.counts(predictions, draws=6, seed=seed)])
    return np.log(probability / (1 - probability)), predictions.truth, predictions.fold[0], weights


def _one_fold(log_odds: np.ndarray) -> np.ndarray:
    return np.zeros(len(log_odds), dtype=int)


def test_slope_is_that_of_a_logistic_regression_with_a_dummy_for_each_fold_and_frequency_weights() -> None:
    log_odds, truth, fold, weights = _log_odds(seed=1)
    expected = [_logit_slope(truth, log_odds, fold, draw) for draw in weights]
    np.testing.assert_allclose(recalibration.slope(log_odds, truth, fold, weights), expected, rtol=1e-7)


def test_intercept_is_that_of_a_logistic_regression_with_the_log_odds_as_offset() -> None:
    log_odds, truth, _, weights = _log_odds(seed=2)
    expected = [_logit_intercept(truth, log_odds, draw) for draw in weights]
    np.testing.assert_allclose(recalibration.intercept(log_odds, truth, weights), expected, rtol=1e-7)


def test_what_a_fold_adds_to_all_its_log_odds_changes_no_slope() -> None:
    log_odds, truth, fold, weights = _log_odds(seed=5)
    moved = log_odds + np.array([-3.0, 0, 2, 5])[fold]
    expected = recalibration.slope(log_odds, truth, fold, weights)
    np.testing.assert_allclose(recalibration.slope(moved, truth, fold, weights), expected, rtol=1e-9)


def test_log_odds_off_the_scale_do_not_throw_the_search_off() -> None:
    """Forests say 0 and 1; some of them are wrong, and plain Newton steps diverge."""
    generator = np.random.default_rng(3)
    log_odds = np.where(generator.random(300) < 0.4, 27.6, -27.6) * (generator.random(300) < 0.9)
    truth = (generator.random(300) < simulated.expit(log_odds / 20)).astype(float)
    fold = np.arange(300) % 5
    weights = np.vstack([np.ones(300), generator.integers(0, 4, size=(5, 300))])
    slopes = recalibration.slope(log_odds, truth, fold, weights)
    intercepts = recalibration.intercept(log_odds, truth, weights)
    np.testing.assert_allclose(slopes, [_logit_slope(truth, log_odds, fold, draw) for draw in weights], rtol=1e-6)
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
        expected = _logit_slope(truth, log_odds, _one_fold(log_odds), everyone[0])
    assert recalibration.slope(log_odds, truth, _one_fold(log_odds), everyone)[0] == pytest.approx(expected, rel=1e-5)


def test_perfect_separation_in_every_fold_is_an_infinite_slope_with_its_sign() -> None:
    # The second fold lies above the first, so that pooled they would not be separated.
    log_odds = np.array([-1.0, 0.0, 0.0, 2.0, 3.0, 4.0])
    fold = np.array([0, 0, 0, 0, 1, 1])
    truth = np.array([0.0, 0, 1, 1, 0, 1])
    assert recalibration.slope(log_odds, truth, fold, np.ones((1, 6)))[0] == np.inf
    assert recalibration.slope(log_odds, 1 - truth, fold, np.ones((1, 6)))[0] == -np.inf


def test_perfect_separation_in_one_fold_of_several_leaves_the_slope_finite() -> None:
    log_odds = np.array([-2.0, -1, 1, 2, -1, 0, 0.5, 1, 3])
    fold = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1])
    truth = np.array([0.0, 0, 1, 1, 0, 1, 0, 1, 0])
    everyone = np.ones((1, 9))
    expected = _logit_slope(truth, log_odds, fold, everyone[0])
    assert recalibration.slope(log_odds, truth, fold, everyone)[0] == pytest.approx(expected, rel=1e-7)
    opposed = np.where(fold == 0, truth, log_odds < 0)  # upwards in one fold, downwards in the other
    expected = _logit_slope(opposed, log_odds, fold, everyone[0])
    assert recalibration.slope(log_odds, opposed, fold, everyone)[0] == pytest.approx(expected, rel=1e-7)


def test_a_fold_of_one_class_or_one_prediction_contributes_nothing_to_the_draw() -> None:
    log_odds, truth, fold, weights = _log_odds(seed=6)
    log_odds = np.where(fold == 1, 0.7, log_odds)
    weights = np.where((fold == 0) & (truth == 1), 0, weights)
    others = fold >= 2
    expected = recalibration.slope(log_odds[others], truth[others], fold[others], weights[:, others])
    np.testing.assert_allclose(recalibration.slope(log_odds, truth, fold, weights), expected, rtol=1e-9)


def test_draws_with_one_class_or_one_prediction_have_no_slope_and_leave_the_others_alone() -> None:
    log_odds = np.array([-1.0, 0.5, 0.5, 2.0, 0.5])
    truth = np.array([0.0, 1, 0, 1, 0])
    weights = np.array([[1.0, 1, 1, 1, 1], [0, 1, 0, 1, 0], [0, 2, 1, 0, 1], [2, 1, 0, 1, 1], [1, 0, 0, 1, 0]])
    slopes = recalibration.slope(log_odds, truth, _one_fold(log_odds), weights)
    intercepts = recalibration.intercept(log_odds, truth, weights)
    assert np.isnan(slopes).tolist() == [False, True, True, False, False]
    assert np.isinf(slopes).tolist() == [True, False, False, True, True]
    assert np.isnan(intercepts).tolist() == [False, True, False, False, False]
    # One prediction, as many responders as others: the intercept takes the log-odds of .5 back to 0.
    assert intercepts[2] == pytest.approx(-0.5)


def test_a_draw_has_the_same_slope_whatever_piece_it_is_computed_in() -> None:
    log_odds, truth, fold, weights = _log_odds(seed=4)
    many = np.tile(weights, (2 * recalibration.CELLS // weights.size + 1, 1))
    assert len(many) * len(truth) > recalibration.CELLS
    one_by_one = np.concatenate([recalibration.slope(log_odds, truth, fold, draw[np.newaxis]) for draw in weights])
    together = recalibration.slope(log_odds, truth, fold, many)
    np.testing.assert_allclose(together, np.resize(one_by_one, len(many)), rtol=1e-9)
