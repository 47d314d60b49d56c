"""What a client of CDS Hooks sends: checked, and never quoted."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from serving.api import problems
from serving.api.problems import Refusal
from serving.cds_hooks.discovery import HOOK, PATIENT
from serving.fhir.gathering import Placed, gathered, parsed
from serving.fhir.resources import Patient
from serving.fhir.told import Notes

UUID = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
UNFIT = "The request is none of CDS Hooks."


class Context(BaseModel):
    """Of the hook patient-view."""

    model_config = ConfigDict(extra="ignore", strict=True)

    patient_id: str = Field(alias="patientId", min_length=1)
    user_id: str = Field(alias="userId", min_length=1)


class Call(BaseModel):
    """A request to a service. `fhirServer` and `fhirAuthorization` are never used: this server asks no other."""

    model_config = ConfigDict(extra="ignore", strict=True, title="CdsHooksCall")

    hook: str
    hook_instance: str = Field(alias="hookInstance", pattern=UUID)
    context: Context
    prefetch: dict[str, Any] | None = None


def call(body: bytes) -> Call:
    """The request; raises Refusal: 422 where it does not fit, 412 where there is no prefetch."""
    document = parsed(body)
    try:
        asked = Call.model_validate(document)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        told = [problems.described(one["loc"], one["type"], one.get("ctx", {})) for one in details]
        raise Refusal(422, UNFIT, told) from None
    if asked.hook != HOOK:
        raise Refusal(422, UNFIT, [{"column": "hook", "problem": f"must be {HOOK}"}])
    if not asked.prefetch or asked.prefetch.get(PATIENT) is None:
        raise Refusal(412, "The patient is not in the prefetch, and this server asks no other.")
    return asked


def resources(asked: Call, wanted: dict[str, str], notes: Notes) -> list[Placed]:
    """What the prefetch brings; other keys are left alone. Raises Refusal where the patient is another one."""
    known = asked.prefetch or {}
    found = [
        one for key in wanted if known.get(key) is not None for one in gathered(known[key], f"prefetch.{key}", notes)
    ]
    if any(isinstance(one.resource, Patient) and one.resource.id != asked.context.patient_id for one in found):
        raise Refusal(422, UNFIT, [{"column": "prefetch", "problem": "the patient is not that of the context"}])
    return found
