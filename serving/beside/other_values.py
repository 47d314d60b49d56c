"""What the model would say with another value of a factor, and between what if a missing one were known."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from serving import reading, sentences
from serving.api import what_if
from serving.api.reader import Patients
from serving.beside import words
from serving.factor_views import shown
from serving.language import label
from serving.reading import Kind
from serving.text import number, span
from therapport.codebook import Factor
from therapport.language import gettext as _
from therapport.predictor import AnswerRow, Predictor

Answered = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Step:
    """The prediction at one value."""

    value: str
    predicted: str
    interval: str
    """Empty where none is known."""
    now: bool
    """Whether it is the value that was filled in."""


@dataclass(frozen=True)
class Change:
    """One factor with its plausible values."""

    name: str
    label: str
    heading: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class OtherValues:
    """What-if on factors that treatment could change, and on those that are missing."""

    unit: str
    changes: tuple[Change, ...]
    """Those that move the prediction, the widest first."""
    hardly: str
    missing: tuple[str, ...]
    """One sentence for each missing factor."""


@dataclass(frozen=True)
class _Scale:
    """How the predictions of one outcome are written."""

    kind: Kind
    column: str
    unit: str
    hardly: float

    def text(self, value: float) -> str:
        return sentences.people(value) if self.kind == "binary" else number(value, 1)

    def span(self, answer: dict[str, Any] | AnswerRow) -> str:
        low, high = answer.get(f"{self.column}_low"), answer.get(f"{self.column}_high")
        if not isinstance(low, float) or not isinstance(high, float):
            return ""
        return span(self.text(low), self.text(high))


def other_values(predictor: Predictor, patients: Patients, answer: AnswerRow) -> OtherValues:
    """Of the only patient, who must be scored."""
    answered = what_if.answered(predictor, patients, what_if.grid(predictor, patients))
    scale, unknown = _scale(predictor), np.isnan(patients.matrix[0])
    changes, hardly, missing = [], [], []
    for place, name in enumerate(predictor.factors):
        factor, several = predictor.codebook.factors[name], answered.get(name, [])
        if unknown[place]:
            missing.append(_missing(scale, factor, several))
        if not factor.modifiable or not several:
            continue
        # With the value that was filled in, which may lie between the steps or beyond them.
        known = [float(one[scale.column]) for one in (answer, *several)]
        if max(known) - min(known) < scale.hardly or scale.text(max(known)) == scale.text(min(known)):
            hardly.append(label(factor))
        else:
            present = _value(factor, float(patients.matrix[0, place]))
            width = max(known) - min(known)
            steps = [*_steps(scale, factor, present, several, answer)]
            heading = words.changes(
                label(factor), _told(factor, present), scale.text(min(known)), scale.text(max(known)), scale.unit
            )
            changes.append((width, Change(name, label(factor), heading, tuple(steps))))
    ordered = sorted(changes, key=lambda one: -one[0])
    return OtherValues(scale.unit, tuple(change for _, change in ordered), words.hardly(hardly), tuple(missing))


def _scale(predictor: Predictor) -> _Scale:
    if predictor.response is not None:
        return _Scale("binary", "response_probability", _("of 100 people"), reading.HARDLY_PROBABILITY)
    return _Scale("score", "end_score", _("points"), reading.of_end_score(predictor).hardly)


def _missing(scale: _Scale, factor: Factor, several: list[dict[str, Any]]) -> str:
    if not several:
        return words.unseen(label(factor))
    known = [float(one[scale.column]) for one in several]
    return words.would_lie(label(factor), scale.text(min(known)), scale.text(max(known)), scale.unit)


def _steps(
    scale: _Scale, factor: Factor, present: object, several: list[dict[str, Any]], answer: AnswerRow
) -> Iterator[Step]:
    """In the order of the values, with the one that was filled in among them."""
    rows: list[tuple[Any, dict[str, Any], bool]] = [
        (one["value"], one, _same(one["value"], present)) for one in several
    ]
    if present is not None and not any(row[2] for row in rows):
        rows.append((present, answer, True))
    if factor.kind in ("number", "integer"):
        rows.sort(key=lambda row: float(row[0]))
    for value, one, same in rows:
        yield Step(_told(factor, value), scale.text(float(one[scale.column])), scale.span(one), same)


def _told(factor: Factor, value: object) -> str:
    return shown(factor, math.nan if value is None else value)


def _value(factor: Factor, coded: float) -> object:
    """What stands in the factor matrix as the codebook has it; None where nothing is known."""
    if math.isnan(coded):
        return None
    if factor.kind == "category":
        return list(factor.levels)[int(coded)]
    return bool(coded) if factor.kind == "boolean" else coded


def _same(one: object, present: object) -> bool:
    if isinstance(one, float) and isinstance(present, float):
        return math.isclose(one, present, abs_tol=1e-9)
    return one == present
