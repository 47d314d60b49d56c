"""Laws that hold for any predictions."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapport.performance import (
    Estimate,
    OutOfFold,
    bootstrap_weights,
    calibration_curve,
    evaluate_binary,
    evaluate_score,
)

ANY = settings(max_examples=40, derandomize=True, deadline=None, database=None)


@st.composite
def predictions(draw: st.DrawFn) -> OutOfFold:
    """Any predictions on a grid of sixteenths, so that ties are frequent and shifts are exact."""
    patients, repeats = draw(st.integers(4, 30)), draw(st.integers(1, 3))

    def row(low: int, high: int) -> list[int]:
        return draw(st.lists(st.integers(low, high), min_size=patients, max_size=patients))

    def rows(low: int, high: int) -> np.ndarray:
        return np.array([row(low, high) for _ in range(repeats)])

    cluster = np.array([0, 1, *row(0, 5)[2:]])
    return OutOfFold(np.array(row(0, 1)), rows(1, 15) / 16, rows(0, 2), rows(1, 15) / 16, cluster)


def _same(figures: dict[str, Estimate], others: dict[str, Estimate]) -> None:
    assert figures.keys() == others.keys()
    for name, figure in figures.items():
        other = others[name]
        assert other.value == pytest.approx(figure.value, abs=1e-6), name
        for end, other_end in ((figure.low, other.low), (figure.high, other.high)):
            assert (end is None) == (other_end is None), name
            assert end is None or other_end == pytest.approx(end, rel=1e-6, abs=1e-6), name


@ANY
@given(predictions())
def test_auc_does_not_change_when_probabilities_are_stretched(original: OutOfFold) -> None:
    weights = bootstrap_weights(original.cluster, draws=10, seed=1)
    stretched = replace(original, prediction=original.prediction**3 / 2)
    assert evaluate_binary(stretched, weights).get("auc") == evaluate_binary(original, weights).get("auc")


@ANY
@given(predictions())
def test_auc_of_the_opposite_prediction_is_its_complement(original: OutOfFold) -> None:
    weights = np.ones((1, original.patients))
    auc = evaluate_binary(original, weights).get("auc")
    opposite = evaluate_binary(replace(original, prediction=1 - original.prediction), weights).get("auc")
    assert (auc is None) == (opposite is None)
    if auc and opposite:
        assert opposite.value == pytest.approx(1 - auc.value)


@ANY
@given(predictions(), st.randoms(use_true_random=False))
def test_the_order_of_the_patients_changes_nothing(original: OutOfFold, random: object) -> None:
    order = np.arange(original.patients)
    random.shuffle(order)  # type: ignore[attr-defined]
    shuffled = OutOfFold(
        original.truth[order],
        original.prediction[:, order],
        original.fold[:, order],
        original.training_mean[:, order],
        original.cluster[order],
    )
    weights = bootstrap_weights(original.cluster, draws=10, seed=2)
    _same(evaluate_binary(original, weights), evaluate_binary(shuffled, weights[:, order]))
    _same(evaluate_score(original, weights), evaluate_score(shuffled, weights[:, order]))
    curve, other = calibration_curve(original), calibration_curve(shuffled)
    assert [group.patients for group in curve] == [group.patients for group in other]
    assert [group.observed for group in curve] == pytest.approx([group.observed for group in other])


@ANY
@given(predictions())
def test_a_draw_that_counts_everybody_once_is_the_figure_itself(original: OutOfFold) -> None:
    ones = np.ones((3, original.patients))
    for figures in (evaluate_binary(original, ones), evaluate_score(original, ones)):
        for name, figure in figures.items():
            assert (figure.low, figure.high) == pytest.approx((figure.value, figure.value)), name


@ANY
@given(predictions(), st.integers(2, 5))
def test_counting_everybody_several_times_changes_no_figure(original: OutOfFold, times: int) -> None:
    weights = bootstrap_weights(original.cluster, draws=10, seed=3)
    _same(evaluate_binary(original, weights), evaluate_binary(original, times * weights))
    _same(evaluate_score(original, weights), evaluate_score(original, times * weights))


@ANY
@given(predictions())
def test_a_weight_of_two_is_the_patient_twice(original: OutOfFold) -> None:
    weights = bootstrap_weights(original.cluster, draws=1, seed=4)
    place = np.repeat(np.arange(original.patients), weights[0].astype(int))
    written_out = OutOfFold(
        original.truth[place],
        original.prediction[:, place],
        original.fold[:, place],
        original.training_mean[:, place],
        original.cluster[place],
    )
    expected = evaluate_score(written_out, np.ones((1, len(place))))
    for name, figure in evaluate_score(original, weights).items():
        if name in expected:
            assert figure.low == pytest.approx(expected[name].value, abs=1e-6), name
    expected = evaluate_binary(written_out, np.ones((1, len(place))))
    # Where the calibration curve may bend is decided by the cohort, not by the draw.
    expected.pop("ici", None)
    for name, figure in evaluate_binary(original, weights).items():
        if name in expected:
            assert figure.low == pytest.approx(expected[name].value, rel=1e-5, abs=1e-5), name


@ANY
@given(predictions(), st.integers(-40, 40))
def test_moving_scores_and_predictions_together_changes_no_figure(original: OutOfFold, points: int) -> None:
    weights = bootstrap_weights(original.cluster, draws=10, seed=5)
    moved = replace(
        original,
        truth=original.truth + points,
        prediction=original.prediction + points,
        training_mean=original.training_mean + points,
    )
    _same(evaluate_score(original, weights), evaluate_score(moved, weights))


@ANY
@given(predictions(), st.lists(st.integers(-8, 8), min_size=3, max_size=3))
def test_what_the_model_of_a_fold_adds_to_all_its_predictions_changes_no_slope(
    original: OutOfFold, points: list[int]
) -> None:
    weights = bootstrap_weights(original.cluster, draws=10, seed=6)
    moved = replace(original, prediction=original.prediction + np.array(points)[original.fold])
    slope, other = (evaluate_score(model, weights).get("calibration_slope") for model in (original, moved))
    _same({"slope": slope} if slope else {}, {"slope": other} if other else {})
