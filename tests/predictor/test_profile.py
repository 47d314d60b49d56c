"""What is kept of the training cohort, factor by factor: never a count under ten, never one patient's extreme."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import codebooks
from therapport.predictor import FactorProfile, profile

ANY = settings(max_examples=80, derandomize=True, deadline=None, database=None)
SMALLEST = 10


def of(name: str, values: Sequence[Any]) -> FactorProfile:
    kind = codebooks.mixed().factors[name].kind
    column = pd.Series(values, dtype=object if kind == "category" else "float64")
    return profile(pd.DataFrame({name: column}), codebooks.mixed(), [name])[name]


def test_a_number_is_kept_as_quartiles_and_the_fences_of_a_box_plot() -> None:
    found = of("months", [*map(float, range(1, 101))])
    # 25.75 - 1.5 x 49.5 and 75.25 + 1.5 x 49.5
    assert (found.usual_low, found.usual_high) == (-48.5, 149.5)
    # Quartiles of 1 … 100, interpolated: 1 + .25 x 99, 1 + .5 x 99, 1 + .75 x 99.
    assert (found.quartile_1, found.median, found.quartile_3) == (25.75, 50.5, 75.25)
    assert found.levels == {}


def test_where_more_than_ten_lie_beyond_a_fence_the_usual_range_reaches_to_the_tenth() -> None:
    # The quartiles of 200 fives and 50 others are 5 and 5, so the fences are 5 and 5.
    found = of("months", [5.0] * 200 + [float(value) for value in range(101, 151)])
    assert (found.usual_low, found.usual_high) == (5, 141)


def test_of_fewer_than_twenty_patients_no_quantile_is_kept() -> None:
    found = of("months", [*map(float, range(19)), *[np.nan] * 50])
    assert {found.usual_low, found.quartile_1, found.median, found.quartile_3, found.usual_high} == {None}
    assert of("months", [*map(float, range(20)), *[np.nan] * 50]).median == 9.5


def test_a_level_is_kept_with_its_share_from_ten_patients_on() -> None:
    found = of("mode", ["face"] * 60 + ["blended"] * 10 + ["online"] * 30)
    assert found.levels == {"face": 0.6, "blended": 0.1, "online": 0.3}
    assert found.most_common == "face"
    assert set(of("mode", ["face"] * 60 + ["blended"] * 9 + ["online"] * 31).levels) == {"face", "online"}


def test_a_boolean_is_kept_like_a_category_of_two() -> None:
    assert of("trained", [1.0] * 30 + [0.0] * 10).levels == {"true": 0.75, "false": 0.25}


def test_a_rare_level_does_not_show_in_the_share_of_the_others() -> None:
    # 391 of 397 would be .985 and tell of six; 392 of 397 and 395 of 397 give the same.
    shares = {rare: of("trained", [1.0] * (397 - rare) + [0.0] * rare).levels for rare in (1, 2, 5, 6, 9)}
    assert set(map(str, shares.values())) == {"{'true': 0.99}"}
    assert of("trained", [1.0] * 397).levels == {"true": 1.0}


def test_few_missing_values_are_not_told_from_other_few() -> None:
    def missing(absent: int) -> float:
        return of("months", [np.nan] * absent + [5.0] * 397).missing

    assert missing(0) == 0
    # 5 of 402
    assert {missing(absent) for absent in range(1, 10)} == {0.0124}
    # 40 of 437
    assert missing(40) == 0.0915


def test_few_known_values_are_not_told_from_other_few() -> None:
    def missing(known: int) -> float:
        return of("months", [np.nan] * 397 + [5.0] * known).missing

    assert missing(0) == 1
    assert len({missing(known) for known in range(1, 10)}) == 1


@ANY
@given(st.lists(st.integers(0, 480), min_size=20, max_size=60, unique=True))
def test_nobodys_extreme_is_kept(values: list[int]) -> None:
    found = of("months", [float(value) for value in values])
    assert found.quartile_1 is not None
    assert found.quartile_3 is not None
    fence = 1.5 * (found.quartile_3 - found.quartile_1)
    for beyond, fenced in (
        (sum(value <= (found.usual_low or 0) for value in values), found.usual_low == found.quartile_1 - fence),
        (sum(value >= (found.usual_high or 0) for value in values), found.usual_high == found.quartile_3 + fence),
    ):
        # A fence follows from the quartiles; only what does not may be a patient's own value.
        assert fenced or beyond >= SMALLEST
    for kept in (found.quartile_1, found.median, found.quartile_3):
        assert kept is not None
        assert min(values) < kept < max(values)
