"""How the description of the API tells of FHIR: by resource type; FHIR's own schemas say the rest."""

from typing import Any

from serving.fhir.predict import PATH
from serving.fhir.told import MEDIA_TYPE

__all__ = ["ASSESSMENT", "MEDIA_TYPE", "OPERATION_OUTCOME", "PATH", "REQUEST"]
RESOURCE: dict[str, Any] = {"type": "object", "required": ["resourceType"]}


def _of(*kinds: str, **properties: Any) -> dict[str, Any]:  # noqa: ANN401 - schemas
    return {**RESOURCE, "properties": {"resourceType": {"enum": list(kinds)}, **properties}}


PARTS: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"resource": _of("Patient", "Observation", "QuestionnaireResponse", "Bundle")},
    },
}
REQUEST = _of("Bundle", "Parameters", entry=PARTS, parameter=PARTS)
"""A Bundle or Parameters with one Patient, its Observations and QuestionnaireResponses."""
ASSESSMENT = _of("RiskAssessment")
OPERATION_OUTCOME = _of("OperationOutcome")
