"""POST /fhir/RiskAssessment/$predict."""

import functools
import json

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from serving.api import bodies, predicting
from serving.api.answering import FAMILIES
from serving.api.bodies import JSON
from serving.api.frame import WHO, Frame
from serving.api.predicting import AT_ONCE, STATUS_HEADER
from serving.api.problems import Refusal
from serving.api.served import Loaded, Served
from serving.fhir import told
from serving.fhir.assessment import assessment
from serving.fhir.gathering import gathered, parsed
from serving.fhir.mapping import mapped
from serving.fhir.told import Issue, Notes, operation_outcome

PATH = "/fhir/RiskAssessment/$predict"
KINDS = (told.MEDIA_TYPE, JSON)
ISSUE_TYPES = {413: "too-long", 415: "not-supported", 422: "structure"}


class PredictRisk:
    """The operation of one model."""

    def __init__(self, served: Served, frame: Frame) -> None:
        self._served, self._frame = served, frame

    async def __call__(self, request: Request) -> Response:
        """A RiskAssessment for the patient of one request, or an OperationOutcome."""
        loaded, frame = self._served.now, self._frame
        try:
            bodies.kind_of(request, allowed=KINDS)
            body = await bodies.read(request, frame.limits)
            answer = functools.partial(_answered, frame, loaded, body, request.scope.get(WHO))
            return answer() if len(body) <= AT_ONCE else await run_in_threadpool(answer)
        except Refusal as refusal:
            return outcome(refusal.status, Issue(ISSUE_TYPES.get(refusal.status, "processing"), refusal.title))


def outcome(status: int, *issues: Issue) -> Response:
    """Errors as FHIR has them."""
    return _response(operation_outcome(issues), status)


def _answered(frame: Frame, loaded: Loaded, body: bytes, who: str | None) -> Response:
    document, notes = parsed(body), Notes()
    kind = document.get("resourceType") if isinstance(document, dict) else None
    if not isinstance(kind, str) or kind not in ("Bundle", "Parameters"):
        raise Refusal(422, "Send a Bundle or Parameters.")
    one = mapped(loaded, gathered(document, kind, notes), notes)
    if one is None:
        return outcome(422, *notes.issues)
    rows, _ = predicting.kept(frame, loaded, one.patients, FAMILIES, who=who, route="fhir")
    headers = {STATUS_HEADER: "simulated" if loaded.predictor.codebook.simulated else "research"}
    return _response(assessment(loaded, one, rows[0]), 200, headers)


def _response(document: object, status: int, headers: dict[str, str] | None = None) -> Response:
    content = json.dumps(document, allow_nan=False, separators=(",", ":"))
    return Response(content, status_code=status, media_type=told.MEDIA_TYPE, headers=headers)
