"""Who is found when a service follows up a fixed share of its patients."""

import numpy as np
import pytest
from sklearn.metrics import recall_score

from tests.performance import simulated
from therapport.performance import OutOfFold, bootstrap_weights, evaluate_binary


def one_fold(truth: list[float], probability: list[float]) -> OutOfFold:
    row = np.array([probability])
    return OutOfFold(np.array(truth), row, np.zeros(row.shape, int), row, np.arange(len(truth)))


def test_sensitivity_and_specificity_by_hand() -> None:
    # Of ten, two places: the lowest chances of response, .1 (no response) and .2 (response).
    # One of four without response is found; five of six with response are spared.
    truth = [0.0, 1, 0, 1, 0, 1, 1, 0, 1, 1]
    predictions = one_fold(truth, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95])
    figures = evaluate_binary(predictions, np.ones((1, 10)), capacity=0.2)
    assert figures["sensitivity_at_capacity"].value == pytest.approx(1 / 4)
    assert figures["specificity_at_capacity"].value == pytest.approx(5 / 6)


def test_an_unfavourable_outcome_is_sought_among_the_highest_chances() -> None:
    predictions = one_fold([0, 1, 0, 1.0], [0.1, 0.2, 0.3, 0.9])
    figures = evaluate_binary(predictions, np.ones((1, 4)), capacity=0.25, favourable=False)
    assert figures["sensitivity_at_capacity"].value == pytest.approx(1 / 2)
    assert figures["specificity_at_capacity"].value == pytest.approx(1)


def test_ties_at_the_boundary_are_drawn_by_lot() -> None:
    # One place, for which two tie: one of them has the poor outcome, of two in all. Half of one half.
    predictions = one_fold([0, 1, 0, 1.0], [0.3, 0.3, 0.8, 0.9])
    figures = evaluate_binary(predictions, np.ones((1, 4)), capacity=0.25)
    assert figures["sensitivity_at_capacity"].value == pytest.approx(1 / 4)
    assert figures["specificity_at_capacity"].value == pytest.approx(3 / 4)


def test_a_constant_finds_as_many_as_it_follows_up() -> None:
    drawn = simulated.binary(seed=1)
    constant = OutOfFold(drawn.truth, drawn.training_mean, drawn.fold, drawn.training_mean, drawn.cluster)
    figures = evaluate_binary(constant, bootstrap_weights(constant.cluster, draws=50, seed=2), capacity=0.3)
    assert figures["sensitivity_at_capacity"].value == pytest.approx(0.3)
    assert figures["specificity_at_capacity"].low == pytest.approx(0.7)


def test_each_draw_is_a_table_that_holds_patients_as_often_as_they_were_drawn() -> None:
    """Twenty copies make the capacity a whole number of patients, so that scikit-learn can say who is found."""
    drawn = simulated.binary(patients=40, clusters=8, folds=2, repeats=1, seed=3)
    weights = bootstrap_weights(drawn.cluster, draws=1, seed=4)
    found = []
    for _, places in drawn.members():
        place = np.repeat(places, 20 * weights[0, places].astype(int))
        poor, chance = 1 - drawn.truth[place], drawn.prediction[0, place]
        places_to_give = len(place) // 5
        followed_up = np.zeros(len(place))
        followed_up[np.argsort(chance, kind="stable")[:places_to_give]] = 1
        # Copies of one patient tie and have one outcome: which of them is taken makes no difference.
        found.append(recall_score(poor, followed_up))
    low = evaluate_binary(drawn, weights)["sensitivity_at_capacity"].low
    assert low == pytest.approx(np.mean(found))


@pytest.mark.parametrize("capacity", [0.0, 1.0, -0.1, 20.0])
def test_a_capacity_that_is_no_share_is_refused(capacity: float) -> None:
    with pytest.raises(ValueError, match="capacity"):
        evaluate_binary(simulated.binary(seed=5), np.ones((1, 200)), capacity=capacity)
