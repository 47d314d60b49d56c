import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from tests.performance import simulated
from therapport.performance import BINARY_METRICS, OutOfFold, bootstrap_weights, evaluate_binary


def _brier(truth: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
    return float(brier_score_loss(truth, prediction, sample_weight=weight))


def _log_loss(truth: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
    return float(log_loss(truth, prediction, sample_weight=weight))


def _auc(truth: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
    return float(roc_auc_score(truth, prediction, sample_weight=weight))


def _slope(truth: np.ndarray, prediction: np.ndarray, fold: np.ndarray, weight: np.ndarray) -> float:
    inputs = np.column_stack([np.log(prediction / (1 - prediction)), fold])
    return float(sm.GLM(truth, inputs, family=sm.families.Binomial(), freq_weights=weight).fit().params[0])


def _intercept(truth: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
    log_odds = np.log(prediction / (1 - prediction))
    ones = np.ones((len(truth), 1))
    return float(
        sm.GLM(truth, ones, family=sm.families.Binomial(), offset=log_odds, freq_weights=weight).fit().params[0]
    )


def test_every_figure_and_both_ends_are_those_of_the_slow_way() -> None:
    predictions = simulated.binary(seed=1)
    weights = bootstrap_weights(predictions.cluster, draws=40, seed=2)
    figures = evaluate_binary(predictions, weights)
    assert tuple(figures) == BINARY_METRICS
    everyone = np.ones(predictions.patients)
    slow: dict[str, tuple[Callable[..., float], Callable[..., float]]] = {
        "auc": (simulated.within_folds, _auc),
        "brier": (simulated.within_folds, _brier),
        "calibration_slope": (simulated.with_an_intercept_per_fold, _slope),
        "calibration_intercept": (simulated.pooled, _intercept),
        "log_loss": (simulated.within_folds, _log_loss),
    }
    # The others have tests of their own: by hand, and in test_caseload and test_integrated_calibration.
    for name, (averaged, metric) in slow.items():
        drawn = [averaged(predictions, draw, metric) for draw in weights]
        low, high = simulated.ends(drawn, predictions, weights)
        assert figures[name].value == pytest.approx(averaged(predictions, everyone, metric), abs=1e-6), name
        assert figures[name].low == pytest.approx(low, abs=1e-6), name
        assert figures[name].high == pytest.approx(high, abs=1e-6), name


def test_brier_and_log_loss_by_hand() -> None:
    # Fold 0: .2^2 and .6^2, mean .20; fold 1: .5^2, mean .25. Folds count alike, though one is smaller.
    row = np.array([[0.8, 0.6, 0.5]])
    predictions = OutOfFold(np.array([1.0, 0, 1]), row, np.array([[0, 0, 1]]), row, np.arange(3))
    figures = evaluate_binary(predictions, np.ones((1, 3)))
    assert figures["brier"].value == pytest.approx((0.20 + 0.25) / 2)
    assert figures["log_loss"].value == pytest.approx((-(np.log(0.8) + np.log(0.4)) / 2 - np.log(0.5)) / 2)


def test_the_scaled_brier_score_by_hand() -> None:
    # Fold 0, trained on a prevalence of .5: .2^2 + .6^2 = .40 against .5; fold 1: .5^2 against .5^2. (.2 + 0) / 2.
    predictions = OutOfFold(
        np.array([1.0, 0, 1]), np.array([[0.8, 0.6, 0.5]]), np.array([[0, 0, 1]]), np.full((1, 3), 0.5), np.arange(3)
    )
    assert evaluate_binary(predictions, np.ones((1, 3)))["scaled_brier"].value == pytest.approx(0.1)


def test_a_probability_that_is_twice_too_sure_has_a_slope_of_about_a_half() -> None:
    honest = simulated.binary(patients=20_000, repeats=1, noise=0, seed=3)
    log_odds = np.log(honest.prediction / (1 - honest.prediction))
    sure = OutOfFold(honest.truth, simulated.expit(2 * log_odds), honest.fold, honest.training_mean, honest.cluster)
    figures = evaluate_binary(sure, np.ones((1, sure.patients)))
    assert figures["calibration_slope"].value == pytest.approx(0.5, abs=0.03)


def test_probabilities_that_are_too_high_have_a_negative_intercept() -> None:
    honest = simulated.binary(patients=20_000, repeats=1, noise=0, seed=5)
    log_odds = np.log(honest.prediction / (1 - honest.prediction))
    high = OutOfFold(honest.truth, simulated.expit(log_odds + 0.4), honest.fold, honest.training_mean, honest.cluster)
    figures = evaluate_binary(high, np.ones((1, high.patients)))
    assert figures["calibration_intercept"].value == pytest.approx(-0.4, abs=0.05)


def test_a_constant_model_keeps_the_figures_that_it_has() -> None:
    drawn = simulated.binary(seed=6)
    constant = OutOfFold(drawn.truth, drawn.training_mean, drawn.fold, drawn.training_mean, drawn.cluster)
    figures = evaluate_binary(constant, bootstrap_weights(constant.cluster, draws=50, seed=7))
    assert set(figures) == {*BINARY_METRICS} - {"auc", "calibration_slope"}
    assert (figures["scaled_brier"].value, figures["scaled_brier"].low, figures["scaled_brier"].high) == (0, 0, 0)
    base_rate = drawn.truth.mean()
    assert figures["brier"].value == pytest.approx(base_rate * (1 - base_rate), abs=0.01)


def test_an_outcome_that_everybody_has_leaves_only_the_losses() -> None:
    drawn = simulated.binary(seed=8)
    all_respond = OutOfFold(np.ones(200), drawn.prediction, drawn.fold, drawn.training_mean, drawn.cluster)
    found = set(evaluate_binary(all_respond, np.ones((3, 200))))
    assert found == {"brier", "scaled_brier", "log_loss", "specificity_at_capacity"}


def test_certainty_that_is_wrong_costs_much_and_not_everything() -> None:
    row = np.array([[0.0, 1.0, 1.0, 0.0]])
    predictions = OutOfFold(np.array([1.0, 1, 0, 0]), row, np.zeros((1, 4), int), row, np.arange(4))
    figures = evaluate_binary(predictions, np.ones((1, 4)))
    assert figures["log_loss"].value == pytest.approx(-np.log(1e-12) / 2, rel=1e-4)
    assert figures["calibration_slope"].value == pytest.approx(0, abs=1e-9)


def test_a_repeat_in_which_the_model_is_flat_leaves_the_slope_to_the_others() -> None:
    drawn = simulated.binary(seed=14)
    prediction = np.stack([drawn.training_mean[0], drawn.prediction[1]])
    half_flat = replace(drawn, prediction=prediction)
    other_half = OutOfFold(drawn.truth, prediction[1:], drawn.fold[1:], drawn.training_mean[1:], drawn.cluster)
    weights = bootstrap_weights(drawn.cluster, draws=20, seed=15)
    slopes = [evaluate_binary(model, weights)["calibration_slope"] for model in (half_flat, other_half)]
    # Only how far the interval reaches depends on how often the patients were split.
    assert slopes[0].value == slopes[1].value


def test_a_slope_that_many_draws_leave_infinite_has_no_upper_end() -> None:
    row = simulated.expit(np.array([[-2.0, -1, 0, 1, 2, 3]]))
    predictions = OutOfFold(np.array([0.0, 0, 1, 0, 1, 1]), row, np.zeros((1, 6), int), row, np.arange(6))
    figures = evaluate_binary(predictions, bootstrap_weights(predictions.cluster, draws=400, seed=9))
    slope = figures["calibration_slope"]
    assert slope.low is not None
    assert slope.low < slope.value
    assert slope.high is None


def test_points_are_refused_where_probabilities_are_due() -> None:
    points = simulated.score(seed=10)
    with pytest.raises(ValueError, match=r"truth: must be 0 or 1; prediction: must be probabilities"):
        evaluate_binary(points, np.ones((1, points.patients)))


@pytest.mark.parametrize(
    "weights",
    [np.ones(200), np.ones((3, 199)), np.ones((0, 200)), -np.ones((1, 200)), np.eye(2, 200, k=1) * [[1], [0]]],
    ids=["one dimension", "a patient short", "no draw", "negative", "a draw of nobody"],
)
def test_weights_that_do_not_fit_the_patients_are_refused(weights: np.ndarray) -> None:
    with pytest.raises(ValueError, match="weights"):
        evaluate_binary(simulated.binary(seed=11), weights)


def test_a_thousand_draws_of_four_thousand_patients_take_no_loop_over_draws() -> None:
    """About 0.6 s on two cores; one pass per draw takes minutes."""
    predictions = simulated.binary(patients=4000, clusters=80, folds=5, seed=12)
    weights = bootstrap_weights(predictions.cluster, draws=1000, seed=13)
    started = time.perf_counter()
    evaluate_binary(predictions, weights)
    assert time.perf_counter() - started < 10
