"""What the sections of the report show: rows, cells and drawings, made of plain results."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil

from therapport.predictor.evidence import Figure
from training.shares import drawing, words
from training.shares.drawing import Axis, Bar
from training.shares.results import FamilyMatrix, FamilyShare, OutcomeShares, Partition, Shares, Together

LEVELS = 5
FAINT = 0.002
"""The strongest shade stands for at least this, so that small figures stay pale."""


@dataclass(frozen=True)
class ShareRow:
    """One family in the picture of shares."""

    label: str
    colour: int
    share: str
    unique: str
    shared: str
    alone: str
    outer: Bar
    inner: Bar
    whisker: tuple[float, float] | None
    beyond_zero: bool
    spoken: str


@dataclass(frozen=True)
class SharePicture:
    """Every family on one axis."""

    rows: tuple[ShareRow, ...]
    axis: Axis
    zero: float
    total: str
    unit: str
    measure: str


@dataclass(frozen=True)
class Cell:
    """One pair of families; empty on the diagonal and where nothing is said."""

    text: str
    note: str = ""
    shade: str = ""
    strong: bool = False


@dataclass(frozen=True)
class Matrix:
    """Families against families."""

    labels: tuple[tuple[str, int], ...]
    rows: tuple[tuple[Cell, ...], ...]


def share_picture(found: Shares, partition: Partition) -> SharePicture:
    """Bars with intervals: the share, and within it the unique part."""
    ends = [
        end
        for one in partition.families.values()
        for end in (one.share.low, one.share.high, one.share.value, one.unique.value)
    ]
    axis = drawing.axis(ends)
    return SharePicture(
        rows=tuple(_share_row(found, name, one, axis) for name, one in partition.families.items()),
        axis=axis,
        zero=axis.place(0.0),
        total=words.whole(partition.total),
        unit=words.MEASURES[partition.measure],
        measure=words.SHORT[partition.measure],
    )


def _share_row(found: Shares, name: str, one: FamilyShare, axis: Axis) -> ShareRow:
    low, high = one.share.low, one.share.high
    return ShareRow(
        label=found.families[name],
        colour=found.colours[name] % 10,
        share=words.whole(one.share),
        unique=words.whole(one.unique),
        shared=words.whole(one.shared),
        alone=words.whole(one.alone),
        outer=drawing.bar(axis, one.share.value),
        inner=drawing.bar(axis, one.unique.value),
        whisker=None if low is None or high is None else (axis.place(low), axis.place(high)),
        beyond_zero=one.beyond_zero,
        spoken=f"{found.families[name]}: share {words.whole(one.share)}, unique part {words.whole(one.unique)}",
    )


def overlap_matrix(found: Shares, partition: Partition) -> Matrix:
    """Shared variance of each pair; figures whose interval holds zero are in brackets."""
    figures = {frozenset((one.one, one.other)): one.overlap for one in partition.overlaps}
    largest = max((abs(one.value) for one in figures.values()), default=0.0)

    def cell(pair: frozenset[str]) -> Cell:
        figure = figures[pair]
        clear = _clear(figure)
        text = words.amount(figure.value)
        shade = _shade(figure.value, largest) if clear else ""
        return Cell(text if clear else f"({text})", words.interval(figure), shade, clear)

    return _matrix(found, list(partition.families), cell)


def together_matrix(found: Shares, pairs: Sequence[Together]) -> Matrix:
    """Gain out of fold of each pair; in brackets what is not beyond chance after correction."""
    figures = {frozenset((one.one, one.other)): one for one in pairs}
    largest = max((max(one.gain.value, 0.0) for one in pairs), default=0.0)

    def cell(pair: frozenset[str]) -> Cell:
        one = figures[pair]
        text = words.amount(one.gain.value)
        note = f"p {words.probability(one.adjusted)}" + (" *" if one.prestated else "")
        return Cell(
            text if one.found else f"({text})", note, _shade(one.gain.value, largest) if one.found else "", one.found
        )

    names = [name for name in found.families if any(name in pair for pair in figures)]
    return _matrix(found, names, cell)


def own_matrix(found: Shares, matrix: FamilyMatrix) -> Matrix:
    """The model's own matrix: what is left of each family on the diagonal, halves of pairs beside it."""
    names = list(matrix.sizes)
    largest = max(
        (size for one, row in matrix.sizes.items() for other, size in row.items() if one != other), default=0.0
    )
    rows = tuple(
        tuple(
            Cell(f"{size:.2f}", "", "self" if one == other else _shade(size, largest))
            for other, size in matrix.sizes[one].items()
        )
        for one in names
    )
    return Matrix(_labels(found, names), rows)


def corrected_picture(
    found: Shares, outcome: OutcomeShares
) -> tuple[tuple[tuple[str, int, str, str], ...], tuple[str, ...]]:
    """Family, colour, share as measured, share without error; and the factors taken for perfectly measured."""
    if outcome.corrected is None:
        return (), ()
    labels = {one.factor: one.label for family in outcome.spread.values() for one in family.factors}
    rows = tuple(
        (
            found.families[name],
            found.colours[name] % 10,
            words.whole(measured),
            words.whole(outcome.corrected.without_error[name]),
        )
        for name, measured in outcome.corrected.as_measured.items()
    )
    return rows, tuple(labels[name] for name in outcome.corrected.assumed)


def _matrix(found: Shares, names: Sequence[str], cell: Callable[[frozenset[str]], Cell]) -> Matrix:
    rows = tuple(
        tuple(Cell("", "", "self") if one == other else cell(frozenset((one, other))) for other in names)
        for one in names
    )
    return Matrix(_labels(found, names), rows)


def _labels(found: Shares, names: Sequence[str]) -> tuple[tuple[str, int], ...]:
    return tuple((found.families[name], found.colours[name] % 10) for name in names)


def _shade(value: float, largest: float) -> str:
    level = min(LEVELS, ceil(LEVELS * abs(value) / max(largest, FAINT)))
    return f"{'up' if value > 0 else 'down'}{level}" if level else ""


def _clear(figure: Figure) -> bool:
    return figure.low is not None and figure.high is not None and (figure.low > 0 or figure.high < 0)
