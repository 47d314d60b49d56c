"""POST /v1/predict: patients as JSON, an Arrow stream or Parquet; answers as JSON or an Arrow stream."""

import functools

import pyarrow as pa
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from serving.api import answering, bodies
from serving.api.answering import Asked, Row
from serving.api.bodies import ARROW, JSON, PARQUET
from serving.api.frame import WHO, Frame
from serving.api.reader import Patients
from serving.api.served import Loaded, Served

STATUS_HEADER = "X-Model-Status"
KINDS = (JSON, ARROW, PARQUET)
AT_ONCE = 1 << 14
"""Bytes of a body that is answered without a thread: changing threads takes longer than one patient."""


class Predict:
    """The endpoint of one model."""

    def __init__(self, served: Served, frame: Frame) -> None:
        self._served, self._frame = served, frame

    async def __call__(self, request: Request) -> Response:
        """Answer for the patients of one request."""
        loaded, frame = self._served.now, self._frame
        wanted = answering.asked(request.query_params)
        kind = bodies.kind_of(request, allowed=KINDS)
        body = await bodies.read(request, frame.limits)
        who = request.scope.get(WHO)
        as_arrow = ARROW in request.headers.get("accept", "")
        answer = functools.partial(_answered, frame, loaded, body, kind=kind, wanted=wanted, who=who, as_arrow=as_arrow)
        return answer() if kind == JSON and len(body) <= AT_ONCE else await run_in_threadpool(answer)


def _answered(
    frame: Frame, loaded: Loaded, body: bytes, *, kind: str, wanted: Asked, who: str | None, as_arrow: bool
) -> Response:
    headers = {STATUS_HEADER: status_of(loaded)}
    if kind == JSON and not as_arrow:
        return Response(of_json(frame, loaded, body, wanted, who=who), media_type=JSON, headers=headers)
    patients = _patients(frame, loaded, body, kind)
    rows, texts = kept(frame, loaded, patients, wanted, who=who, route="predict")
    if as_arrow:
        return Response(_stream(rows), media_type=ARROW, headers=headers)
    return Response(_document(texts), media_type=JSON, headers=headers)


def of_json(frame: Frame, loaded: Loaded, body: bytes, wanted: Asked, *, who: str | None) -> str:
    """The answer, as JSON, to a body of JSON; raises Refusal with every problem."""
    patients = _patients(frame, loaded, body, JSON)
    _, texts = kept(frame, loaded, patients, wanted, who=who, route="predict")
    return _document(texts)


def status_of(loaded: Loaded) -> str:
    """What a model may be used for, as a header says it."""
    return "simulated" if loaded.predictor.codebook.simulated else "research"


def _patients(frame: Frame, loaded: Loaded, body: bytes, kind: str) -> Patients:
    if kind == JSON:
        patients = loaded.reader.several(body)
        bodies.refuse_more_rows(len(patients.ids), frame.limits)
        return patients
    table = bodies.frame_of(body, kind, loaded.predictor, frame.limits)
    return bodies.patients_of(table, loaded.predictor, frame.limits)


def _document(texts: list[tuple[str, str]]) -> str:
    content = ",".join([f"{{{first},{rest}}}" for first, rest in texts])
    return f'{{"answers":[{content}]}}'


def kept(
    frame: Frame, loaded: Loaded, patients: Patients, wanted: Asked, *, who: str | None, route: str
) -> tuple[list[Row], list[tuple[str, str]]]:
    """Answers as rows and as JSON, counted and in the audit trail before anybody sees them."""
    rows = answering.rows_of(loaded.predictor, patients, wanted)
    texts = answering.encoded(rows)
    if frame.trail is not None:
        frame.trail.answers(loaded, who, route, patients, [rest for _, rest in texts])
    frame.meters.answers(loaded.predictor.name, tuple(loaded.predictor.families), rows)
    return rows, texts


def _stream(rows: list[Row]) -> bytes:
    table = pa.Table.from_pylist(rows)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]
