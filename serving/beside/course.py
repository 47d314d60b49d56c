"""The course so far: every score of the instrument that is known, and the interval in which it is expected to end.

The model says where people end, not which way they take; between the last score and the end nothing is drawn but the
interval itself.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from serving import charts, sentences
from serving.api.reader import Patients
from serving.charts import Axis, Tick
from serving.text import short
from therapport import instruments
from therapport.codebook import Landmark
from therapport.instruments import Instrument
from therapport.predictor import AnswerRow, Predictor

MOMENTS = list(Landmark)
Measured = Sequence[tuple[int, float]]
"""Sessions and scores of a long table."""
LEAST = 2
"""A course has two scores at least."""


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


def course(predictor: Predictor, patients: Patients, answer: AnswerRow, measured: Measured = ()) -> Course | None:
    """Of the only patient, who must be scored; None where too little is known.

    Scores of sessions are taken where there are any, and else factors that are scores of the instrument.
    """
    instrument, value = predictor.end_score_instrument, answer.get("end_score")
    if instrument is None or not isinstance(value, float):
        return None
    if measured:
        scores, names = list(measured), {session: _session(session) for session, _ in measured}
        # What is known takes the left half, whatever number of sessions is still to come.
        across = Axis(scores[0][0], max(scores[-1][0] + 1, 2 * scores[-1][0] - scores[0][0]))
    else:
        scores = _of_factors(predictor, patients, instrument)
        names = {moment: sentences.at(MOMENTS[moment]) for moment, _ in scores}
        across = Axis(scores[0][0] if scores else 0, len(MOMENTS) - 1)
    if len(names) < LEAST:
        return None
    up = Axis(*instrument.range)
    low, high = answer.get("end_score_low"), answer.get("end_score_high")
    sure = isinstance(low, float) and isinstance(high, float)
    ends = (float(low), float(high)) if sure else (value, value)  # type: ignore[arg-type]
    points = tuple(
        Point(names[moment], short(score), across.place(moment), round(100 - up.place(score), 2))
        for moment, score in scores
    )
    said = sentences.score(value, instrument)
    interval = f"{sentences.score(ends[0], instrument)} to {sentences.score(ends[1], instrument)}" if sure else ""
    told = ", ".join(f"{point.value} {point.when}" for point in points)
    return Course(
        label=instrument.label,
        points=points,
        end=Point(sentences.at(Landmark.END), said, 100.0, round(100 - up.place(value), 2)),
        low=round(100 - up.place(ends[0]), 2),
        high=round(100 - up.place(ends[1]), 2),
        interval=interval,
        up=up.ticks(charts.TICKS),
        across=_ends(across, names),
        sentence=f"{instrument.label} so far: {told}. Expected at the end: {said}{f' ({interval})' if sure else ''}.",
    )


def _of_factors(predictor: Predictor, patients: Patients, instrument: Instrument) -> list[tuple[int, float]]:
    """Place of the moment and score, of the factors that are scores of the instrument."""
    codes = {code for code, one in instruments.all_instruments().items() if one.label == instrument.label}
    known, row = predictor.codebook.factors, patients.matrix[0]
    return sorted(
        (MOMENTS.index(known[name].known_at), float(row[place]))
        for place, name in enumerate(predictor.factors)
        if known[name].instrument in codes and not math.isnan(row[place]) and known[name].summary in (None, "first")
    )


def _session(number: int) -> str:
    """What is measured before the first session has the number 0."""
    return f"at session {number}" if number else sentences.at(Landmark.INTAKE)


def _ends(across: Axis, names: dict[int, str]) -> tuple[Tick, ...]:
    """The first and the last moment: names of all of them would lie over each other on a phone."""
    return tuple(Tick(across.place(place), names[place]) for place in (min(names), max(names)))
