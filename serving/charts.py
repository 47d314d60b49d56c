"""Geometry of the charts: every position and width in per cent of the plotting area, so that pages can be any width."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from therapport.language import figure

TICKS, FEW_TICKS = 6, 3
"""A drawing beside a table has less room."""
PEOPLE, IN_A_ROW = 100, 10
NOISE = 1e-9


@dataclass(frozen=True)
class Tick:
    """A mark on an axis."""

    place: float
    label: str


@dataclass(frozen=True)
class Axis:
    """A straight scale from `low` (0 %) to `high` (100 %)."""

    low: float
    high: float

    def place(self, value: float) -> float:
        """Where a value lies; values beyond an end lie on it."""
        share = (value - self.low) / (self.high - self.low)
        return round(100 * min(max(share, 0.0), 1.0), 2)

    def ticks(self, most: int) -> tuple[Tick, ...]:
        """About so many round numbers within the axis, or fewer."""
        return tuple(Tick(self.place(value), label_of(value)) for value in round_numbers(self.low, self.high, most))


@dataclass(frozen=True)
class Bar:
    """A bar that begins at `place`."""

    place: float
    width: float


@dataclass(frozen=True)
class Whisker:
    """The ends of an interval."""

    low: float
    high: float


@dataclass(frozen=True)
class Person:
    """One of 100, by column and row of the array."""

    column: int
    row: int


@dataclass(frozen=True)
class IconArray:
    """100 people, ten in a row."""

    reached: tuple[Person, ...]
    others: tuple[Person, ...]


@dataclass(frozen=True)
class Interval:
    """A figure and the ends of its interval, where it has them."""

    place: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Forest:
    """One interval per row; None where the figure is undefined."""

    rows: tuple[Interval | None, ...]
    ticks: tuple[Tick, ...]
    mark: float | None
    """Where the figure that stands for chance, or for perfect calibration, lies."""


@dataclass(frozen=True)
class Group:
    """A group of people with similar predictions: `across` predicted, `up` observed (0 is the bottom)."""

    across: float
    up: float
    low: float
    high: float


@dataclass(frozen=True)
class Calibration:
    """Observed against predicted on two equal axes; the diagonal runs from corner to corner."""

    groups: tuple[Group, ...]
    ticks: tuple[Tick, ...]


@dataclass(frozen=True)
class Curves:
    """Lines on common axes, as places across and down."""

    lines: tuple[tuple[tuple[float, float], ...], ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    zero: float
    """How far down the line of nothing lies."""


@dataclass(frozen=True)
class Spread:
    """The values that 5, 25, 50, 75 and 95 % of people stay below."""

    lowest: float
    quarter: float
    half: float
    three_quarters: float
    highest: float


@dataclass(frozen=True)
class Spreads:
    """One spread per row on an axis with zero in its middle."""

    rows: tuple[Spread, ...]
    ticks: tuple[Tick, ...]


@dataclass(frozen=True)
class ScoreScale:
    """The whole range of an instrument with a predicted score on it."""

    value: float
    band: Bar | None
    clinical: Bar | None
    """The clinical side of the cut-off, which is its border; None where no cut-off is known."""
    cutoff: float | None
    start: float | None
    ticks: tuple[Tick, ...]


def diverging(favourable: float, *, scale: float) -> Bar:
    """A bar from the middle: to the right if it speaks for the outcome; `scale` is as long as half the area."""
    width = round(50 * min(abs(favourable) / scale, 1.0), 2) if scale > 0 else 0.0
    return Bar(50.0 if favourable >= 0 else round(50 - width, 2), width)


def whisker(one: float, other: float, *, scale: float) -> Whisker:
    """An interval on the scale of diverging bars; which end is which follows from the values."""
    axis = Axis(-scale, scale)
    low, high = sorted((axis.place(one), axis.place(other)))
    return Whisker(low, high)


def widths(values: Sequence[float]) -> tuple[float, ...]:
    """Simple bars: the largest value takes 100 %."""
    largest = max(values, default=0.0)
    return tuple(round(100 * value / largest, 2) if largest > 0 else 0.0 for value in values)


def icon_array(reached: int) -> IconArray:
    """The first `reached` of 100 people, row by row, and the others."""
    people = tuple(Person(place % IN_A_ROW, place // IN_A_ROW) for place in range(PEOPLE))
    return IconArray(people[:reached], people[reached:])


def forest(figures: Sequence[tuple[float, float | None, float | None] | None], *, mark: float | None = None) -> Forest:
    """Figures as (value, low, high) on one axis that also holds the mark."""
    ends = [end for figure in figures if figure for end in figure if end is not None]
    axis = _padded([*ends, *([] if mark is None else [mark])])
    return Forest(
        tuple(None if figure is None else _interval(axis, *figure) for figure in figures),
        axis.ticks(FEW_TICKS),
        None if mark is None else axis.place(mark),
    )


def calibration(groups: Sequence[tuple[float, float, float, float]], *, binary: bool) -> Calibration:
    """Groups as (predicted, observed, low, high); probabilities fill the axes from 0 to 1."""
    axis = Axis(0.0, 1.0) if binary else _padded([value for group in groups for value in group])
    return Calibration(tuple(Group(*(axis.place(value) for value in group)) for group in groups), axis.ticks(TICKS))


def curves(lines: Sequence[Sequence[tuple[float, float]]]) -> Curves:
    """Curves as (x, y) on common axes; zero is on them, and what lies far below all but the last one is cut off."""
    xs = [x for line in lines for x, _ in line]
    ys = [y for line in lines[:-1] for _, y in line] or [0.0]
    across = Axis(min(xs, default=0.0), max(xs, default=1.0))
    highest = max(*ys, 0.01)
    up = Axis(min(*ys, -0.2 * highest), 1.05 * highest)
    return Curves(
        tuple(tuple((across.place(x), round(100 - up.place(y), 2)) for x, y in line if y >= up.low) for line in lines),
        across.ticks(TICKS),
        up.ticks(TICKS),
        round(100 - up.place(0.0), 2),
    )


def spreads(quantiles: Sequence[tuple[float, float, float, float, float]]) -> Spreads:
    """Contributions at five quantiles, one row for each family."""
    furthest = max((abs(value) for row in quantiles for value in row), default=0.0)
    # Where nothing counts, rounding errors must not be blown up to the full width.
    reach = 1.05 * furthest if furthest > NOISE else 1.0
    axis = Axis(-reach, reach)
    return Spreads(tuple(Spread(*(axis.place(value) for value in row)) for row in quantiles), axis.ticks(FEW_TICKS))


def score_scale(
    *,
    ends: tuple[float, float],
    value: float,
    interval: tuple[float, float] | None,
    cutoff: float | None,
    lower_is_better: bool,
    start: float | None,
) -> ScoreScale:
    """A predicted score with its interval on the range of its instrument, the clinical side marked."""
    axis = Axis(*ends)
    border = None if cutoff is None else axis.place(cutoff)
    return ScoreScale(
        value=axis.place(value),
        band=None if interval is None else _bar(axis.place(interval[0]), axis.place(interval[1])),
        clinical=None if border is None else _bar(border, 100.0) if lower_is_better else _bar(0.0, border),
        cutoff=border,
        start=None if start is None else axis.place(start),
        ticks=axis.ticks(TICKS),
    )


def round_numbers(low: float, high: float, most: int) -> tuple[float, ...]:
    """Two or more multiples of 1, 2 or 5 (times a power of ten) from low to high, at most so many where that works."""
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    finer: tuple[float, ...] = ()
    for step in (power / 2, power, 2 * power, 5 * power, 10 * power):
        first, last = math.ceil(round(low / step, 9)), math.floor(round(high / step, 9))
        found = tuple(round(place * step, 12) for place in range(first, last + 1))
        if len(found) <= most:
            return found if len(found) > 1 else finer
        finer = found
    raise AssertionError("ten times the power is more than the range divided by `most`")


def label_of(value: float) -> str:
    """The shortest form of a tick, with a true minus sign."""
    return figure(f"{value + 0.0:g}".replace("-", "−"))


def _interval(axis: Axis, value: float, low: float | None, high: float | None) -> Interval:
    return Interval(
        axis.place(value), None if low is None else axis.place(low), None if high is None else axis.place(high)
    )


def _padded(values: Sequence[float]) -> Axis:
    low, high = min(values, default=0.0), max(values, default=1.0)
    margin = 0.06 * (high - low) or 0.5 * max(abs(low), 1.0)
    return Axis(low - margin, high + margin)


def _bar(begin: float, end: float) -> Bar:
    return Bar(begin, round(end - begin, 2))
