"""Figures with intervals below each other on one axis, as plain rows for the templates."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor

from therapport.predictor.figure import Figure
from training.shares import drawing, words
from training.shares.across.results import AcrossDelivery, AcrossOutcome, StratumShares
from training.shares.drawing import Axis
from training.shares.policy.results import Policy
from training.shares.results import Shares

STEPS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
MOST_TICKS = 7
WIDEST = 4
"""An interval may be so many times as wide as all values; beyond, the picture cuts it."""


@dataclass(frozen=True)
class Row:
    """One figure."""

    label: str
    text: str
    place: float
    whisker: tuple[float, float] | None
    colour: int = 6
    tag: str = ""


@dataclass(frozen=True)
class Group:
    """Rows under one heading."""

    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Forest:
    """Everything on one axis."""

    groups: tuple[Group, ...]
    ticks: tuple[tuple[float, str], ...]
    zero: float | None


def shares(found: Shares, outcome: AcrossOutcome, split: str) -> Forest:
    """The share of each family in each kind of one split."""
    strata = [one for one in outcome.strata if one.split == split]
    tests = {one.family: one.adjusted for one in outcome.differences if one.split == split}
    axis = _axis([share for one in strata for share in one.families.values()])

    def heading(family: str) -> str:
        said = f" (differs: p {words.probability(tests[family])})" if family in tests else ""
        return f"{found.families[family]}{said}"

    groups = tuple(
        Group(
            heading(family),
            tuple(
                _row(f"{one.label} ({one.patients:,})", one.families[family], axis, words.whole, colour=colour % 10)
                for one in strata
                if family in one.families
            ),
        )
        for family, colour in found.colours.items()
    )
    return Forest(tuple(one for one in groups if one.rows), axis.ticks, axis.place(0.0))


def vary(strata: Sequence[StratumShares], family: str) -> bool:
    """Whether patients of any kind differ in the family at all: in its delivery they need not."""
    return any(family in one.families for one in strata)


def gaps(across: AcrossDelivery) -> Forest:
    """Every gap in standard deviations; to the right the first falls short."""
    axis = _axis([one.standardised for one in across.gaps])
    groups = []
    for measure in dict.fromkeys(one.measure for one in across.gaps):
        own = [one for one in across.gaps if one.measure == measure]
        rows = (
            _row(
                f"{one.one} beside {one.other}",
                one.standardised,
                axis,
                plain,
                tag={"far_short": "falls far short", "short": "falls short", "better": "does better"}.get(
                    one.verdict, "no difference that matters" if one.verdict == "none" else "cannot be told"
                ),
            )
            for one in own
        )
        groups.append(Group(own[0].label, tuple(rows)))
    return Forest(tuple(groups), _ticks(axis, lambda value: f"{value:g}"), axis.place(0.0))


def shifted(policy: Policy, name: str) -> Forest | None:
    """One figure of every mix; None where it is not known. The axis need not hold zero."""
    figures = [(one, getattr(one, name)) for one in policy.shifts]
    known = [figure for _, figure in figures if figure is not None]
    if not known:
        return None
    ends = [end for figure in known for end in (figure.low, figure.high, figure.value) if end is not None]
    low, high = min(ends), max(ends)
    margin = 0.06 * (high - low) or 0.01
    axis = Axis(low - margin, high + margin)
    show = words.whole if name.startswith("response") else plain
    rows = tuple(
        _row(one.name, figure, axis, show, tag="extrapolated" if one.extrapolates else "")
        for one, figure in figures
        if figure is not None
    )
    ticks = axis.ticks if name.startswith("response") else _ticks(axis, lambda value: f"{value:,.6g}")
    return Forest((Group("", rows),), ticks, None)


def plain(figure: Figure) -> str:
    """`0.91 (0.76 to 1.06)`, larger figures with fewer decimals."""
    ends = "–" if figure.low is None or figure.high is None else f"{_number(figure.low)} to {_number(figure.high)}"
    return f"{_number(figure.value)} ({ends})"


def _number(value: float) -> str:
    decimals = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0  # noqa: PLR2004 - three figures or so
    return f"{round(value, decimals) + 0.0:,.{decimals}f}".replace("-", "−")


def _row(  # noqa: PLR0917 - what a row is made of
    label: str, figure: Figure, axis: Axis, show: Callable[[Figure], str], colour: int = 6, tag: str = ""
) -> Row:
    low, high = figure.low, figure.high
    whisker = None if low is None or high is None else (axis.place(low), axis.place(high))
    return Row(label, show(figure), axis.place(figure.value), whisker, colour, tag)


def _axis(figures: Sequence[Figure]) -> Axis:
    """Values decide; an interval that is many times as wide does not squeeze all others."""
    values = [0.0, *(one.value for one in figures)]
    reach = WIDEST * (max(values) - min(values)) or 0.01
    ends: Iterable[float] = (end for one in figures for end in (one.low, one.high) if end is not None)
    return drawing.axis([*values, *(min(max(end, min(values) - reach), max(values) + reach) for end in ends)])


def _ticks(axis: Axis, label: Callable[[float], str]) -> tuple[tuple[float, str], ...]:
    step = next((one for one in STEPS if (axis.high - axis.low) / one <= MOST_TICKS), None)
    step = step or (axis.high - axis.low) / MOST_TICKS
    first, last = ceil(axis.low / step - 1e-9), floor(axis.high / step + 1e-9)
    return tuple(
        (axis.place(one * step), label(round(one * step, 6)).replace("-", "−")) for one in range(first, last + 1)
    )
