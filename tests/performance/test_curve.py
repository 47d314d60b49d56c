import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from tests.performance import simulated
from therapport.performance import SMALLEST_CELL, OutOfFold, calibration_curve, score_curve


def _one_fold(truth: np.ndarray, prediction: np.ndarray) -> OutOfFold:
    row = prediction[np.newaxis]
    return OutOfFold(truth, row, np.zeros_like(row, dtype=int), row, np.arange(len(truth)))


def test_bins_are_quantiles_that_hold_every_patient_once() -> None:
    predictions = simulated.binary(patients=1000, seed=1)
    curve = calibration_curve(predictions)
    assert [group.patients for group in curve] == [100] * 10
    assert sorted(group.predicted for group in curve) == [group.predicted for group in curve]
    assert np.mean([group.observed for group in curve]) == pytest.approx(predictions.truth.mean())
    assert np.mean([group.predicted for group in curve]) == pytest.approx(predictions.prediction.mean())


def test_a_bin_shows_mean_prediction_observed_share_and_wilson_interval() -> None:
    truth = np.array([1.0] * 10 + [0] * 30 + [1] * 28 + [0] * 12)
    prediction = np.concatenate([np.linspace(0.1, 0.3, 40), np.linspace(0.6, 0.8, 40)])
    lower, upper = calibration_curve(_one_fold(truth, prediction), bins=2)
    assert (lower.predicted, lower.observed, lower.patients) == pytest.approx((0.2, 10 / 40, 40))
    assert (upper.predicted, upper.observed, upper.patients) == pytest.approx((0.7, 28 / 40, 40))
    assert (lower.low, lower.high) == pytest.approx(proportion_confint(10, 40, method="wilson"))
    assert (upper.low, upper.high) == pytest.approx(proportion_confint(28, 40, method="wilson"))


@pytest.mark.parametrize(("responders", "patients"), [(10, 20), (10, 100_000), (99_990, 100_000)])
def test_an_interval_holds_the_share_and_stays_within_0_and_1(responders: int, patients: int) -> None:
    truth = (np.arange(patients) < responders).astype(float)
    (group,) = calibration_curve(_one_fold(truth, np.full(patients, 0.5)))
    assert 0 < group.low < group.observed < group.high < 1


def test_predictions_are_averaged_over_repeats_before_they_are_binned() -> None:
    prediction = np.stack([np.linspace(0, 0.4, 80), np.linspace(0.4, 0.8, 80)])
    fold = np.zeros((2, 80), dtype=int)
    truth = np.repeat([0.0, 1, 0, 1], [30, 10, 10, 30])
    lower, upper = calibration_curve(OutOfFold(truth, prediction, fold, prediction, np.arange(80)), bins=2)
    assert (lower.observed, upper.observed) == (0.25, 0.75)
    assert (lower.predicted + upper.predicted) / 2 == pytest.approx(0.4)


@pytest.mark.parametrize("patients", [10, 19, 37, 64, 95, 101])
def test_no_score_bin_below_ten_is_ever_shown_and_nobody_is_lost(patients: int) -> None:
    curve = score_curve(simulated.score(patients=patients, clusters=10, seed=patients))
    assert min(group.patients for group in curve) >= SMALLEST_CELL
    assert sum(group.patients for group in curve) == patients


@pytest.mark.parametrize("patients", [40, 64, 97, 101, 400])
@pytest.mark.parametrize("signal", [0.0, 1.0, 4.0])
def test_no_fewer_than_ten_responders_or_others_can_be_worked_out_and_nobody_is_lost(
    patients: int, signal: float
) -> None:
    predictions = simulated.binary(patients=patients, clusters=10, signal=signal, seed=patients)
    curve = calibration_curve(predictions)
    responders = [group.observed * group.patients for group in curve]
    others = [(1 - group.observed) * group.patients for group in curve]
    assert min(*responders, *others) > SMALLEST_CELL - 0.5
    assert sum(group.patients for group in curve) == patients
    assert sum(responders) == pytest.approx(predictions.truth.sum())


def test_bins_are_merged_upwards_until_each_class_fills_a_cell() -> None:
    # Five bins of 20; responders 2, 5, 4, 10 and 19: the first three together hold 11, the last has one other only.
    truth = np.concatenate([np.repeat([1.0, 0], [responders, 20 - responders]) for responders in (2, 5, 4, 10, 19)])
    curve = calibration_curve(_one_fold(truth, np.linspace(0.1, 0.9, 100)), bins=5)
    assert [(group.patients, group.observed) for group in curve] == [(60, 11 / 60), (40, 29 / 40)]


@pytest.mark.parametrize(("responders", "others", "bins"), [(10, 10, 1), (9, 500, 0), (500, 9, 0), (0, 60, 0)])
def test_a_cohort_with_fewer_than_ten_of_a_class_has_no_curve(responders: int, others: int, bins: int) -> None:
    truth = np.repeat([1.0, 0], [responders, others])
    prediction = np.linspace(0.1, 0.9, responders + others)
    assert len(calibration_curve(_one_fold(truth, prediction))) == bins
    assert score_curve(_one_fold(truth, prediction)) != []


def test_a_last_bin_that_is_too_small_joins_the_one_before() -> None:
    prediction = np.concatenate([np.full(30, 0.2), np.full(5, 0.9)])
    for curve in (calibration_curve, score_curve):
        (group,) = curve(_one_fold(np.tile([0.0, 1, 0, 1, 1], 7), prediction), bins=10)
        assert group.patients == 35


def test_fewer_patients_than_a_cell_give_no_curve() -> None:
    few = simulated.binary(patients=9, clusters=9, seed=2)
    assert (calibration_curve(few), score_curve(few)) == ([], [])


def test_the_smallest_cell_may_be_raised_and_never_lowered() -> None:
    predictions = simulated.binary(seed=3)
    assert min(group.patients for group in calibration_curve(predictions, smallest=45)) >= 45
    with pytest.raises(ValueError, match="must be at least 10"):
        calibration_curve(predictions, smallest=5)


def test_patients_with_the_same_prediction_share_a_bin() -> None:
    prediction = np.repeat([0.2, 0.5, 0.7], [50, 100, 50])
    curve = calibration_curve(_one_fold(np.tile([0.0, 1.0], 100), prediction))
    assert [(group.predicted, group.patients) for group in curve] == [
        pytest.approx((0.2, 50)),
        pytest.approx((0.5, 100)),
        pytest.approx((0.7, 50)),
    ]


def test_a_score_curve_shows_the_mean_and_its_standard_error_in_points() -> None:
    truth = np.array([4.0, 8] * 8 + [10.0, 14] * 8)
    prediction = np.concatenate([np.linspace(4, 6, 16), np.linspace(11, 13, 16)])
    lower, upper = score_curve(_one_fold(truth, prediction), bins=2)
    # Deviations of 2 points: the standard deviation is sqrt(16 * 4 / 15), its standard error a quarter of that.
    margin = 1.96 * (64 / 15) ** 0.5 / 4
    assert (lower.predicted, lower.observed) == pytest.approx((5, 6))
    assert (lower.low, lower.high) == pytest.approx((6 - margin, 6 + margin), rel=1e-4)
    assert (upper.predicted, upper.observed) == pytest.approx((12, 12))
