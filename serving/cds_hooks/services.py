"""GET /cds-services and POST /cds-services/{id}; ids are names of models."""

import functools
from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from serving.api import bodies, predicting
from serving.api.answering import FAMILIES
from serving.api.bodies import JSON
from serving.api.frame import WHO, Frame
from serving.api.predicting import STATUS_HEADER
from serving.api.problems import Refusal
from serving.api.served import Loaded, Served
from serving.cds_hooks import asked, discovery
from serving.cds_hooks.cards import cards
from serving.fhir.mapping import mapped
from serving.fhir.told import Notes

PATH = "/cds-services"


class Discovery:
    """What services there are."""

    def __init__(self, served: Sequence[Served]) -> None:
        self._served = served

    async def __call__(self, _: Request) -> Response:
        """One service for each model."""
        return JSONResponse({"services": [discovery.service(one.now.predictor) for one in self._served]})


class Service:
    """The service of one model."""

    def __init__(self, served: Served, frame: Frame) -> None:
        self._served, self._frame = served, frame

    async def __call__(self, request: Request) -> Response:
        """Cards for the patient whose record is opened."""
        bodies.kind_of(request, allowed=(JSON,))
        body = await bodies.read(request, self._frame.limits)
        base = f"{str(request.base_url).rstrip('/')}/{self._served.name}"
        answer = functools.partial(_answered, self._frame, self._served.now, body, request.scope.get(WHO), base)
        return await run_in_threadpool(answer)


def _answered(frame: Frame, loaded: Loaded, body: bytes, who: str | None, base: str) -> Response:
    predictor, notes = loaded.predictor, Notes()
    sent = asked.call(body)
    one = mapped(loaded, asked.resources(sent, discovery.prefetch(predictor), notes), notes)
    if one is None:
        told = [{"column": issue.place or "prefetch", "problem": issue.problem} for issue in notes.issues]
        raise Refusal(422, "The prefetch does not fit the codebook.", told)
    rows, _ = predicting.kept(frame, loaded, one.patients, FAMILIES, who=who, route="cds-services")
    headers = {STATUS_HEADER: "simulated" if predictor.codebook.simulated else "research"}
    made = cards(predictor, one, rows[0], base)
    if frame.trail is not None:
        frame.trail.cards(loaded, who, one.patients.ids[0], [card["uuid"] for card in made])
    return JSONResponse({"cards": made}, headers=headers)
