"""POST /invocations: MLflow's own protocol, so that its clients work as they are."""

import json
from typing import Any

import pandas as pd
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from serving.api import bodies, predicting
from serving.api.answering import FAMILIES
from serving.api.bodies import CSV, JSON, PARQUET, Limits
from serving.api.frame import WHO, Frame
from serving.api.predicting import AT_ONCE
from serving.api.problems import Refusal
from serving.api.reader import Patients
from serving.api.served import Loaded, Served

KINDS = (JSON, CSV, PARQUET)
FORMS = ("dataframe_split", "dataframe_records", "inputs", "instances")
Columns = dict[str, list[Any]]
FEW = 16
"""So many patients at most are answered without a thread."""
FURTHER = {"params", "signature_name"}
"""Sent by some clients; a predictor has no use for them."""


class Invocations:
    """The endpoint of one model."""

    def __init__(self, served: Served, frame: Frame) -> None:
        self._served, self._frame = served, frame

    async def __call__(self, request: Request) -> Response:
        """Answer for the rows of one request."""
        kind = bodies.kind_of(request, allowed=KINDS)
        body = await bodies.read(request, self._frame.limits)
        loaded, who = self._served.now, request.scope.get(WHO)
        if kind == JSON and len(body) <= AT_ONCE:
            patients = _few(body, loaded, self._frame.limits)
            if patients is not None:
                return _answered(self._frame, loaded, patients, who)
        return await run_in_threadpool(_read_and_answered, self._frame, loaded, kind, body, who)


def _few(body: bytes, loaded: Loaded, limits: Limits) -> Patients | None:
    """Patients whose values have the types of the codebook, read without a table; None for all else."""
    columns = _of_json(body)
    names, cells = tuple(columns), tuple(columns.values())
    rows = [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]
    return loaded.reader.rows(rows) if 0 < len(rows) <= min(FEW, limits.rows) else None


def _read_and_answered(frame: Frame, loaded: Loaded, kind: str, body: bytes, who: str | None) -> Response:
    predictor, limits = loaded.predictor, frame.limits
    table = _table(_of_json(body)) if kind == JSON else bodies.frame_of(body, kind, predictor, limits)
    return _answered(frame, loaded, bodies.patients_of(table, predictor, limits), who)


def _answered(frame: Frame, loaded: Loaded, patients: Patients, who: str | None) -> Response:
    _, texts = predicting.kept(frame, loaded, patients, FAMILIES, who=who, route="invocations")
    content = ",".join(f"{{{first},{rest}}}" for first, rest in texts)
    return Response(f'{{"predictions":[{content}]}}', media_type=JSON)


def _table(columns: Columns) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()})


def _of_json(body: bytes) -> Columns:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise Refusal(422, "The body is not JSON.") from None
    given = [form for form in FORMS if form in document] if isinstance(document, dict) else []
    if len(given) != 1 or set(document) - {given[0]} - FURTHER:
        raise Refusal(422, f"The body must be a JSON object with exactly one of {', '.join(FORMS)}.")
    form = given[0]
    columns = _columns(form, document[form])
    if columns is None:
        raise Refusal(422, f"{form}: does not hold a table as MLflow writes it.")
    return columns


def _columns(form: str, content: Any) -> Columns | None:  # noqa: ANN401 - whatever stands in the JSON
    """Column -> one cell per row; None where the content is no table."""
    if form == "dataframe_split":
        columns = _of_split(content)
    elif isinstance(content, list):
        columns = _of_records(content)
    elif form == "inputs" and isinstance(content, dict):
        columns = content
    else:
        return None
    if columns is None or not all(isinstance(values, list) for values in columns.values()):
        return None
    if len({len(values) for values in columns.values()}) > 1:
        return None
    if any(isinstance(cell, list | dict) for values in columns.values() for cell in values):
        return None
    return columns


def _of_split(content: Any) -> Columns | None:  # noqa: ANN401 - whatever stands in the JSON
    if not isinstance(content, dict) or set(content) - {"columns", "data", "index"}:
        return None
    names, rows = content.get("columns"), content.get("data")
    if not isinstance(names, list) or not isinstance(rows, list) or not all(isinstance(name, str) for name in names):
        return None
    whole = all(isinstance(row, list) and len(row) == len(names) for row in rows)
    if not whole or len(set(names)) < len(names):
        return None
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def _of_records(content: list[Any]) -> Columns | None:
    if not all(isinstance(row, dict) for row in content):
        return None
    names = dict.fromkeys(name for row in content for name in row)
    return {name: [row.get(name) for row in content] for name in names}
