"""Curves and bars in units of their own drawing, so that a template only has to place them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from therapport.predictor.evidence import Comparison

WIDTH, HEIGHT = 420.0, 300.0
TICKS = 5
COLOURS = ("#8a929a", "#0b5d5b", "#b8860b", "#7b3f9d", "#b3432b", "#2f6db5", "#5a7d1a")
EMPTY = 1e-12


@dataclass(frozen=True)
class Axes:
    """Straight scales on a drawing of WIDTH x HEIGHT; y grows upwards."""

    left: float
    right: float
    bottom: float
    top: float

    def x(self, value: float) -> float:
        """Across."""
        return round(WIDTH * (value - self.left) / (self.right - self.left), 1)

    def y(self, value: float) -> float:
        """Down from the top, never outside the drawing."""
        share = (value - self.bottom) / (self.top - self.bottom)
        return round(HEIGHT * (1 - min(max(share, 0.0), 1.0)), 1)

    @property
    def across(self) -> list[tuple[float, str]]:
        """Places and labels of the ticks."""
        return [(self.x(value), f"{value:g}") for value in _round(self.left, self.right)]

    @property
    def up(self) -> list[tuple[float, str]]:
        """Places and labels of the ticks."""
        return [(self.y(value), f"{value:g}") for value in _round(self.bottom, self.top)]


@dataclass(frozen=True)
class Line:
    """One curve with its name."""

    label: str
    colour: str
    points: str
    bold: bool


@dataclass(frozen=True)
class Group:
    """A dot with its interval."""

    x: float
    y: float
    low: float
    high: float


@dataclass(frozen=True)
class Bar:
    """One family of one candidate, its width in per cent of the largest."""

    label: str
    colour: str
    width: float
    value: str


def calibration(comparison: Comparison) -> tuple[Axes, list[Group]]:
    """Observed against predicted on equal axes."""
    ends = [value for point in comparison.curve for value in (point.predicted, point.low, point.high)]
    low, high = (0.0, 1.0) if comparison.kind == "binary" else (min(ends, default=0.0), max(ends, default=1.0))
    axes = Axes(low, max(high, low + EMPTY), low, max(high, low + EMPTY))
    return axes, [
        Group(axes.x(one.predicted), axes.y(one.observed), axes.y(one.low), axes.y(one.high))
        for one in comparison.curve
    ]


def decision(comparison: Comparison) -> tuple[Axes, list[Line]]:
    """Net benefit over thresholds: of each candidate, of acting on everyone, and of acting on nobody."""
    points = comparison.decision
    if not points:
        return Axes(0, 1, 0, 1), []
    best = max((figure.value for point in points for figure in point.candidates.values()), default=0.0)
    axes = Axes(points[0].threshold, points[-1].threshold, -0.25 * max(best, 0.04), 1.1 * max(best, 0.04))
    # It soon falls out of the drawing; a line along its edge would say something else.
    everyone = [(one.threshold, one.everyone.value) for one in points if one.everyone.value >= axes.bottom]
    lines = [
        Line("act on everyone", "#c2c8ce", _path(axes, everyone), bold=False),
        Line("act on nobody", "#1a2026", _path(axes, [(one.threshold, 0.0) for one in points]), bold=False),
    ]
    for place, (name, one) in enumerate(comparison.candidates.items()):
        values = [(point.threshold, point.candidates[name].value) for point in points if name in point.candidates]
        lines.append(Line(one.label, COLOURS[place % len(COLOURS)], _path(axes, values), name == comparison.chosen))
    return axes, lines


def families(comparison: Comparison) -> list[tuple[str, list[Bar]]]:
    """Family -> one bar per candidate that uses it."""
    unit = 100.0 if comparison.kind == "binary" else 1.0
    largest = max((value for one in comparison.candidates.values() for value in one.families.values()), default=0.0)
    names = dict.fromkeys(family for one in comparison.candidates.values() for family in one.families)
    return [
        (
            family,
            [
                Bar(
                    one.label,
                    COLOURS[place % len(COLOURS)],
                    round(100 * one.families[family] / largest, 1) if largest > EMPTY else 0.0,
                    f"{unit * one.families[family]:.1f}",
                )
                for place, one in enumerate(comparison.candidates.values())
                if one.families.get(family, 0.0) > EMPTY
            ],
        )
        for family in names
    ]


def _path(axes: Axes, values: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{axes.x(x)},{axes.y(y)}" for x, y in values)


def _round(low: float, high: float) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten, about TICKS of them."""
    power = 10.0 ** math.floor(math.log10((high - low) / TICKS))
    step = next(power * times for times in (1, 2, 5, 10) if (high - low) / (power * times) <= TICKS)
    first, last = math.ceil(low / step - EMPTY), math.floor(high / step + EMPTY)
    return [round(place * step, 12) for place in range(first, last + 1)]
