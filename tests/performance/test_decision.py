"""Net benefit against hand arithmetic, its definition, and the laws that any decision curve obeys."""

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from tests.performance import simulated
from therapport.performance import OutOfFold, bootstrap_weights, decision_curve


def test_net_benefit_by_hand() -> None:
    # Chances of the poor outcome .8, .6, .3, .1; poor outcomes in the first and the third.
    # At 50 %: one found, one followed up needlessly at odds 1: (1 - 1) / 4. At 20 %: two found, one needlessly at 1/4.
    row = np.array([[0.2, 0.4, 0.7, 0.9]])
    predictions = OutOfFold(np.array([0.0, 1, 0, 1]), row, np.zeros((1, 4), int), row, np.arange(4))
    twenty, fifty = decision_curve(predictions, np.ones((1, 4)), favourable=True, thresholds=(0.2, 0.5))
    assert fifty.model.value == pytest.approx(0)
    assert twenty.model.value == pytest.approx((2 - 1 / 4) / 4)
    assert twenty.all.value == pytest.approx((2 - 2 / 4) / 4)
    assert fifty.all.value == pytest.approx(0)


def _net_benefit(truth: np.ndarray, prediction: np.ndarray, weight: np.ndarray, threshold: float) -> float:
    """As dcurves has it: true positive rate x prevalence - false positive rate x (1 - prevalence) x odds."""
    table = confusion_matrix(truth, prediction >= threshold, sample_weight=weight, labels=[0, 1])
    (spared, needless), (missed, found) = table
    prevalence = (missed + found) / table.sum()
    rates = found / (missed + found), needless / (spared + needless)
    return float(rates[0] * prevalence - rates[1] * (1 - prevalence) * threshold / (1 - threshold))


@pytest.mark.parametrize("favourable", [True, False])
def test_every_point_and_both_ends_are_those_of_the_slow_way(favourable: bool) -> None:
    predictions = simulated.binary(seed=1)
    weights = bootstrap_weights(predictions.cluster, draws=30, seed=2)
    turned = simulated.binary(seed=1)
    if favourable:
        turned = OutOfFold(
            1 - turned.truth, 1 - turned.prediction, turned.fold, 1 - turned.training_mean, turned.cluster
        )
    for point in decision_curve(predictions, weights, favourable=favourable, thresholds=(0.15, 0.4, 0.7)):

        def metric(t: np.ndarray, p: np.ndarray, w: np.ndarray, at: float = point.threshold) -> float:
            return _net_benefit(t, p, w, at)

        drawn = [simulated.within_folds(turned, draw, metric) for draw in weights]
        assert point.model.value == pytest.approx(simulated.within_folds(turned, np.ones(200), metric))
        assert (point.model.low, point.model.high) == pytest.approx(simulated.ends(drawn, turned, weights))


def test_below_every_prediction_acting_on_it_is_acting_on_everybody() -> None:
    predictions = simulated.binary(seed=3)
    lowest = float(predictions.prediction.min())
    (point,) = decision_curve(predictions, np.ones((1, 200)), favourable=False, thresholds=(lowest / 2,))
    assert point.model == point.all


def test_acting_on_nobody_is_worth_nothing() -> None:
    predictions = simulated.binary(seed=4)
    highest = float(predictions.prediction.max())
    (point,) = decision_curve(predictions, np.ones((1, 200)), favourable=False, thresholds=((1 + highest) / 2,))
    assert point.model.value == 0


def test_a_threshold_that_is_met_exactly_is_reached() -> None:
    row = np.array([[0.8, 0.9]])  # 1 - 0.8 is 0.19999999999999996
    predictions = OutOfFold(np.array([0.0, 1]), row, np.zeros((1, 2), int), row, np.arange(2))
    (point,) = decision_curve(predictions, np.ones((1, 2)), favourable=True, thresholds=(0.2,))
    assert point.model.value == pytest.approx(1 / 2)


@pytest.mark.parametrize("threshold", [0.0, 1.0, 40.0])
def test_a_threshold_that_is_no_chance_is_refused(threshold: float) -> None:
    with pytest.raises(ValueError, match="thresholds"):
        decision_curve(simulated.binary(seed=5), np.ones((1, 200)), favourable=True, thresholds=(threshold,))
