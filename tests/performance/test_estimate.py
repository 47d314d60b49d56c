import numpy as np
import pytest
from scipy.stats import norm

from therapport.performance import Estimate, share
from therapport.performance.estimate import with_interval

PLAIN = float(norm.ppf(0.975))
"""A reach that stretches nothing."""


def test_the_ends_are_the_percentiles_of_the_draws() -> None:
    # 0, 1, …, 1000: the 2.5th percentile is 25, the 97.5th 975.
    assert with_interval(500.0, np.arange(1001.0), reach=PLAIN) == Estimate(500.0, 25.0, 975.0)


def test_they_are_stretched_from_the_median_and_stay_within_the_bounds_of_the_figure() -> None:
    # Median 500; below it 475 to the end, above it 475; half as much again is 712.5.
    found = with_interval(480.0, np.arange(1001.0), reach=1.5 * PLAIN)
    assert (found.low, found.high) == pytest.approx((-212.5, 1212.5))
    found = with_interval(480.0, np.arange(1001.0), reach=1.5 * PLAIN, bounds=(0.0, 1100.0))
    assert (found.low, found.high) == (0.0, 1100.0)


def test_one_cluster_has_no_interval() -> None:
    members = np.array([True, True, False])
    alone = share(np.array([1.0, 0.0, 1.0]), members, np.ones((10, 3)), np.array([4, 4, 5]))
    assert alone == Estimate(0.5)


def test_a_few_undefined_draws_are_passed_over() -> None:
    drawn = np.concatenate([np.arange(1001.0), np.full(40, np.nan)])
    assert with_interval(500.0, drawn, reach=PLAIN) == Estimate(500.0, 25.0, 975.0)


def test_many_undefined_draws_leave_no_interval() -> None:
    drawn = np.concatenate([np.arange(1001.0), np.full(60, np.nan)])
    assert with_interval(500.0, drawn, reach=PLAIN) == Estimate(500.0, None, None)


def test_an_end_that_lies_among_infinite_draws_is_unknown() -> None:
    drawn = np.concatenate([np.arange(950.0), np.full(51, np.inf)])
    assert with_interval(500.0, drawn, reach=PLAIN) == Estimate(500.0, 25.0, None)


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        (Estimate(1.0, -1.0, 2.0), True),
        (Estimate(1.0, 0.0, 2.0), True),
        (Estimate(1.0, 0.5, 2.0), False),
        (Estimate(-1.0, -2.0, -0.5), False),
        (Estimate(1.0, None, 2.0), False),
        (Estimate(1.0), False),
    ],
)
def test_an_interval_holds_a_value_only_if_both_ends_are_known(interval: Estimate, expected: bool) -> None:
    assert interval.contains(0) is expected
