"""How far intervals reach where groups are few, against Student's t, a slow way, and simulated means."""

import numpy as np
import pytest
from scipy.stats import foldnorm, t

from tests.performance import simulated
from therapport.performance import OutOfFold, bootstrap_weights, evaluate_score, reach


def _misses(errors: np.ndarray, cluster: np.ndarray, fold: np.ndarray) -> OutOfFold:
    nothing = np.zeros(fold.shape)
    return OutOfFold(errors, nothing, fold, nothing, cluster)


@pytest.mark.parametrize("clusters", [5, 15, 40])
def test_without_folds_and_with_equal_clusters_it_is_students(clusters: int) -> None:
    """The draws' variance is (K - 1) / K of the unbiased one, which has K - 1 degrees of freedom."""
    cluster = np.repeat(np.arange(clusters), 6)
    weights = bootstrap_weights(cluster, draws=3000, seed=1)
    found = reach.reach(cluster, np.zeros((1, len(cluster)), dtype=int), weights)
    expected = t.ppf(0.975, clusters - 1) * np.sqrt(clusters / (clusters - 1))
    assert found == pytest.approx(expected, rel=0.03)


def test_it_is_that_of_the_slow_way() -> None:
    predictions = simulated.score(seed=3)
    weights = bootstrap_weights(predictions.cluster, draws=25, seed=4)
    assert reach.of(predictions, weights) == pytest.approx(simulated.reach(predictions, weights))


def test_of_very_many_clusters_it_is_normal() -> None:
    everyone = np.arange(5000)
    weights = bootstrap_weights(everyone, draws=3, seed=1)
    assert reach.reach(everyone, everyone[np.newaxis] % 5, weights) == pytest.approx(1.96, abs=0.001)


def test_of_one_cluster_it_is_infinite() -> None:
    nobody_else = np.zeros(9, dtype=int)
    assert reach.reach(nobody_else, nobody_else[np.newaxis], np.ones((4, 9))) == np.inf


@pytest.mark.parametrize(("clusters", "repeats"), [(10, 1), (15, 2)])
def test_means_within_folds_of_a_few_clusters_hold_the_truth_about_as_often_as_they_say(
    clusters: int, repeats: int
) -> None:
    """Plain percentiles of the same draws hold it in 75 to 80 % of these."""
    spread = float(np.sqrt(0.3**2 + 1))
    truth = foldnorm.mean(1 / spread, scale=spread)  # of |1 + therapist + patient|
    held = []
    for seed in range(300):
        generator = np.random.default_rng(seed)
        share = generator.gamma(4, size=clusters)
        cluster = np.r_[np.arange(clusters), generator.choice(clusters, size=120, p=share / share.sum())]
        fold = simulated.folds_of(cluster, repeats=repeats, folds=5, generator=generator)
        errors = 1 + 0.3 * generator.normal(size=clusters)[cluster] + generator.normal(size=len(cluster))
        weights = bootstrap_weights(cluster, draws=300, seed=seed)
        held.append(evaluate_score(_misses(errors, cluster, fold), weights)["mae"].contains(truth))
    assert 0.915 <= np.mean(held) <= 0.985  # 2.5 standard errors of .95
