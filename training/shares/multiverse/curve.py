"""The specification curve of a family: shares in order with their intervals, above a matrix of what was chosen.

Drawn as a few paths that are stretched to the width of the page, so that 200 specifications stay small; strokes keep
their width (`vector-effect`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from training.shares import drawing, words
from training.shares.drawing import Axis
from training.shares.multiverse.choices import KINDS
from training.shares.multiverse.results import Multiverse, Specification

HEIGHT = 100.0
WIDEST = 1.5
"""Intervals that reach so many times beyond all values are cut there."""


@dataclass(frozen=True)
class Line:
    """One choice: the specifications in which it was made."""

    label: str
    path: str
    median: str


@dataclass(frozen=True)
class Chosen:
    """The choices of one kind."""

    label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Curve:
    """Everything in one picture; places are specifications from left to right and per cent from the top."""

    family: str
    colour: int
    width: int
    whiskers: str
    faint: str
    """Intervals that hold zero."""
    dots: str
    own: str
    """The study's own specification."""
    zero: float
    ticks: tuple[tuple[float, str], ...]
    choices: tuple[Chosen, ...]
    summary: str


def curve(multiverse: Multiverse, family: str, *, colour: int, summary: str) -> Curve:
    """The curve of one family, from its smallest share to its largest."""
    order = sorted(
        (one for one in multiverse.specifications if family in one.families), key=lambda one: one.families[family].value
    )
    axis = _axis(order, family)
    clear: list[str] = []
    faint: list[str] = []
    dots: list[str] = []
    own = ""
    for place, one in enumerate(order):
        figure, across = one.families[family], place + 0.5
        height = _down(axis, figure.value)
        if figure.low is not None and figure.high is not None:
            held = figure.low <= 0 <= figure.high
            low, high = _down(axis, figure.low), _down(axis, figure.high)
            (faint if held else clear).append(f"M{across} {high}V{low}")
        dots.append(f"M{across} {height}h.01")
        if one.own:
            own = f"M{across} {height}h.01"
    return Curve(
        family=family,
        colour=colour,
        width=max(len(order), 1),
        whiskers="".join(clear),
        faint="".join(faint),
        dots="".join(dots),
        own=own,
        zero=_down(axis, 0.0),
        ticks=tuple((round(HEIGHT - place, 2), label) for place, label in axis.ticks),
        choices=tuple(
            Chosen(
                KINDS[kind],
                tuple(_line(order, family, kind, name, label) for name, label in names.items()),
            )
            for kind, names in multiverse.choices.items()
        ),
        summary=summary,
    )


def _line(order: Sequence[Specification], family: str, kind: str, name: str, label: str) -> Line:
    places = [place for place, one in enumerate(order) if one.choices[kind] == name]
    shares = [order[place].families[family].value for place in places]
    middle = (shares[(len(shares) - 1) // 2] + shares[len(shares) // 2]) / 2 if shares else None
    return Line(
        label=label[:1].upper() + label[1:],
        path="".join(f"M{place + 0.5} 2V8" for place in places),
        median="–" if middle is None else words.amount(middle),
    )


def _axis(order: Sequence[Specification], family: str) -> Axis:
    values = [0.0, *(one.families[family].value for one in order)]
    reach = WIDEST * (max(values) - min(values)) or 0.01
    low, high = min(values) - reach, max(values) + reach
    ends = [end for one in order for end in (one.families[family].low, one.families[family].high) if end is not None]
    return drawing.axis([*values, *(min(max(end, low), high) for end in ends)])


def _down(axis: Axis, value: float) -> float:
    return round(HEIGHT - axis.place(value), 2)
