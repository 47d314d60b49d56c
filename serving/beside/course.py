"""The course so far: every score of the instrument that is known, and the interval in which it is expected to end.

The model says where people end, not which way they take. Where a study had the sessions of its cohort, the band of
people who began alike is drawn behind the scores; it is no part of the model.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from serving import charts, sentences
from serving.api.reader import Patients
from serving.beside import band, band_words
from serving.beside.band import Alike, Band
from serving.charts import Axis, Tick
from serving.text import short, span
from therapport import instruments
from therapport.codebook import Landmark
from therapport.instruments import Instrument
from therapport.language import gettext as _
from therapport.predictor import AnswerRow, Predictor
from therapport.predictor.course import Ends, ExpectedCourse

MOMENTS = list(Landmark)
Measured = Sequence[tuple[int, float]]
"""Sessions (or weeks) and scores of a long table."""
LEAST = 2
"""A course has two scores at least, or one and a band."""
ENDS_AT = 70.0
"""Marks further across would lie over the name of the end."""


@dataclass(frozen=True)
class Point:
    """One score."""

    when: str
    value: str
    across: float
    down: float


@dataclass(frozen=True)
class Course:
    """Scores from the first to the last, and the expected end."""

    label: str
    """Of the instrument."""
    points: tuple[Point, ...]
    end: Point
    low: float
    high: float
    """How far down the ends of the interval lie; both as the end itself where it is not known."""
    interval: str
    up: tuple[Tick, ...]
    across: tuple[Tick, ...]
    sentence: str
    band: Band | None = None
    no_band: str = ""
    """Why there is none, where others have one."""


def course(predictor: Predictor, patients: Patients, answer: AnswerRow, measured: Measured = ()) -> Course | None:
    """Of the only patient, who must be scored; None where too little is known.

    Scores of sessions are taken where there are any, and else factors that are scores of the instrument.
    """
    instrument, value = predictor.end_score_instrument, answer.get("end_score")
    if instrument is None or not isinstance(value, float):
        return None
    expected, unit = expected_course(predictor), unit_of(predictor)
    intake = intake_score(predictor, patients, expected, measured)
    scores = list(measured) or _of_factors(predictor, patients, instrument)
    placed = scores if measured else _placed(scores, unit)
    ends: tuple[Ends, ...] = ()
    if expected is not None and intake is not None and placed:
        ends = band.shown(expected, intake, placed[-1][0])
    if len(scores) < (1 if ends else LEAST):
        return None
    if measured or ends:
        scores = placed
        names = {when: band_words.at(unit, when) for when, _ in scores}
        # What is known takes the left half, whatever number of sessions is still to come; a band goes on beyond it.
        across = _across(scores, ends)
    else:
        names = {moment: sentences.at(MOMENTS[moment]) for moment, _ in scores}
        across = Axis(scores[0][0], len(MOMENTS) - 1)
    up = Axis(*instrument.range)
    low, high = answer.get("end_score_low"), answer.get("end_score_high")
    sure = isinstance(low, float) and isinstance(high, float)
    interval_ends = (float(low), float(high)) if sure else (value, value)  # type: ignore[arg-type]
    points = tuple(
        Point(names[moment], short(score), across.place(moment), round(100 - up.place(score), 2))
        for moment, score in scores
    )
    said = sentences.score(value, instrument)
    interval = span(*(sentences.score(one, instrument) for one in interval_ends)) if sure else ""
    told = ", ".join(f"{point.value} {point.when}" for point in points)
    return Course(
        label=instrument.label,
        points=points,
        end=Point(sentences.at(Landmark.END), said, 100.0, round(100 - up.place(value), 2)),
        low=round(100 - up.place(interval_ends[0]), 2),
        high=round(100 - up.place(interval_ends[1]), 2),
        interval=interval,
        up=up.ticks(charts.TICKS),
        across=_numbers(across) if ends else _ends(across, names),
        sentence=_(
            "{name} so far: {told}. Expected at the end: {said}.",
            name=instrument.label,
            told=told,
            said=f"{said} ({interval})" if sure else said,
        ),
        band=band.band(Alike(expected, instrument, intake), ends, scores, across=across, up=up)
        if expected is not None and intake is not None and ends
        else None,
        no_band=_(band_words.UNUSUAL_START)
        if expected is not None and intake is not None and not expected.band(intake)
        else "",
    )


def expected_course(predictor: Predictor) -> ExpectedCourse | None:
    """The study's, if it is of the instrument that the model predicts."""
    found, instrument = predictor.evidence.course, predictor.end_score_instrument
    return found if found is not None and instrument is not None and found.instrument == instrument.label else None


def intake_score(
    predictor: Predictor, patients: Patients, expected: ExpectedCourse | None, measured: Measured
) -> float | None:
    """Where the only patient began; None where it is not known."""
    if expected is None or not began_at_intake(predictor, expected, measured):
        return None
    value = float(patients.matrix[0, predictor.factors.index(expected.intake)])
    return None if math.isnan(value) else value


def began_at_intake(predictor: Predictor, expected: ExpectedCourse, measured: Measured) -> bool:
    """Whether the band's factor is a score of intake: the first one of a long table may be one of the way."""
    if expected.intake not in predictor.factors:
        return False
    rests_on_table = predictor.codebook.factors[expected.intake].repeated_measure is not None
    return not (rests_on_table and measured) or any(when == 0 for when, _ in measured)


def unit_of(predictor: Predictor) -> str:
    """What the long table counts in at this landmark: sessions where both could."""
    columns = predictor.codebook.measurements
    by_week = predictor.landmark.session is None or (columns is not None and columns.session is None)
    return "week" if by_week else "session"


def _across(scores: Sequence[tuple[int, float]], ends: tuple[Ends, ...]) -> Axis:
    first, last = (0 if ends else scores[0][0]), scores[-1][0]
    half = max(last + 1, 2 * last - first)
    return Axis(first, max(half, ends[-1].when + 1) if ends else half)


def _placed(scores: list[tuple[int, float]], unit: str) -> list[tuple[int, float]]:
    """Scores of landmarks by session or week; none if one of them has no such number."""
    numbers = [MOMENTS[moment].session if unit == "session" else _week(MOMENTS[moment].days) for moment, _ in scores]
    return [] if None in numbers else [(number or 0, score) for number, (_, score) in zip(numbers, scores, strict=True)]


def _week(days: int | None) -> int | None:
    return None if days is None else days // 7


def _of_factors(predictor: Predictor, patients: Patients, instrument: Instrument) -> list[tuple[int, float]]:
    """Place of the moment and score, of the factors that are scores of the instrument."""
    codes = {code for code, one in instruments.all_instruments().items() if one.label == instrument.label}
    known, row = predictor.codebook.factors, patients.matrix[0]
    return sorted(
        (MOMENTS.index(known[name].known_at), float(row[place]))
        for place, name in enumerate(predictor.factors)
        if known[name].instrument in codes and not math.isnan(row[place]) and known[name].summary in (None, "first")
    )


def _numbers(across: Axis) -> tuple[Tick, ...]:
    """Whole sessions or weeks, as far as they leave room for the end."""
    return tuple(tick for tick in across.ticks(charts.TICKS) if tick.place <= ENDS_AT and tick.label.isdigit())


def _ends(across: Axis, names: dict[int, str]) -> tuple[Tick, ...]:
    """The first and the last moment: names of all of them would lie over each other on a phone."""
    return tuple(Tick(across.place(place), names[place]) for place in (min(names), max(names)))
