import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving import charts

numbers = st.floats(-1e6, 1e6)
positive = st.floats(1e-3, 1e6)


@given(numbers, positive)
def test_a_diverging_bar_begins_or_ends_in_the_middle_and_stays_inside(favourable: float, scale: float) -> None:
    bar = charts.diverging(favourable, scale=scale)
    assert bar.place == 50 if favourable >= 0 else bar.place + bar.width == pytest.approx(50)
    assert 0 <= bar.place <= bar.place + bar.width <= 100


def test_a_diverging_bar_is_as_long_as_its_share_of_the_scale() -> None:
    assert charts.diverging(0.1, scale=0.2) == charts.Bar(50.0, 25.0)
    assert charts.diverging(-0.1, scale=0.2) == charts.Bar(25.0, 25.0)


@given(numbers, numbers, positive)
def test_a_whisker_lies_around_its_bar_and_stays_inside(one: float, other: float, scale: float) -> None:
    whisker = charts.whisker(one, other, scale=scale)
    assert 0 <= whisker.low <= whisker.high <= 100
    assert whisker == charts.whisker(other, one, scale=scale)
    assert whisker.high < 50 or max(one, other) > -scale / 100
    bar = charts.diverging((one + other) / 2, scale=scale)
    end = bar.place + (bar.width if one + other >= 0 else 0)
    assert whisker.low - 0.02 <= end <= whisker.high + 0.02


def test_a_whisker_is_drawn_on_the_scale_of_the_bars() -> None:
    assert charts.whisker(-0.1, 0.05, scale=0.2) == charts.Whisker(25.0, 62.5)


def test_simple_bars_are_shares_of_the_largest() -> None:
    assert charts.widths([2.0, 1.0, 0.0]) == (100.0, 50.0, 0.0)
    assert charts.widths([0.0, 0.0]) == (0.0, 0.0)


@given(st.integers(0, 100))
def test_an_icon_array_is_a_hundred_people_filled_row_by_row(reached: int) -> None:
    array = charts.icon_array(reached)
    assert len(array.reached) == reached
    everyone = [(one.row, one.column) for one in (*array.reached, *array.others)]
    assert everyone == [(row, column) for row in range(10) for column in range(10)]


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (0, 27, 6, (0, 5, 10, 15, 20, 25)),
        (0, 1, 6, (0, 0.2, 0.4, 0.6, 0.8, 1)),
        (-0.11, 0.12, 4, (-0.1, 0, 0.1)),
        (4.7, 6.1, 4, (5, 5.5, 6)),
        # Steps of 0.5 would leave zero alone.
        (-0.41, 0.38, 3, (-0.4, -0.2, 0, 0.2)),
    ],
)
def test_ticks_are_the_round_numbers_that_fit(low: float, high: float, most: int, expected: tuple[float, ...]) -> None:
    assert charts.round_numbers(low, high, most) == pytest.approx(expected)


@given(numbers, positive, st.integers(3, 6))
def test_there_are_some_ticks_and_never_too_many_all_within_the_axis(low: float, length: float, most: int) -> None:
    places = charts.round_numbers(low, low + length, most)
    assert 2 <= len(places) <= max(most, 5)
    margin = 1e-6 * length + 1e-9 * abs(low)
    assert all(low - margin <= place <= low + length + margin for place in places)


def test_an_axis_is_a_straight_line() -> None:
    axis = charts.Axis(10, 20)
    assert [axis.place(value) for value in (10, 12.5, 20)] == [0, 25, 100]
    assert [axis.place(value) for value in (9, 21)] == [0, 100]


@pytest.mark.parametrize(("value", "label"), [(-0.0, "0"), (-5.0, "−5"), (0.2, "0.2"), (100.0, "100")])
def test_ticks_are_written_short(value: float, label: str) -> None:
    assert charts.label_of(value) == label


figure = st.tuples(numbers, positive, positive).map(lambda one: (one[0], one[0] - one[1], one[0] + one[2]))


@given(st.lists(st.none() | figure, min_size=1), st.none() | numbers)
def test_a_forest_keeps_every_interval_around_its_figure(
    figures: list[tuple[float, float, float] | None], mark: float | None
) -> None:
    forest = charts.forest(figures, mark=mark)
    assert [row is None for row in forest.rows] == [one is None for one in figures]
    for row in forest.rows:
        assert row is None or 0 <= (row.low or 0) <= row.place <= (row.high or 0) <= 100
    assert (forest.mark is None) == (mark is None)


def test_a_forest_is_drawn_on_one_axis_with_the_mark() -> None:
    # The axis runs from 0.5 to 0.8, with 6 % of its length more at each end: 0.482 to 0.818.
    forest = charts.forest([(0.7, 0.6, 0.8), None], mark=0.5)
    assert forest.mark == pytest.approx(100 * 0.018 / 0.336, abs=0.01)
    row = forest.rows[0]
    assert row is not None
    assert row.place == pytest.approx(100 * 0.218 / 0.336, abs=0.01)
    assert forest.rows[1] is None


def test_a_figure_without_an_interval_is_a_dot() -> None:
    row = charts.forest([(0.7, None, None)]).rows[0]
    assert row == charts.Interval(50.0, None, None)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1))
def test_probabilities_are_drawn_on_the_whole_square(pairs: list[tuple[float, float]]) -> None:
    drawn = charts.calibration([(x, y, y, y) for x, y in pairs], binary=True)
    for (x, y), group in zip(pairs, drawn.groups, strict=True):
        assert (group.across, group.up) == pytest.approx((100 * x, 100 * y), abs=0.01)


def test_groups_that_are_predicted_as_observed_lie_on_the_diagonal() -> None:
    drawn = charts.calibration([(5, 5, 4, 6), (12, 12, 11, 13)], binary=False)
    assert all(group.across == group.up for group in drawn.groups)
    assert drawn.groups[0].low < drawn.groups[0].up < drawn.groups[0].high


def test_spreads_share_an_axis_with_zero_in_its_middle() -> None:
    drawn = charts.spreads([(-10, -5, 0, 5, 10), (-1, 0, 0, 0, 20)])
    assert [tick.place for tick in drawn.ticks if tick.label == "0"] == [50]
    first, second = drawn.rows
    assert first.half == second.half == 50
    assert 50 - first.lowest == pytest.approx(first.highest - 50)
    # 20 is the furthest: it lies 50 / 1.05 per cent from the middle.
    assert second.highest == pytest.approx(50 + 50 / 1.05, abs=0.01)


def test_rounding_errors_are_not_blown_up_to_a_spread() -> None:
    assert charts.spreads([(-5e-17, 0, 0, 3e-17, 5e-17)]).rows[0] == charts.Spread(50, 50, 50, 50, 50)


@pytest.mark.parametrize(("lower_is_better", "clinical"), [(True, (50, 50)), (False, (0, 50))])
def test_a_score_lies_on_the_whole_range_with_its_clinical_side(
    lower_is_better: bool, clinical: tuple[float, float]
) -> None:
    scale = charts.score_scale(
        ends=(0, 20), value=5, interval=(2, 9), cutoff=10, lower_is_better=lower_is_better, start=15
    )
    assert (scale.value, scale.start, scale.cutoff) == (25, 75, 50)
    assert scale.band == charts.Bar(10, 35)
    assert scale.clinical == charts.Bar(*clinical)


def test_without_a_cutoff_no_side_is_clinical() -> None:
    scale = charts.score_scale(ends=(0, 20), value=5, interval=None, cutoff=None, lower_is_better=True, start=None)
    assert (scale.clinical, scale.cutoff, scale.band, scale.start) == (None, None, None, None)
