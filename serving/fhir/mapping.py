"""From the resources of a request to one row of the factor matrix; the path by which FHIR reaches the predictor."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
from pydantic import ValidationError

from serving.api import problems
from serving.api.reader import Patients
from serving.api.served import Loaded
from serving.fhir import patient, questionnaires, values
from serving.fhir.codes import Codes
from serving.fhir.gathering import Placed
from serving.fhir.measured import Measured, measured
from serving.fhir.resources import Patient
from serving.fhir.told import Notes, NotUsed
from serving.fhir.values import UnfitError, Value
from therapport.predictor import Predictor


@dataclass(frozen=True)
class Mapped:
    """One patient that fits the codebook."""

    patients: Patients
    not_used: tuple[NotUsed, ...]
    basis: tuple[str, ...]
    """References to the resources that hold a value that was used."""
    safety: tuple[str, ...]
    """Instruments whose item about thoughts of death or self-harm is above 0."""


def mapped(loaded: Loaded, placed: list[Placed], notes: Notes, *, today: date | None = None) -> Mapped | None:
    """The patient, or None where `notes` has errors."""
    codes = Codes(loaded.predictor)
    today = datetime.now(UTC).date() if today is None else today
    whose = patient.whose(placed, notes)
    found = measured(placed, codes, notes)
    row: dict[str, Value] = {}
    places: dict[str, str] = {}
    for name, one in _chosen(found, notes):
        try:
            row[name], places[name] = values.of_factor(loaded.predictor, name, one.sent), one.place
        except UnfitError as error:
            notes.wrong(one.place, f"{name}: {error}")
    safety = _add_questionnaires(found, codes, row, places, notes)
    for name, (place, value) in patient.known_of(placed, codes, today, notes).items():
        if name not in row:
            row[name], places[name] = value, place
    if notes.issues:
        return None
    try:
        patients = loaded.reader.typed({loaded.predictor.codebook.id: whose, **row})
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False):
            told = problems.described(detail["loc"], detail["type"], detail.get("ctx", {}))
            name = told.get("column", "")
            notes.wrong(places.get(name), f"{name}: {told['problem']}")
        return None
    basis = dict.fromkeys(reference for reference in _references(placed, places))
    return Mapped(patients, tuple(notes.not_used), tuple(basis), tuple(safety))


def _chosen(found: list[Measured], notes: Notes) -> Iterator[tuple[str, Measured]]:
    """For each factor its only value; a value that names the factor itself comes before one with a shared code."""
    for name in dict.fromkeys(one.factor for one in found if one.factor is not None):
        every = [one for one in found if one.factor == name]
        first = [one for one in every if one.is_own] or every
        if len(first) == 1:
            yield name, first[0]
        # Which of several was known at the landmark cannot be seen, and a later one would tell of the outcome.
        skipped = [one for one in every if one is not first[0]] if len(first) == 1 else every
        for one in skipped:
            notes.skip(one.place, "several", name)


def _add_questionnaires(
    found: list[Measured], codes: Codes, row: dict[str, Value], places: dict[str, str], notes: Notes
) -> list[str]:
    """Add up items where there is no total; returns the instruments with an item that needs a person."""
    safety = {}
    for name, (instrument, loinc) in codes.questionnaires.items():
        sheets = questionnaires.sheets(found, loinc, notes)
        if any(sheet.needs_a_person(loinc) for sheet in sheets.values()):
            safety[instrument.label] = name
        totals = {one.source: _total(codes.predictor, name, one) for one in found if one.factor == name}
        total = questionnaires.added_up(sheets, loinc, name, totals, notes)
        if total is not None:
            places[name], row[name] = total
    return list(safety)


def _total(predictor: Predictor, name: str, one: Measured) -> float:
    try:
        return float(values.of_factor(predictor, name, one.sent))
    except UnfitError:  # noted already, or not used
        return np.nan


def _references(placed: list[Placed], places: dict[str, str]) -> Iterator[str]:
    for one in placed:
        resource = one.resource
        is_used = any(place == one.place or place.startswith(f"{one.place}.") for place in places.values())
        if is_used and not isinstance(resource, Patient) and resource.id and patient.ID.fullmatch(resource.id):
            yield f"{type(resource).__name__}/{resource.id}"
