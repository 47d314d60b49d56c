"""Whom a request is about: one patient, and what the Patient resource says of factors."""

import re
from datetime import date

from serving.fhir.codes import AGE, SEX, Codes
from serving.fhir.gathering import Placed
from serving.fhir.resources import Observation, Patient, QuestionnaireResponse
from serving.fhir.told import Notes

ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
"""What an id of FHIR may be."""


def whose(placed: list[Placed], notes: Notes) -> str:
    """The patient's id; errors are noted where there is none, or more than one."""
    patients = [one for one in placed if isinstance(one.resource, Patient)]
    if len(patients) > 1:
        notes.wrong(patients[1].place, "a request is about one patient", "multiple-matches")
        return ""
    stated = [(one.place, one.resource.subject.reference) for one in placed
              if isinstance(one.resource, Observation | QuestionnaireResponse)
              and one.resource.subject is not None and one.resource.subject.reference is not None]  # fmt: skip
    known, url = "", None
    if patients:
        known, url = patients[0].resource.id or "", patients[0].url
    elif stated:
        known = _last(stated[0][1])
    if not known and url:
        known = _last(url)
    if ID.fullmatch(known) is None:
        place = patients[0].place if patients else None
        notes.wrong(place, "the patient must have an id of FHIR's form", "required")
        return ""
    for place, reference in stated:
        if reference != url and _last(reference) != known:
            notes.wrong(f"{place}.subject", "is about another patient", "multiple-matches")
    return known


def known_of(placed: list[Placed], codes: Codes, today: date, notes: Notes) -> dict[str, tuple[str, float | str]]:
    """Factor -> place and value, for age in whole years and sex where the codebook has such factors."""
    found: dict[str, tuple[str, float | str]] = {}
    for one in placed:
        patient = one.resource
        if not isinstance(patient, Patient):
            continue
        if patient.is_modified:
            notes.skip(one.place, "modifier")
            continue
        for name in codes.factors.get(AGE, ()):
            place = f"{one.place}.birthDate"
            born = _day(patient.birth_date)
            if born is not None:
                found[name] = (place, today.year - born.year - ((today.month, today.day) < (born.month, born.day)))
            elif patient.birth_date is not None:
                notes.skip(place, "incomplete", name)
        for name in codes.factors.get(SEX, ()):
            if patient.gender is not None:
                levels = codes.predictor.codebook.factors[name].levels
                meant = [level for level, label in levels.items() if patient.gender in (level, label.casefold())]
                if len(meant) == 1:
                    found[name] = (f"{one.place}.gender", meant[0])
                else:
                    notes.skip(f"{one.place}.gender", "unknown-code", name)
    return found


def _last(reference: str) -> str:
    """The id at the end of `Patient/1`, an address with a version, or `urn:uuid:…`."""
    return re.split(r"[/:]", reference.partition("/_history")[0])[-1]


def _day(text: str | None) -> date | None:
    if text is None or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, flags=re.ASCII):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
