"""Geometry of the pictures: every place and width in per cent of the drawing, so that a page can be any width."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from training.shares import words

STEPS = (0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
MOST_TICKS = 6
MARGIN = 0.04


@dataclass(frozen=True)
class Axis:
    """A straight scale that holds zero."""

    low: float
    high: float

    def place(self, value: float) -> float:
        """Where a value lies, in per cent."""
        share = (value - self.low) / (self.high - self.low)
        return round(100 * min(max(share, 0.0), 1.0), 2)

    @property
    def ticks(self) -> tuple[tuple[float, str], ...]:
        """Place and label of a few round values."""
        step = next((one for one in STEPS if (self.high - self.low) / one <= MOST_TICKS), STEPS[-1])
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return tuple((self.place(one * step), _label(one * step)) for one in range(first, last + 1))


@dataclass(frozen=True)
class Bar:
    """From zero to a value."""

    place: float
    width: float


def axis(values: Iterable[float | None]) -> Axis:
    """An axis for these values and zero."""
    known = [0.0, *(value for value in values if value is not None)]
    low, high = min(known), max(known)
    margin = MARGIN * (high - low) or 0.01
    return Axis(low - (margin if low < 0 else 0.0), high + margin)


def bar(along: Axis, value: float) -> Bar:
    """A bar from zero to the value, to the left where it is negative."""
    begin, end = sorted((along.place(0.0), along.place(value)))
    return Bar(begin, round(end - begin, 2))


def _label(value: float) -> str:
    return words.amount(value).removesuffix(".0")
