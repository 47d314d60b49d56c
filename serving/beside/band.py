"""The expected band behind a course: its outline, and where each score lies, in figures and in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from serving import sentences
from serving.beside import band_words
from serving.charts import Axis
from serving.text import span
from therapport.instruments import Instrument
from therapport.language import gettext as _
from therapport.predictor.course import Ends, ExpectedCourse, Side

AHEAD = 4
"""So many moments after the latest score are drawn, or as many again as there were."""


@dataclass(frozen=True)
class Row:
    """One moment, for those who read figures."""

    when: str
    score: str
    band: str
    side: str


@dataclass(frozen=True)
class Band:
    """The band as far as it is drawn."""

    outline: str
    """Corners of the area on a square of 100, across and down."""
    sentence: str
    """Where the scores lie."""
    notes: tuple[str, ...]
    rows: tuple[Row, ...]
    unit: str
    held: str
    """How many of ten it is to hold."""


@dataclass(frozen=True)
class Alike:
    """The people beside whom somebody is set: those who began at the same score."""

    course: ExpectedCourse
    instrument: Instrument
    intake: float


def shown(course: ExpectedCourse, intake: float, last: int) -> tuple[Ends, ...]:
    """The part of the band that is drawn where scores are known up to `last`."""
    return tuple(one for one in course.band(intake) if one.when <= max(2 * last, last + AHEAD))


def band(alike: Alike, ends: tuple[Ends, ...], scores: Sequence[tuple[int, float]], *, across: Axis, up: Axis) -> Band:
    """The band with these ends (one or more), beside scores by moment."""
    course = alike.course
    known, by_moment = {when: score for when, score in scores if when}, {one.when: one for one in ends}
    corners = [(0, alike.intake), *((one.when, one.high) for one in ends)]
    corners += [(one.when, one.low) for one in reversed(ends)]
    return Band(
        outline=" ".join(f"{across.place(when):g},{100 - up.place(score):g}" for when, score in corners),
        sentence=_sentence(alike, ends, known),
        notes=tuple(filter(None, (band_words.whole_way(course), _(band_words.STAYED), _(band_words.ALONE)))),
        rows=tuple(_row(alike, when, known.get(when), by_moment.get(when)) for when in sorted({*known, *by_moment})),
        unit=course.unit,
        held=sentences.held(course.level),
    )


def latest(
    course: ExpectedCourse, intake: float, scores: Sequence[tuple[int, float]]
) -> tuple[int, float, Side] | None:
    """The latest score after intake that the band says anything of, and where it lies."""
    ends = {one.when: one for one in course.band(intake)}
    for when, score in sorted(scores, reverse=True):
        if when in ends:
            return when, score, ends[when].side(score, course.step)
    return None


def _sentence(alike: Alike, ends: tuple[Ends, ...], known: dict[int, float]) -> str:
    course, instrument, intake = alike.course, alike.instrument, alike.intake
    sides = [(one, one.side(known[one.when], course.step)) for one in ends if one.when in known]
    if not sides:
        return band_words.of_others(course, instrument, intake, ends[-1])
    last, side = sides[-1]
    parts = (
        band_words.latest(course, instrument, known[last.when], last.when, side),
        band_words.counted([each for _, each in sides]),
        band_words.of_others(course, instrument, intake, last),
    )
    return " ".join(filter(None, parts))


def _row(alike: Alike, when: int, score: float | None, ends: Ends | None) -> Row:
    told = [sentences.score(one, alike.instrument) for one in (() if ends is None else (ends.low, ends.high))]
    return Row(
        when=str(when),
        score=_(band_words.NOT_MEASURED) if score is None else sentences.score(score, alike.instrument),
        band=span(*told) if told else _(band_words.NO_BAND),
        side="" if score is None or ends is None else _(band_words.SIDES[ends.side(score, alike.course.step)]),
    )
