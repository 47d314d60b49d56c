"""Every value in observations and questionnaires, with the code or factor that it belongs to."""

from collections.abc import Iterator
from dataclasses import dataclass

from serving.fhir.codes import LOINC, Codes
from serving.fhir.gathering import Placed
from serving.fhir.resources import Coding, Item, Observation, QuestionnaireResponse, Valued
from serving.fhir.told import Notes, is_loinc

USABLE = {"Observation": ("final", "amended", "corrected"), "QuestionnaireResponse": ("completed", "amended")}
"""Statuses of values that count."""


@dataclass(frozen=True)
class Measured:
    """One value."""

    place: str
    source: int
    """Number of the resource that it stands in; single observations share -1, like the items of one questionnaire."""
    sent: Valued
    factor: str | None = None
    """The only factor that it can belong to, unless it is an answer to an item."""
    item: str | None = None
    is_own: bool = False
    """Whether it names the factor itself, not a code that others may have too."""


def measured(placed: list[Placed], codes: Codes, notes: Notes) -> list[Measured]:
    """All values that belong to a factor or an item; the others are noted."""
    found: list[Measured] = []
    for number, one in enumerate(placed):
        resource = one.resource
        if not isinstance(resource, Observation | QuestionnaireResponse):
            continue
        if resource.is_modified:
            notes.skip(one.place, "modifier")
        elif resource.status not in USABLE[type(resource).__name__]:
            notes.skip(one.place, "status")
        elif isinstance(resource, Observation):
            found.extend(_of_observation(one.place, number, resource, codes, notes))
        else:
            found.extend(_of_items(f"{one.place}.item", number, resource.item, codes, notes))
    return found


def _of_observation(place: str, number: int, sent: Observation, codes: Codes, notes: Notes) -> Iterator[Measured]:
    is_panel = any(_loinc(coding) in codes.panels for coding in sent.code.coding)
    if not sent.is_empty or not (is_panel or sent.component):
        found = _named(place, -1, sent, sent.code.coding, codes=codes, notes=notes)
        if found is not None:
            yield found
    for count, part in enumerate(sent.component):
        found = _named(f"{place}.component[{count}]", number, part, part.code.coding, codes=codes, notes=notes)
        if found is not None:
            yield found


def _of_items(place: str, number: int, items: list[Item], codes: Codes, notes: Notes) -> Iterator[Measured]:
    for count, item in enumerate(items):
        where = f"{place}[{count}]"
        if item.modifier_extension:
            notes.skip(where, "modifier")
            continue
        if len(item.answer) > 1:
            notes.skip(where, "several", _said(item.link_id))
        elif item.answer:
            # US Core writes the code of LOINC with a slash before it.
            name = item.link_id.removeprefix("/")
            codings = [Coding(system=codes.system, code=item.link_id), Coding(system=LOINC, code=name)]
            found = _named(where, number, item.answer[0], codings, codes=codes, notes=notes)
            if found is not None:
                yield found
        yield from _of_items(f"{where}.item", number, item.item, codes, notes)
        for place_of_answer, answer in enumerate(item.answer):
            yield from _of_items(f"{where}.answer[{place_of_answer}].item", number, answer.item, codes, notes)


def _named(
    place: str, source: int, sent: Valued, codings: list[Coding], *, codes: Codes, notes: Notes
) -> Measured | None:
    own = [one.code for one in codings if one.system == codes.system and one.code in codes.predictor.factors]
    shared = [names for one in codings if (names := codes.factors.get(one.token))]
    item = next((code for one in codings if (code := _loinc(one)) in codes.items), None)
    said = own[0] if own else next((told for one in codings if (told := _said(_loinc(one))) is not None), None)
    if not (own or shared or item):
        notes.skip(place, "unknown-code", said)
    elif sent.is_empty:
        notes.skip(place, "no-value", said)
    elif own:
        return Measured(place, source, sent, factor=own[0], is_own=True)
    elif not shared:
        return Measured(place, source, sent, item=item)
    elif len(shared[0]) > 1:
        notes.skip(place, "shared-code", said)
    else:
        return Measured(place, source, sent, factor=shared[0][0])
    return None


def _loinc(coding: Coding) -> str:
    return coding.code or "" if coding.system == LOINC else ""


def _said(code: str | None) -> str | None:
    """A code that may be repeated: only one of LOINC can be told from a patient's data."""
    code = (code or "").removeprefix("/")
    return code if is_loinc(code) else None
