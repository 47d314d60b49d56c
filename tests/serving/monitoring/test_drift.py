"""Distances against their definitions, and chance against simulation."""

import numpy as np
import pytest
from scipy import stats

from serving.monitoring.drift import distance
from therapport.predictor.distribution import distribution


def test_the_index_by_hand() -> None:
    """Half a patient in each cell: .5 -> 50.5/101, .25 -> 25.5/102…"""
    found = distance((0.5, 0.5), 1000, np.array([100, 300]))
    before, after = np.array([0.5, 0.5]), np.array([100.5, 300.5]) / 401
    assert found.psi == pytest.approx(((after - before) * np.log(after / before)).sum())
    # Kullback-Leibler both ways.
    assert found.psi == pytest.approx(stats.entropy(after, before) + stats.entropy(before, after))
    assert found.ks == pytest.approx(0.25)
    assert found.verdict(400) == "shifted"
    assert found.verdict(40) == "too few"
    assert distance((0.5, 0.5), 1000, np.array([200, 200])).verdict(400) == "as before"


def test_the_binned_difference_is_kolmogorovs_on_the_cells() -> None:
    generator = np.random.default_rng(3)
    then, now = generator.integers(0, 5, 400), generator.integers(1, 6, 300)
    shares = tuple(np.bincount(then, minlength=6) / 400)
    found = distance(shares, 400, np.bincount(now, minlength=6))
    assert found.ks == pytest.approx(stats.ks_2samp(then, now).statistic)


@pytest.mark.parametrize(("then", "now"), [(500, 150), (3000, 400)])
def test_chance_is_exceeded_in_about_one_of_a_hundred(then: int, now: int) -> None:
    generator = np.random.default_rng(5)
    beyond = 0
    for _ in range(2000):
        values = generator.normal(size=then)
        known = distribution(values)
        assert known is not None
        found = distance(known.shares, known.patients, known.counts(generator.normal(size=now)))
        beyond += found.psi > found.chance
    assert 0.003 < beyond / 2000 < 0.022


def test_cells_hold_ten_patients_and_no_value_of_one() -> None:
    generator = np.random.default_rng(7)
    for patients in (20, 25, 57, 400):
        values = np.round(generator.gamma(2, 3, patients), 6)
        known = distribution(values)
        assert known is not None
        assert known.counts(values).min() >= 10
        assert known.counts(values).sum() == patients
        assert not set(known.edges) & set(values)
        assert known.shares == pytest.approx(known.counts(values) / patients, abs=5.1e-4)
    assert distribution(np.arange(19.0)) is None
    constant = distribution(np.ones(50))
    assert constant is not None
    assert constant.edges == ()
    assert constant.counts(np.array([np.nan, 2.0])).tolist() == [1]
