"""The resources of a request, each with its place: out of a Bundle, Parameters, or what a prefetch brings."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json

from serving.api import problems
from serving.api.problems import Refusal
from serving.fhir.resources import KINDS, Resource
from serving.fhir.told import Notes

MOST_RESOURCES = 5000


@dataclass(frozen=True)
class Placed:
    """A resource of a type that is read."""

    place: str
    """As FHIRPath."""
    resource: Resource
    url: str | None = None
    """Its `fullUrl`: references may name it by that."""


def parsed(body: bytes) -> Any:  # noqa: ANN401 - whatever was sent
    """The JSON of a body; raises Refusal if it is none."""
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError:
        # Its message quotes what stands at the place.
        raise Refusal(422, "The body is not JSON.") from None


def gathered(document: object, place: str, notes: Notes) -> list[Placed]:
    """Every resource of types that are read; the others are noted. Raises Refusal (413) if there are too many."""
    found = []
    for count, (where, resource, url) in enumerate(_resources(document, place, notes)):
        if count >= MOST_RESOURCES:
            raise Refusal(413, f"More than {MOST_RESOURCES:,} resources; send only what the model needs.")
        read = _read(where, resource, notes)
        if read is not None:
            found.append(Placed(where, read, url))
    return found


Found = tuple[str, Any, str | None]


def _resources(document: object, place: str, notes: Notes) -> Iterator[Found]:
    kind = document.get("resourceType") if isinstance(document, dict) else None
    if not isinstance(document, dict) or kind not in ("Bundle", "Parameters"):
        yield place, document, None
        return
    name = "entry" if kind == "Bundle" else "parameter"
    parts = document.get(name, [])
    if not isinstance(parts, list):
        notes.wrong(f"{place}.{name}", "must be a list", "structure")
        return
    for number, part in enumerate(parts):
        where = f"{place}.{name}[{number}]"
        if not isinstance(part, dict):
            notes.wrong(where, "must be an object", "structure")
        elif "resource" not in part:
            notes.skip(where, "no-value")
        elif kind == "Parameters":
            yield from _resources(part["resource"], f"{where}.resource", notes)
        else:
            url = part.get("fullUrl")
            yield f"{where}.resource", part["resource"], url if isinstance(url, str) else None


def _read(place: str, document: object, notes: Notes) -> Resource | None:
    if not isinstance(document, dict):
        notes.wrong(place, "must be a resource", "structure")
        return None
    stated = document.get("resourceType")
    kind = KINDS.get(stated) if isinstance(stated, str) else None
    if kind is None:
        notes.skip(place, "unknown-resource")
        return None
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        for one in error.errors(include_url=False, include_input=False):
            steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in one["loc"])
            told = problems.described((), one["type"], one.get("ctx", {}))
            notes.wrong(f"{place}{steps}", told["problem"], "structure")
        return None
