import numpy as np
import pytest

from tests.performance import simulated
from therapport.performance import (
    Loss,
    OutOfFold,
    bootstrap_weights,
    evaluate_binary,
    paired_difference,
    simplest_unbeaten,
)


def _blurred(original: OutOfFold, noise: float, seed: int) -> OutOfFold:
    """The same patients, predicted with more noise."""
    added = noise * np.random.default_rng(seed).normal(size=original.prediction.shape)
    return OutOfFold(
        original.truth, original.prediction + added, original.fold, original.training_mean, original.cluster
    )


def _constant(original: OutOfFold) -> OutOfFold:
    return OutOfFold(original.truth, original.training_mean, original.fold, original.training_mean, original.cluster)


def test_the_better_of_two_has_the_smaller_loss_and_the_sign_turns_with_the_order() -> None:
    good = simulated.score(seed=1)
    bad = _blurred(good, 5.0, seed=2)
    weights = bootstrap_weights(good.cluster, draws=200, seed=3)
    gain = paired_difference(good, bad, weights, loss="squared_error")
    cost = paired_difference(bad, good, weights, loss="squared_error")
    assert gain.high is not None
    assert gain.high < 0
    assert (cost.value, cost.low, cost.high) == pytest.approx((-gain.value, -gain.high, -(gain.low or 0)))


def test_the_difference_and_its_ends_by_the_slow_way() -> None:
    a = simulated.binary(seed=4)
    b = _constant(a)
    weights = bootstrap_weights(a.cluster, draws=60, seed=5)

    def loss(truth: np.ndarray, prediction: np.ndarray, weight: np.ndarray) -> float:
        return float(np.average((truth - prediction) ** 2, weights=weight))

    drawn = [simulated.within_folds(a, draw, loss) - simulated.within_folds(b, draw, loss) for draw in weights]
    difference = paired_difference(a, b, weights, loss="brier")
    assert (difference.low, difference.high) == pytest.approx(simulated.ends(drawn, a, weights))
    figures = [evaluate_binary(candidate, weights)["brier"].value for candidate in (a, b)]
    assert difference.value == pytest.approx(figures[0] - figures[1])


def test_pairing_tells_models_apart_whose_own_intervals_overlap() -> None:
    a = simulated.binary(patients=1000, clusters=100, noise=0, seed=6)
    b = OutOfFold(a.truth, 0.5 * a.prediction + 0.2, a.fold, a.training_mean, a.cluster)
    weights = bootstrap_weights(a.cluster, draws=500, seed=7)
    of_a, of_b = (evaluate_binary(candidate, weights)["brier"] for candidate in (a, b))
    assert of_a.high is not None
    assert of_b.low is not None
    assert of_a.high > of_b.low
    assert not paired_difference(a, b, weights, loss="brier").contains(0)


def test_a_model_differs_from_itself_by_nothing() -> None:
    a = simulated.binary(seed=8)
    difference = paired_difference(a, a, bootstrap_weights(a.cluster, draws=20, seed=9), loss="brier")
    assert (difference.value, difference.low, difference.high) == (0, 0, 0)


def test_models_of_different_patients_are_not_compared() -> None:
    a, b = simulated.score(seed=10), simulated.score(seed=11)
    with pytest.raises(ValueError, match="the same patients"):
        paired_difference(a, b, np.ones((1, a.patients)), loss="squared_error")


def test_points_have_no_brier_score_and_an_unknown_loss_is_refused() -> None:
    a = simulated.score(seed=12)
    with pytest.raises(ValueError, match="must be 0 or 1"):
        paired_difference(a, a, np.ones((1, a.patients)), loss="brier")
    unknown: Loss = "hinge"  # type: ignore[assignment]
    with pytest.raises(ValueError, match="unknown loss hinge"):
        paired_difference(a, a, np.ones((1, a.patients)), loss=unknown)


def test_the_better_one_is_chosen_where_the_difference_is_clear() -> None:
    complex_one = simulated.score(seed=13)
    candidates = {"mean": _constant(complex_one), "blurred": _blurred(complex_one, 4.0, 14), "complex": complex_one}
    weights = bootstrap_weights(complex_one.cluster, draws=300, seed=15)
    choice = simplest_unbeaten(candidates, weights, loss="squared_error")
    assert (choice.chosen, choice.best) == ("complex", "complex")
    assert list(choice.differences) == ["mean", "blurred", "complex"]
    assert choice.differences["mean"].value > 0
    assert choice.differences["complex"].value == 0


def test_the_simplest_of_those_that_cannot_be_told_from_the_best_is_chosen() -> None:
    best = simulated.score(seed=16)
    # Worse for one half of the therapists, better for the other: 1.2^2 and .87^2 average to 1.10 of the loss.
    factor = np.where(best.cluster % 2, 1.2, 0.87)
    errors = best.truth - best.prediction
    simple = OutOfFold(best.truth, best.truth - factor * errors, best.fold, best.training_mean, best.cluster)
    middle = OutOfFold(best.truth, best.truth - factor**0.5 * errors, best.fold, best.training_mean, best.cluster)
    candidates = {"mean": _constant(best), "simple": simple, "middle": middle, "best": best}
    weights = bootstrap_weights(best.cluster, draws=300, seed=19)
    choice = simplest_unbeaten(candidates, weights, loss="squared_error")
    assert choice.best == "best"
    assert choice.chosen == "simple"
    assert choice.differences["simple"].value > 0
    assert choice.differences["simple"].contains(0)
    assert choice.differences["middle"].contains(0)
    assert not choice.differences["mean"].contains(0)


def test_of_two_that_are_equal_the_simpler_one_is_the_best() -> None:
    a = simulated.score(seed=22)
    weights = bootstrap_weights(a.cluster, draws=20, seed=23)
    choice = simplest_unbeaten({"simple": a, "complex": a}, weights, loss="squared_error")
    assert (choice.chosen, choice.best) == ("simple", "simple")


def test_nothing_to_choose_from_is_refused() -> None:
    with pytest.raises(ValueError, match="no candidates"):
        simplest_unbeaten({}, np.ones((1, 4)), loss="brier")


def test_of_equally_good_models_the_simplest_is_nearly_always_chosen() -> None:
    """Both miss the same truth by independent noise of the same size, so the best is the best by luck alone."""
    chosen, lucky = 0, 0
    for seed in range(200):
        drawn = simulated.score(patients=150, clusters=30, repeats=1, seed=seed)
        pair = {"simple": _blurred(drawn, 1.5, 1000 + seed), "complex": _blurred(drawn, 1.5, 2000 + seed)}
        weights = bootstrap_weights(drawn.cluster, draws=200, seed=seed)
        choice = simplest_unbeaten(pair, weights, loss="squared_error")
        chosen += choice.chosen == "simple"
        lucky += choice.best == "complex"
    assert 80 <= lucky <= 120  # so that half of the time the rule had to hold the simple one against the best
    assert chosen >= 188  # 97 % expected
