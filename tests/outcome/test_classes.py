"""Jacobson and Truax's four classes, by hand: PHQ-9 with its cut-off of 10 and a reliable change of 6 points."""

import numpy as np
import pytest

from therapport.outcome import ChangeClass, classes

NOT_KNOWN = float("nan")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (16, 9, "recovered"),  # 7 points, and across the line
        (16, 10, "improved"),  # 6 points, but still a case
        (9, 2, "improved"),  # 7 points, but no line was crossed
        (15, 10, "unchanged"),  # 5 points
        (10, 9, "unchanged"),  # across the line by one point
        (9, 10, "unchanged"),  # across it the other way, by one point
        (9, 15, "deteriorated"),  # 6 points worse
        (20, 26, "deteriorated"),
        (5, 5, "unchanged"),
        (NOT_KNOWN, 5, ""),
        (5, NOT_KNOWN, ""),
    ],
)
def test_the_class_of_a_change(before: float, after: float, expected: str) -> None:
    found = classes(np.array([before]), np.array([after]), cutoff=10, reliable_change=6, better="lower")
    assert found[0] == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (20, 25, "recovered"),
        (19, 24, "improved"),
        (25, 30, "improved"),
        (30, 25, "deteriorated"),
        (24, 25, "unchanged"),
    ],
)
def test_the_class_where_higher_is_better(before: float, after: float, expected: str) -> None:
    # ORS: 25 or above is healthy, 5 points are reliable.
    found = classes(np.array([before]), np.array([after]), cutoff=25, reliable_change=5, better="higher")
    assert found[0] == expected


def test_classes_can_be_counted() -> None:
    before, after = np.array([16.0, 16, 9, 20, NOT_KNOWN]), np.array([9.0, 10, 15, 20, 4])
    found = classes(before, after, cutoff=10, reliable_change=6, better="lower")
    assert [int((found == one).sum()) for one in ChangeClass] == [1, 1, 1, 1]
