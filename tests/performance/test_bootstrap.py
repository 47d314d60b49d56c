import numpy as np
import pytest

from tests.performance import simulated
from therapport.errors import DesignError
from therapport.performance import OutOfFold, bootstrap_weights, evaluate_score

CLUSTER = np.array([7, 3, 3, 9, 7, 7, 3, 12])


def test_all_patients_of_a_cluster_share_a_weight() -> None:
    weights = bootstrap_weights(CLUSTER, draws=500, seed=1)
    for code in np.unique(CLUSTER):
        own = weights[:, code == CLUSTER]
        np.testing.assert_array_equal(own, np.broadcast_to(own[:, :1], own.shape))


def test_every_draw_holds_as_many_clusters_as_there_are() -> None:
    weights = bootstrap_weights(CLUSTER, draws=500, seed=2)
    _, first_patient = np.unique(CLUSTER, return_index=True)
    assert set(weights[:, first_patient].sum(axis=1)) == {4}
    assert len(set(weights.sum(axis=1))) > 1  # while the number of patients varies


def test_clusters_are_drawn_with_equal_chances_and_with_replacement() -> None:
    # Binomial(4, 1/4): mean 1, variance 3/4, absent in (3/4)^4 = .316 of the draws.
    weights = bootstrap_weights(CLUSTER, draws=20_000, seed=3)
    np.testing.assert_allclose(weights.mean(axis=0), 1, atol=0.03)
    np.testing.assert_allclose(weights.var(axis=0), 0.75, atol=0.04)
    np.testing.assert_allclose((weights == 0).mean(axis=0), 0.75**4, atol=0.015)


def test_the_seed_decides() -> None:
    first, again, other = (bootstrap_weights(CLUSTER, draws=20, seed=seed) for seed in (4, 4, 5))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_one_cluster_only_is_refused() -> None:
    with pytest.raises(DesignError, match="at least two groups"):
        bootstrap_weights(np.zeros(30, dtype=int), draws=10, seed=6)


def _misses(errors: np.ndarray, cluster: np.ndarray) -> OutOfFold:
    nothing = np.zeros((1, len(errors)))
    return OutOfFold(errors, nothing, nothing.astype(int), nothing, cluster)


def test_the_interval_of_a_mean_over_single_patients_is_that_of_normal_theory() -> None:
    errors = np.random.default_rng(7).normal(2, 5, size=400)
    weights = bootstrap_weights(np.arange(400), draws=4000, seed=8)
    mean = evaluate_score(_misses(errors, np.arange(400)), weights)["calibration_intercept"]
    margin = 1.96 * errors.std(ddof=1) / 20
    assert mean.value == pytest.approx(errors.mean())
    assert mean.low == pytest.approx(errors.mean() - margin, abs=0.08 * margin)
    assert mean.high == pytest.approx(errors.mean() + margin, abs=0.08 * margin)


def test_patients_who_are_copies_of_each_other_add_no_certainty() -> None:
    by_therapist = np.random.default_rng(9).normal(2, 5, size=100)
    cluster = np.repeat(np.arange(100), 16)
    weights = bootstrap_weights(cluster, draws=4000, seed=10)
    mean = evaluate_score(_misses(by_therapist[cluster], cluster), weights)["calibration_intercept"]
    margin = 1.96 * by_therapist.std(ddof=1) / 10  # of 100 therapists, not of 1,600 patients
    assert mean.low == pytest.approx(mean.value - margin, abs=0.08 * margin)
    assert mean.high == pytest.approx(mean.value + margin, abs=0.08 * margin)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    held = 0
    for seed in range(200):
        generator = np.random.default_rng(seed)
        cluster = np.repeat(np.arange(60), 5)
        errors = generator.normal(size=60)[cluster] + generator.normal(size=300)
        weights = bootstrap_weights(cluster, draws=200, seed=seed)
        held += evaluate_score(_misses(errors, cluster), weights)["calibration_intercept"].contains(0)
    assert 0.90 <= held / 200 <= 0.98  # 2.5 standard errors of .94


def test_small_whole_number_weights_mean_what_large_ones_mean() -> None:
    predictions = simulated.score(seed=11)
    weights = bootstrap_weights(predictions.cluster, draws=20, seed=12)
    assert evaluate_score(predictions, weights.astype(np.uint8)) == evaluate_score(predictions, weights)
