import numpy as np
import pytest

from therapport.performance import OutOfFold


def test_every_problem_of_shape_is_named_at_once() -> None:
    with pytest.raises(ValueError, match="prediction") as caught:
        OutOfFold(np.zeros(4), np.zeros((2, 3)), np.zeros((1, 3)), np.zeros((2, 3)), np.zeros(5))  # type: ignore[arg-type]
    assert str(caught.value) == (
        "prediction: shape (2, 3) does not fit truth (4,); "
        "fold: shape (1, 3), prediction has (2, 3); "
        "cluster: shape (5,), truth has (4,)"
    )


def test_predictions_of_one_repeat_still_need_two_dimensions() -> None:
    with pytest.raises(ValueError, match=r"must be \(repeats, patients\)"):
        OutOfFold(np.zeros(3), np.zeros(3), np.zeros(3, int), np.zeros(3), np.zeros(3, int))


def test_nobody_cannot_be_predicted() -> None:
    empty = np.zeros((1, 0))
    with pytest.raises(ValueError, match="at least one"):
        OutOfFold(np.zeros(0), empty, empty.astype(int), empty, np.zeros(0, int))


def test_a_missing_prediction_is_counted_and_not_shown() -> None:
    prediction = np.array([[0.123, np.nan, np.inf]])
    with pytest.raises(ValueError, match="prediction: 2 values are not finite numbers") as caught:
        OutOfFold(np.zeros(3), prediction, np.zeros((1, 3), int), np.zeros((1, 3)), np.zeros(3, int))
    assert "0.123" not in str(caught.value)


def test_truth_may_come_as_booleans_or_integers() -> None:
    rows = np.zeros((1, 3))
    from_booleans = OutOfFold(np.array([True, False, True]), rows, rows.astype(int), rows, np.arange(3))
    assert from_booleans.truth.dtype == np.float64
    assert from_booleans.truth.tolist() == [1, 0, 1]


def test_a_model_that_is_constant_within_each_fold_is_flat_though_its_folds_differ() -> None:
    fold = np.array([[0, 0, 1, 1], [0, 1, 0, 1]])
    constant = np.where(fold == 0, 0.4, 0.5)
    assert OutOfFold(np.zeros(4), constant, fold, constant, np.arange(4)).is_flat()


def test_a_model_with_two_predictions_in_one_fold_is_not_flat() -> None:
    fold = np.array([[0, 0, 1, 1], [0, 1, 0, 1]])
    prediction = np.full((2, 4), 0.5)
    prediction[1, 3] = 0.501
    assert not OutOfFold(np.zeros(4), prediction, fold, prediction, np.arange(4)).is_flat()
