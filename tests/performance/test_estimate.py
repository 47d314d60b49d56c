import numpy as np
import pytest

from therapport.performance import Estimate
from therapport.performance.estimate import with_interval


def test_the_ends_are_the_percentiles_of_the_draws() -> None:
    # 0, 1, …, 1000: the 2.5th percentile is 25, the 97.5th 975.
    assert with_interval(500.0, np.arange(1001.0)) == Estimate(500.0, 25.0, 975.0)


def test_a_few_undefined_draws_are_passed_over() -> None:
    drawn = np.concatenate([np.arange(1001.0), np.full(40, np.nan)])
    assert with_interval(500.0, drawn) == Estimate(500.0, 25.0, 975.0)


def test_many_undefined_draws_leave_no_interval() -> None:
    drawn = np.concatenate([np.arange(1001.0), np.full(60, np.nan)])
    assert with_interval(500.0, drawn) == Estimate(500.0, None, None)


def test_an_end_that_lies_among_infinite_draws_is_unknown() -> None:
    drawn = np.concatenate([np.arange(950.0), np.full(51, np.inf)])
    assert with_interval(500.0, drawn) == Estimate(500.0, 25.0, None)


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
