"""POST /v1/explain: one patient in full."""

import json

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from serving.api import bodies, explained, predicting
from serving.api.answering import FAMILIES
from serving.api.bodies import JSON
from serving.api.frame import WHO, Frame
from serving.api.served import Loaded, Served


class Explain:
    """The endpoint of one model."""

    def __init__(self, served: Served, frame: Frame) -> None:
        self._served, self._frame = served, frame

    async def __call__(self, request: Request) -> Response:
        """Explain the prediction of one patient."""
        bodies.kind_of(request, allowed=(JSON,))
        body = await bodies.read(request, self._frame.limits)
        return await run_in_threadpool(_answered, self._frame, self._served.now, body, request.scope.get(WHO))


def _answered(frame: Frame, loaded: Loaded, body: bytes, who: str | None) -> Response:
    patients = loaded.reader.single(body)
    rows, texts = predicting.kept(frame, loaded, patients, FAMILIES, who=who, route="explain")
    parts = explained.explained(loaded.predictor, patients, rows[0])
    rest = json.dumps(parts, allow_nan=False, separators=(",", ":"))[1:]
    first, answer = texts[0]
    headers = {predicting.STATUS_HEADER: "simulated" if loaded.predictor.codebook.simulated else "research"}
    return Response(f'{{"answer":{{{first},{answer}}},{rest}', media_type=JSON, headers=headers)
