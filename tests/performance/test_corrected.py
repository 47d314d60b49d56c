"""Nadeau and Bengio's correction, by hand and by what it is for."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from tests.performance import simulated
from therapport.performance import OutOfFold, bootstrap_weights, corrected_difference, paired_difference


def test_a_difference_by_hand() -> None:
    # Squared errors of a: 1, 1 | 4, 4; of b: 0 everywhere. Differences by fold 1 and 4, mean 2.5, variance 4.5.
    # Each fold tests two patients and trains on two: 4.5 * (1/2 + 1) = 6.75; t(.975, 1) = 12.7062.
    zero = np.zeros((1, 4))
    fold = np.array([[0, 0, 1, 1]])
    b = OutOfFold(np.zeros(4), zero, fold, zero, np.arange(4))
    a = replace(b, prediction=np.array([[1.0, -1, 2, 2]]))
    found = corrected_difference(a, b, loss="squared_error")
    assert found.value == pytest.approx(2.5)
    assert found.high == pytest.approx(2.5 + 12.7062047 * 6.75**0.5)
    assert found.low == pytest.approx(2.5 - 12.7062047 * 6.75**0.5)


def test_the_value_is_that_of_the_bootstrap_and_the_p_value_is_larger_than_that_of_the_plain_t() -> None:
    good = simulated.binary(seed=1, noise=0.2, repeats=3)
    worse = simulated.binary(seed=1, noise=1.5, repeats=3)
    weights = bootstrap_weights(good.cluster, draws=20, seed=2)
    found = corrected_difference(worse, good, loss="brier")
    assert found.value == pytest.approx(paired_difference(worse, good, weights, loss="brier").value)
    loss = [(one.truth - one.prediction) ** 2 for one in (worse, good)]
    by_fold = [(loss[0] - loss[1])[repeat, places].mean() for repeat, places in good.members()]
    plain = ttest_1samp(by_fold, 0)
    # Four folds of equal size: the standard error grows by sqrt((1/12 + 1/3) / (1/12)).
    assert found.p_value > plain.pvalue
    inflated = (found.high - found.low) / np.diff(plain.confidence_interval(0.95))[0]
    assert inflated == pytest.approx((1 + 12 / 3) ** 0.5, rel=1e-6)


def test_turning_the_pair_turns_the_interval() -> None:
    a, b = simulated.score(seed=3), simulated.score(seed=3)
    b = replace(b, prediction=b.prediction + np.random.default_rng(4).normal(size=b.prediction.shape))
    there, back = corrected_difference(a, b, loss="squared_error"), corrected_difference(b, a, loss="squared_error")
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
    assert there.p_value == pytest.approx(back.p_value)


def test_a_candidate_does_not_differ_from_itself() -> None:
    one = simulated.score(seed=5)
    found = corrected_difference(one, one, loss="squared_error")
    assert (found.value, found.low, found.high, found.p_value) == (0, 0, 0, 1)


def test_other_folds_cannot_be_compared() -> None:
    one = simulated.score(seed=6)
    with pytest.raises(ValueError, match="same folds"):
        corrected_difference(one, replace(one, fold=one.fold[::-1]), loss="squared_error")
    lone = replace(
        one, fold=np.zeros_like(one.fold[:1]), prediction=one.prediction[:1], training_mean=one.prediction[:1]
    )
    with pytest.raises(ValueError, match="no spread"):
        corrected_difference(lone, lone, loss="squared_error")
