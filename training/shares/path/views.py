"""What the section on the path shows, made of plain results."""

from collections.abc import Iterator
from dataclasses import dataclass

from therapport.predictor.evidence import Figure
from training.shares import drawing, words
from training.shares.drawing import Axis, Bar
from training.shares.path.results import Beginning, Path, clear
from training.shares.path.words import NAMES
from training.shares.results import OutcomeShares, Shares


@dataclass(frozen=True)
class PartRow:
    """Total, direct, or what passes through a stage."""

    label: str
    figure: str
    bar: Bar
    whisker: tuple[float, float] | None
    clear: bool
    main: bool


@dataclass(frozen=True)
class Parts:
    """The parts of one beginning."""

    label: str
    colour: int
    rows: tuple[PartRow, ...]


@dataclass(frozen=True)
class OrderRow:
    """One family: its share in all orders, in those of the path, and without mediators."""

    label: str
    colour: int
    plain: str
    ordered: str
    difference: str
    without: str
    """Empty where that was not asked of the model."""


def axis(path: Path) -> Axis:
    """One for all beginnings."""
    figures = [figure for one in path.beginnings for _, figure in _parts(one)]
    return drawing.axis(end for figure in figures for end in (figure.value, figure.low, figure.high))


def parts(found: Shares, path: Path) -> tuple[Parts, ...]:
    """Bars with intervals for every beginning."""
    along = axis(path)
    return tuple(
        Parts(
            path.labels[one.factor],
            found.colours.get(one.family, 0) % 10,
            tuple(_row(along, label, figure) for label, figure in _parts(one)),
        )
        for one in path.beginnings
    )


def _parts(one: Beginning) -> Iterator[tuple[str, Figure]]:
    yield "Total", one.total
    yield "Direct", one.direct
    yield "Mediated", one.mediated
    for number, (stage, figure) in enumerate(one.through.items()):
        yield f"through {NAMES[stage]}{' and no earlier stage' if number else ''}", figure


def _row(along: Axis, label: str, figure: Figure) -> PartRow:
    whisker = None if figure.low is None or figure.high is None else (along.place(figure.low), along.place(figure.high))
    return PartRow(
        label, words.whole(figure), drawing.bar(along, figure.value), whisker, clear(figure), label[0].isupper()
    )


def orders(found: Shares, outcome: OutcomeShares) -> tuple[tuple[str, tuple[OrderRow, ...]], ...]:
    """For each model: plain shares beside those in the order of the path; without mediators for the linear one."""
    path = outcome.path
    made = []
    for one in () if path is None else path.ordered:
        model = next(model for model in outcome.models if model.model == one.model)
        out = path.mediators_out if path is not None and one.model == "linear" else {}
        rows = tuple(
            OrderRow(
                found.families[family],
                found.colours[family] % 10,
                words.whole(share.share),
                words.whole(one.families[family].ordered),
                words.whole(one.families[family].difference),
                words.whole(out[family]) if family in out else "–" if out else "",
            )
            for family, share in model.partitions[0].families.items()
        )
        made.append((model.label, rows))
    return tuple(made)


def outcome_label(outcome: OutcomeShares) -> str:
    """As short as a box asks for."""
    return "Outcome: end score" if outcome.kind == "score" else "Outcome: response"
