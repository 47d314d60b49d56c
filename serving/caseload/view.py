"""One page of a caseload, ready for its template."""

from dataclasses import dataclass

import numpy as np

from serving import charts, patient_view, sentences
from serving.caseload import asked as asking
from serving.caseload import courses, words
from serving.caseload.asked import ON_A_PAGE, Asked
from serving.caseload.source import Listed
from serving.caseload.standing import STANDINGS, Standing, Standings
from serving.language import family_label
from serving.text import count, number, span
from therapport.language import gettext as _
from therapport.language import pgettext
from therapport.predictor import Predictor

MOST_FAMILIES = 2


@dataclass(frozen=True)
class Person:
    """One patient in the list."""

    id: str
    place: int
    """In the cohort; 1 is the first patient."""
    standing: Standing
    figure: str
    interval: str
    drawn: charts.Interval | None
    said: str
    """What speaks against a good end, or why there is no prediction."""
    cautions: str
    course: str = ""
    """Where the latest score lies outside the expected band, on the poorer side."""


@dataclass(frozen=True)
class Choice:
    """A link that changes what is shown."""

    label: str
    link: str
    chosen: bool


@dataclass(frozen=True)
class CaseloadPage:
    """Everything that the template shows."""

    summary: str
    line: str
    unit: str
    notice: str
    people: tuple[Person, ...]
    places: tuple[int, ...]
    """Of these people in the cohort, from 0."""
    mark: float
    shows: tuple[Choice, ...]
    families: tuple[Choice, ...]
    sorts: tuple[Choice, ...]
    pages: tuple[Choice, ...]
    position: str


def caseload_page(predictor: Predictor, listed: Listed, asked: Asked) -> CaseloadPage:
    """The page that is asked for; a page beyond the last one is the last one."""
    known, families = listed.standings, tuple(predictor.families)
    rows = asking.rows(known, listed.answers[predictor.codebook.id], families, asked)
    last = max(1, -(-len(rows) // ON_A_PAGE))
    page = min(asked.page, last)
    shown = rows[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    axis = _axis(predictor, known)
    counts = asking.counts(known)
    return CaseloadPage(
        summary=words.summary(counts),
        line=_line(predictor, known),
        unit=pgettext("beside a figure", "of 100 people") if known.kind == "binary" else _("points"),
        notice="" if listed.version == predictor.version
        else words.of_another_version(listed.version, predictor.version),
        people=tuple(_person(predictor, listed, axis, int(place)) for place in shown),
        places=tuple(int(place) for place in shown),
        mark=axis.place(known.line),
        shows=_shows(asked, counts),
        families=_families(predictor, asked),
        sorts=tuple(
            Choice(_(label), asked.link(sort=name), asked.sort == name)
            for name, label in words.SORTS.items()
            if name != "widest" or known.kind == "binary"
        ),
        pages=_pages(asked, page, last),
        position=_("Page {page} of {last}", page=count(page), last=count(last)) if last > 1 else "",
    )  # fmt: skip


def _person(predictor: Predictor, listed: Listed, axis: charts.Axis, place: int) -> Person:
    known, answer = listed.standings, listed.answers.iloc[place]
    value, low, high = (float(one[place]) for one in (known.value, known.low, known.high))
    standing, sure = STANDINGS[known.standing[place]], not (np.isnan(low) or np.isnan(high))
    name = str(answer[predictor.codebook.id])
    if standing == "none":
        return Person(name, place + 1, standing, "", "", None, patient_view.why_none(predictor, answer), "")
    labels = _labels(predictor)
    counting = [int(one) for one in np.argsort(-known.against[place]) if known.against[place, one] > 0]
    noticed = str(answer["noticed"]).partition(": ")[2]
    wide = known.kind == "binary" and sure and sentences.is_wide(low, high)
    return Person(
        id=name,
        place=place + 1,
        standing=standing,
        figure=_text(predictor, known, value),
        interval=span(_text(predictor, known, low), _text(predictor, known, high)) if sure else "",
        drawn=charts.Interval(axis.place(value), axis.place(low) if sure else None, axis.place(high) if sure else None),
        said=words.against(
            [labels[one] for one in counting[:MOST_FAMILIES]], predictor.outcome if known.kind == "binary" else None
        ),
        cautions=words.cautions(
            int(known.missing[place]), len(predictor.factors), len(noticed.split(", ")) if noticed else 0, wide=wide
        ),
        course=courses.behind(predictor, listed, place),
    )


def _text(predictor: Predictor, known: Standings, value: float) -> str:
    if known.kind == "binary":
        return sentences.people(value)
    instrument = predictor.end_score_instrument
    return number(value, 1) if instrument is None else sentences.score(value, instrument)


def _axis(predictor: Predictor, known: Standings) -> charts.Axis:
    instrument = predictor.end_score_instrument
    return charts.Axis(0.0, 1.0) if known.kind == "binary" or instrument is None else charts.Axis(*instrument.range)


def _line(predictor: Predictor, known: Standings) -> str:
    if known.kind == "binary" and predictor.outcome is not None:
        return words.line_of_chance(predictor.outcome, known.line)
    return (
        ""
        if predictor.end_score_instrument is None
        else words.line_of_score(predictor.end_score_instrument, known.line)
    )


def _shows(asked: Asked, counts: dict[Standing, int]) -> tuple[Choice, ...]:
    shown = [(one, f"{_(words.LABELS[one])} ({count(counts[one])})") for one in STANDINGS]
    return tuple(
        Choice(label, asked.link(show=one), asked.show == one)
        for one, label in (*shown, ("all", _("everyone ({count})", count=count(sum(counts.values())))))
    )


def _families(predictor: Predictor, asked: Asked) -> tuple[Choice, ...]:
    labels = zip(predictor.families, _labels(predictor), strict=True)
    return tuple(
        Choice(label, asked.link(family=family), asked.family == family)
        for family, label in (("", pgettext("family", "any")), *labels)
    )


def _labels(predictor: Predictor) -> list[str]:
    known = predictor.codebook.families
    return [family_label(family, known[family]) for family in predictor.families]


def _pages(asked: Asked, page: int, last: int) -> tuple[Choice, ...]:
    wanted = {
        pgettext("page", "first"): 1,
        pgettext("page", "previous"): page - 1,
        pgettext("page", "next"): page + 1,
        pgettext("page", "last"): last,
    }
    return tuple(
        Choice(label, asked.link(page=number), chosen=False)
        for label, number in wanted.items()
        if 1 <= number <= last and number != page
    )
