import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tests.performance import simulated
from therapport.performance import OutOfFold, bootstrap_weights, discrimination, evaluate_binary


def _sklearn(truth: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
    return float(roc_auc_score(truth, prediction, sample_weight=weight))


def test_auc_is_the_mean_of_the_folds_own_aucs() -> None:
    predictions = simulated.binary(seed=1)
    everyone = np.ones(predictions.patients)
    expected = simulated.within_folds(predictions, everyone, _sklearn)
    assert discrimination.auc(predictions, everyone[np.newaxis])[0] == pytest.approx(expected, abs=1e-12)


def test_auc_of_each_draw_is_the_one_with_its_counts_as_sample_weights() -> None:
    predictions = simulated.binary(seed=2)
    weights = simulated.counts(predictions, draws=7, seed=3)
    expected = [simulated.within_folds(predictions, draw, _sklearn) for draw in weights]
    np.testing.assert_allclose(discrimination.auc(predictions, weights), expected, atol=1e-12)


def test_tied_predictions_count_half() -> None:
    exact = simulated.binary(seed=4)
    tied = OutOfFold(exact.truth, exact.prediction.round(1), exact.fold, exact.training_mean, exact.cluster)
    weights = simulated.counts(tied, draws=5, seed=5)
    expected = [simulated.within_folds(tied, draw, _sklearn) for draw in weights]
    np.testing.assert_allclose(discrimination.auc(tied, weights), expected, atol=1e-12)


def test_auc_by_hand() -> None:
    # Responders at .3 and .8, others at .1, .3 and .9: wins 1 + 1/2 + 0 and 1 + 1 + 0, so 3.5 of 6 pairs.
    row = np.array([[0.3, 0.8, 0.1, 0.3, 0.9]])
    predictions = OutOfFold(np.array([1.0, 1, 0, 0, 0]), row, np.zeros((1, 5), int), row, np.arange(5))
    # The second draw counts the responder at .3 twice and drops the .1: 2 * (1/2 + 0) + 1 + 0 = 2 of 6 pairs.
    weights = np.array([[1.0, 1, 1, 1, 1], [2, 1, 0, 1, 1]])
    np.testing.assert_allclose(discrimination.auc(predictions, weights), [3.5 / 6, 2 / 6])


def test_a_fold_or_a_draw_with_one_class_contributes_nothing() -> None:
    fold = np.array([[0, 0, 0, 1, 1]])  # fold 1 holds responders only
    row = np.array([[0.2, 0.6, 0.9, 0.1, 0.2]])
    predictions = OutOfFold(np.array([0.0, 1, 0, 1, 1]), row, fold, row, np.arange(5))
    drawn = discrimination.auc(predictions, np.array([[1.0, 1, 1, 1, 1], [1, 1, 0, 1, 1], [1, 0, 1, 1, 1]]))
    np.testing.assert_array_equal(drawn, [0.5, 1.0, np.nan])


def test_pooled_folds_make_a_constant_model_look_worse_than_chance_and_ours_do_not() -> None:
    """Small folds rich in responders were trained on few of them, and are predicted lower."""
    pooled = []
    for seed in range(40):
        drawn = simulated.binary(patients=40, clusters=40, repeats=1, folds=10, seed=seed)
        constant = OutOfFold(drawn.truth, drawn.training_mean, drawn.fold, drawn.training_mean, drawn.cluster)
        pooled.append(roc_auc_score(constant.truth, constant.prediction[0]))
        figures = evaluate_binary(constant, bootstrap_weights(constant.cluster, draws=2, seed=seed))
        assert "auc" not in figures
        assert "calibration_slope" not in figures
    assert max(pooled) < 0.5
    assert np.mean(pooled) < 0.35
