from collections.abc import Callable

import numpy as np
import pytest
import statsmodels.api as sm
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from tests.performance import simulated
from therapport.performance import SCORE_METRICS, OutOfFold, bootstrap_weights, evaluate_score


def _slope(truth: np.ndarray, prediction: np.ndarray, fold: np.ndarray, weight: np.ndarray) -> float:
    """Least squares on a table that holds every patient as often as the draw does."""
    place = np.repeat(np.arange(len(truth)), weight.astype(int))
    return float(sm.OLS(truth[place], np.column_stack([prediction, fold])[place]).fit().params[0])


def _intercept(truth: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
    return float(np.average(truth - prediction, weights=weight))


def _rmse(truth: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
    return float(root_mean_squared_error(truth, prediction, sample_weight=weight))


def _mae(truth: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
    return float(mean_absolute_error(truth, prediction, sample_weight=weight))


def _within_six_points(truth: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
    return float(weight[np.abs(truth - prediction) < 6].sum() / weight.sum())


def test_an_error_as_large_as_a_reliable_change_is_not_within_it() -> None:
    row = np.array([[4.0, 10, 16]])
    predictions = OutOfFold(np.array([10.0, 10, 11]), row, np.zeros((1, 3), int), row, np.arange(3))
    figures = evaluate_score(predictions, np.ones((1, 3)), reliable_change=6)
    assert figures["within_reliable_change"].value == pytest.approx(2 / 3)


def test_every_figure_and_both_ends_are_those_of_the_slow_way() -> None:
    predictions = simulated.score(seed=1)
    weights = bootstrap_weights(predictions.cluster, draws=40, seed=2)
    figures = evaluate_score(predictions, weights, reliable_change=6)
    assert tuple(figures) == SCORE_METRICS
    everyone = np.ones(predictions.patients)
    slow: dict[str, tuple[Callable[..., float], Callable[..., float]]] = {
        "rmse": (simulated.within_folds, _rmse),
        "mae": (simulated.within_folds, _mae),
        "within_reliable_change": (simulated.within_folds, _within_six_points),
        "calibration_slope": (simulated.with_an_intercept_per_fold, _slope),
        "calibration_intercept": (simulated.pooled, _intercept),
    }
    for name, (averaged, metric) in slow.items():
        drawn = [averaged(predictions, draw, metric) for draw in weights]
        low, high = simulated.ends(drawn, predictions, weights)
        assert figures[name].value == pytest.approx(averaged(predictions, everyone, metric), rel=1e-9), name
        assert figures[name].low == pytest.approx(low, rel=1e-9), name
        assert figures[name].high == pytest.approx(high, rel=1e-9), name


def test_r2_by_hand() -> None:
    # Fold 0, trained on a mean of 8: errors 1, 1 against 2, 4: 1 - 2/20 = .90.
    # Fold 1, trained on a mean of 8: errors 3, 0 against 1, 2: 1 - 9/5 = -.80. Their mean is .05.
    predictions = OutOfFold(
        truth=np.array([10.0, 12, 9, 6]),
        prediction=np.array([[9.0, 13, 12, 6]]),
        fold=np.array([[0, 0, 1, 1]]),
        training_mean=np.full((1, 4), 8.0),
        cluster=np.arange(4),
    )
    # The draw drops the last patient and counts the first three times: 1 - (3 + 1)/(12 + 16) and 1 - 9/1.
    figures = evaluate_score(predictions, np.array([[3.0, 1, 1, 0]]))
    assert figures["r2"].value == pytest.approx(0.05)
    assert figures["r2"].low == pytest.approx((1 - 4 / 28 + 1 - 9) / 2)


def test_the_training_mean_has_an_r2_of_exactly_zero_in_every_draw() -> None:
    drawn = simulated.score(seed=3)
    constant = OutOfFold(drawn.truth, drawn.training_mean, drawn.fold, drawn.training_mean, drawn.cluster)
    figures = evaluate_score(constant, bootstrap_weights(constant.cluster, draws=100, seed=4))
    assert (figures["r2"].value, figures["r2"].low, figures["r2"].high) == (0.0, 0.0, 0.0)
    assert "calibration_slope" not in figures
    assert set(figures) == {"r2", "rmse", "mae", "calibration_intercept"}


def test_a_constant_other_than_the_mean_is_worse_than_nothing() -> None:
    drawn = simulated.score(seed=5)
    off = OutOfFold(drawn.truth, drawn.training_mean + 2, drawn.fold, drawn.training_mean, drawn.cluster)
    assert evaluate_score(off, np.ones((1, 200)))["r2"].value < -0.05


def test_predictions_that_miss_by_the_same_points_show_it_in_the_intercept_alone() -> None:
    drawn = simulated.score(seed=6)
    truth = drawn.prediction[0]
    missed = OutOfFold(truth, truth[np.newaxis] - 1.5, drawn.fold[:1], drawn.training_mean[:1], drawn.cluster)
    figures = evaluate_score(missed, bootstrap_weights(missed.cluster, draws=20, seed=7))
    for name, expected in {"calibration_intercept": 1.5, "calibration_slope": 1, "rmse": 1.5, "mae": 1.5}.items():
        assert figures[name].value == pytest.approx(expected), name
        assert figures[name].low == pytest.approx(expected), name


def test_a_fold_that_a_draw_leaves_empty_contributes_nothing_to_it() -> None:
    predictions = OutOfFold(
        truth=np.array([1.0, 2, 3, 4]),
        prediction=np.array([[1.5, 2, 0, 0]]),
        fold=np.array([[0, 0, 1, 1]]),
        training_mean=np.full((1, 4), 3.0),
        cluster=np.array([0, 0, 1, 1]),
    )
    figures = evaluate_score(predictions, np.array([[2.0, 2, 0, 0]]))
    assert figures["mae"].high == pytest.approx(0.25)
    assert figures["mae"].value == pytest.approx((0.25 + 3.5) / 2)


def test_a_slope_by_hand_compares_patients_with_those_of_their_own_fold() -> None:
    # Fold 0: deviations -1, 1 of the prediction, -2, 2 of the score; fold 1: -2, 2 and -1, 1; fold 2 is flat.
    # (2 * 2 + 2 * 2) / (2 * 1 + 2 * 4) = .8, although the folds' means fall from 11 to 1 as predictions rise.
    predictions = OutOfFold(
        truth=np.array([9.0, 13, 0, 2, 5, 7]),
        prediction=np.array([[1.0, 3, 8, 12, 20, 20]]),
        fold=np.array([[0, 0, 1, 1, 2, 2]]),
        training_mean=np.full((1, 6), 3.0),
        cluster=np.arange(6),
    )
    # The draw counts one patient of fold 0 three times: 3 * 1/4 + 9/4 = 3 of 4 squares, twice that of products.
    figures = evaluate_score(predictions, np.array([[3.0, 1, 1, 1, 0, 1]]))
    assert figures["calibration_slope"].value == pytest.approx(0.8)
    assert figures["calibration_slope"].low == pytest.approx((6 + 4) / (3 + 8))


def test_a_fold_that_is_flat_but_for_rounding_has_no_say_in_the_slope() -> None:
    predictions = OutOfFold(
        truth=np.array([1.0, 9, 2, 4]),
        prediction=np.array([[0.3, 0.1 + 0.2, 5, 8]]),
        fold=np.array([[0, 0, 1, 1]]),
        training_mean=np.full((1, 4), 3.0),
        cluster=np.arange(4),
    )
    assert predictions.prediction[0, 0] != predictions.prediction[0, 1]
    slope = evaluate_score(predictions, np.array([[1.0, 1, 0, 1]]))["calibration_slope"]
    assert slope.value == pytest.approx(2 / 3)
    assert slope.low is None


@pytest.mark.parametrize("constant", [0.1, 1 / 3, 7.7, 23.45])
def test_draws_that_hold_one_prediction_only_leave_the_slope_without_an_interval(constant: float) -> None:
    predictions = OutOfFold(
        truth=np.array([1.0, 2, 3, 5, 9]),
        prediction=np.array([[constant, constant, constant, 5, 8]]),
        fold=np.zeros((1, 5), dtype=int),
        training_mean=np.full((1, 5), 3.0),
        cluster=np.arange(5),
    )
    slope = evaluate_score(predictions, np.array([[1.0, 1, 1, 0, 0], [3, 2, 1, 0, 0]]))["calibration_slope"]
    assert (slope.low, slope.high) == (None, None)
