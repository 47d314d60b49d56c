"""[delivery] of a study: which columns say how patients were treated, and how they took part."""

import re
from collections.abc import Iterator

from pydantic import Field

from therapport.codebook import Codebook, Factor, Landmark
from therapport.tomlfile import Problem, Strict

KINDS = ("face_to_face", "blended", "guided", "unguided")
_LOOKS = {
    "unguided": re.compile(r"unguided|unsupported|self[ -_]?help|self[ -_]?guided", re.IGNORECASE),
    "blended": re.compile(r"blend", re.IGNORECASE),
    "face_to_face": re.compile(r"face[ -_]?to[ -_]?face|\bf2f\b|in[ -_]?person", re.IGNORECASE),
    "guided": re.compile(r"guided|supported", re.IGNORECASE),
}
_SESSIONS = re.compile(r"planned.*session|session.*planned|number of sessions", re.IGNORECASE)
_PART = re.compile(r"homework|engage|exercises? done|modules? completed", re.IGNORECASE)
_LEFT = re.compile(r"dropped?[ _-]?out|dropout|left before", re.IGNORECASE)


class DeliveryTable(Strict):
    """[delivery]: everything that is not stated is drafted from the codebook."""

    column: str | None = None
    """The factor whose levels say how patients were treated."""
    face_to_face: tuple[str, ...] = ()
    blended: tuple[str, ...] = ()
    guided: tuple[str, ...] = ()
    unguided: tuple[str, ...] = ()
    """Levels of the column; unless any is stated, what codes and labels say."""
    planned: str | None = None
    """The factor with the number of planned sessions."""
    short: float | None = Field(default=None, gt=0)
    """Treatments of up to so many planned sessions are short; unless stated, those below the middle of the range."""
    taking_part: tuple[str, ...] | None = None
    """Numbers of which more means that a patient took more part: factors or counts."""
    dropped_out: str | None = None
    """A yes-or-no measure: left early."""
    completed: str | None = None
    """Or one that says who stayed."""
    sessions: str | None = None
    """A count: sessions that were attended."""


def drafted(table: DeliveryTable, codebook: Codebook, landmark: Landmark) -> DeliveryTable:
    """The table with whatever was left out filled in from the codebook, where it says enough."""
    known = {name: codebook.factors[name] for name in codebook.factors_known_at(landmark)}
    own = {name: one for name, one in known.items() if one.family == "delivery"}
    column = table.column or next((name for name, one in own.items() if one.kind == "category" and _kind(one)), None)
    column = column or next((name for name, one in own.items() if one.kind == "category"), None)
    changes: dict[str, object] = {"column": column}
    if column is not None and not any(getattr(table, kind) for kind in KINDS):
        levels = codebook.factors[column].levels
        kinds = {code: _looks_like(f"{code} {label}") for code, label in levels.items()}
        changes |= {kind: tuple(code for code, own_kind in kinds.items() if own_kind == kind) for kind in KINDS}
    changes["planned"] = table.planned or next(
        (name for name, one in own.items() if one.kind in ("number", "integer") and _SESSIONS.search(one.label)), None
    )
    if table.taking_part is None:
        numbers = (name for name, one in known.items() if one.kind in ("number", "integer", "boolean"))
        changes["taking_part"] = tuple(name for name in numbers if _PART.search(f"{name} {known[name].label}"))
    measures = codebook.measures
    if table.dropped_out is None and table.completed is None:
        changes["dropped_out"] = next(
            (name for name, one in measures.items() if one.kind == "boolean" and _LEFT.search(f"{name} {one.label}")),
            None,
        )
    changes["sessions"] = table.sessions or next(
        (name for name, one in measures.items() if one.kind == "count" and "session" in one.label.lower()), None
    )
    return table.model_copy(update=changes)


def problems(table: DeliveryTable, codebook: Codebook, landmark: Landmark) -> Iterator[Problem]:
    """What the codebook does not bear out."""
    known = codebook.factors_known_at(landmark)
    for key, kinds in (("column", ("category",)), ("planned", ("number", "integer"))):
        name = getattr(table, key)
        if name is not None and (name not in known or codebook.factors[name].kind not in kinds):
            yield Problem(
                ("delivery", key), f"{name} is no factor of kind {' or '.join(kinds)} known at {landmark.value}"
            )
    full = drafted(table, codebook, landmark)
    levels = codebook.factors[full.column].levels if full.column in codebook.factors else {}
    seen: set[str] = set()
    for kind in KINDS:
        for place, code in enumerate(getattr(table, kind)):
            if code not in levels:
                yield Problem(("delivery", kind, place), f"{code} is no level of {full.column or 'any column'}")
            elif code in seen:
                yield Problem(("delivery", kind, place), f"{code} is named twice")
            seen.add(code)
    if table.short is not None and full.planned is None:
        yield Problem(("delivery", "short"), "without planned there is nothing to be short")
    for place, name in enumerate(table.taking_part or ()):
        number = name in known and codebook.factors[name].kind != "category"
        count = name in codebook.measures and codebook.measures[name].kind == "count"
        if not number and not count:
            yield Problem(
                ("delivery", "taking_part", place), f"{name} is no number known at {landmark.value}, and no count"
            )
    if table.dropped_out is not None and table.completed is not None:
        yield Problem(("delivery", "completed"), "dropped_out says so already")
    for key, kind_of_measure in (("dropped_out", "boolean"), ("completed", "boolean"), ("sessions", "count")):
        name = getattr(table, key)
        if name is not None and (name not in codebook.measures or codebook.measures[name].kind != kind_of_measure):
            yield Problem(("delivery", key), f"{name} is no measure of kind {kind_of_measure}")


def _kind(factor: Factor) -> bool:
    return any(_looks_like(f"{code} {label}") for code, label in factor.levels.items())


def _looks_like(text: str) -> str | None:
    """The first that fits, unguided before guided."""
    return next((kind for kind, pattern in _LOOKS.items() if pattern.search(text)), None)
