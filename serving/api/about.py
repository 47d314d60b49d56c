"""GET /v1/models/current and /v1/codebook: which model answers, and what to send it; POST /v1/contest: disagreeing."""

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from serving.api import bodies, problems
from serving.api.bodies import JSON
from serving.api.frame import WHO, Frame
from serving.api.problems import Refusal
from serving.api.served import Served
from serving.api.shapes import CurrentModel, Disagreement, KnownCodebook, Noted

PREDICTION = "prediction"


class About:
    """The endpoints of one model that describe it."""

    def __init__(self, served: Served, frame: Frame) -> None:
        self._served, self._frame = served, frame

    async def current(self, _: Request) -> JSONResponse:
        """The model that answers now."""
        loaded, refused = self._served.now, self._served.refused
        predictor = loaded.predictor
        known = CurrentModel(
            name=predictor.name,
            version=predictor.version,
            registry_version=loaded.number,
            reference=loaded.reference if loaded.number is not None else None,
            digest=loaded.digest,
            codebook=predictor.codebook.name,
            codebook_digest=predictor.codebook_digest,
            landmark=predictor.landmark.value,
            outcome=None if predictor.outcome is None else predictor.outcome.definition,
            simulated=predictor.codebook.simulated,
            gate={name: said for name, said in loaded.tags.items() if name.startswith("gate")},
            refused=None if refused is None else {"version": refused.version, "reason": refused.reason},
            evidence=predictor.evidence.model_dump(mode="json", exclude={"golden"}),
        )
        return JSONResponse(known.model_dump(mode="json"))

    async def codebook(self, _: Request) -> JSONResponse:
        """What to send."""
        predictor = self._served.now.predictor
        known = KnownCodebook(
            id=predictor.codebook.id,
            factors=list(predictor.factors),
            required=list(predictor.required),
            digest=predictor.codebook_digest,
            codebook=predictor.codebook.model_dump(mode="json"),
        )
        return JSONResponse(known.model_dump(mode="json"))

    async def contest(self, request: Request) -> JSONResponse:
        """Keep in the audit trail that somebody disagrees."""
        bodies.kind_of(request, allowed=(JSON,))
        body = await bodies.read(request, self._frame.limits)
        loaded, trail = self._served.now, self._frame.trail
        try:
            said = Disagreement.model_validate_json(body, strict=True)
        except ValidationError as error:
            details = error.errors(include_url=False, include_input=False)
            told = [problems.described(one["loc"], one["type"], one.get("ctx", {})) for one in details]
            raise Refusal(422, "The request is not a disagreement.", told) from None
        if said.about not in (PREDICTION, *loaded.predictor.factors):
            told = [{"column": "about", "problem": "must be prediction, or a factor of the model"}]
            raise Refusal(422, "The request is not a disagreement.", told)
        if trail is None:
            raise Refusal(409, "This server keeps no audit trail, so a disagreement would be lost.")
        who = request.scope.get(WHO)
        await run_in_threadpool(trail.contest, loaded, who, said.patient_id, said.about, said.said)
        return JSONResponse(Noted(status="noted").model_dump(), status_code=201)
