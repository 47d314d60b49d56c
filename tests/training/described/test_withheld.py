"""An attacker who knows every total and everything that is shown cannot work out a count below 10."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from training.described.withheld import shown, withheld

SMALL = st.one_of(st.integers(0, 14), st.integers(0, 200))
TABLES = st.integers(1, 3).flatmap(
    lambda groups: st.lists(st.lists(SMALL, min_size=groups, max_size=groups), min_size=2, max_size=6)
)


def reach(counts: np.ndarray, told: list[tuple[int | None, ...]], part: int, column: int) -> tuple[int, int]:
    """The least and the most that a cell can be, given the totals of every column and every cell that is told."""
    parts, columns = counts.shape
    cells = parts * columns
    rows, values = [], []
    for place in range(columns):
        rows.append([float(cell % columns == place) for cell in range(cells)])
        values.append(counts[:, place].sum())
    if columns > 1:
        for one in range(parts):
            # Everyone is the sum of the groups.
            row = np.zeros((parts, columns))
            row[one, 0], row[one, 1:] = -1, 1
            rows.append(row.ravel().tolist())
            values.append(0)
    known = [told[one][place] for one in range(parts) for place in range(columns)]
    low = [0 if value is None else value for value in known]
    high = [counts.sum() if value is None else value for value in known]
    wanted = np.zeros(cells)
    wanted[part * columns + column] = 1
    ends = []
    for sign in (1, -1):
        found = milp(
            sign * wanted,
            constraints=LinearConstraint(np.array(rows), values, values),
            bounds=Bounds(low, high),
            integrality=np.ones(cells),
        )
        assert found.success
        ends.append(round(sign * found.fun))
    return ends[0], ends[1]


def with_everyone(groups: list[list[int]]) -> np.ndarray:
    own = np.array(groups)
    return own if own.shape[1] == 1 else np.column_stack([own.sum(axis=1), own])


@settings(max_examples=80)
@given(TABLES)
def test_no_small_count_can_be_told_from_a_large_one(groups: list[list[int]]) -> None:
    counts = with_everyone(groups)
    told = shown(counts)
    for part, column in np.argwhere((counts > 0) & (counts < 10)).tolist():
        assert told[part][column] is None
        if counts[:, column].sum() >= 10:  # else the total itself is small, and has no column
            least, most = reach(counts, told, part, column)
            assert least < most
            assert most >= 10


@given(TABLES)
def test_what_is_told_is_true_and_nothing_is_hidden_without_need(groups: list[list[int]]) -> None:
    counts = with_everyone(groups)
    told = shown(counts)
    assert all(value in (None, count) for row, own in zip(told, counts.tolist(), strict=True)
               for value, count in zip(row, own, strict=True))  # fmt: skip
    if not ((counts > 0) & (counts < 10)).any():
        assert told == [tuple(row) for row in counts.tolist()]


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ([40, 30, 0], [False, False, False]),
        ([40, 30, 3], [False, True, True]),  # the smallest other one hides it: together 33
        ([40, 6, 5], [False, True, True]),  # 11 together, so no third is needed
        ([40, 3, 2, 4, 1], [False, True, True, True, True]),
        ([40, 2, 1], [True, True, True]),  # 3 together would still point at people
        ([200, 0, 7], [True, False, True]),  # nobody hides nobody
    ],
)
def test_by_hand(counts: list[int], hidden: list[bool]) -> None:
    assert withheld(np.array(counts)[:, np.newaxis]).tolist() == hidden
