"""The description of the API (OpenAPI 3.1), from the same types that check requests; enough to make a client from."""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, create_model
from pydantic.json_schema import models_json_schema

from serving.api import problems, schema, shapes
from serving.api.answering import MOST_FACTORS
from serving.api.bodies import ARROW, CSV, JSON, PARQUET
from serving.api.health import PROMETHEUS
from serving.api.served import Served
from serving.cds_hooks import described as cds_hooks
from serving.fhir import described as fhir

Part = dict[str, Any]
Mode = Literal["validation", "serialization"]
BINARY: Part = {"type": "string", "format": "binary"}
PARAMETERS: list[Part] = [
    {
        "name": "explain",
        "in": "query",
        "description": "none leaves contributions out; factor adds every factor's.",
        "schema": {"enum": ["none", "family", "factor"], "default": "family"},
    },
    {
        "name": "top",
        "in": "query",
        "description": "With explain=factor: only so many factors, the largest first.",
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST_FACTORS},
    },
]
REFUSALS = {
    "401": "No key, or one that is not known; only where the server has keys.",
    "403": "The key does not have the scope, or the request comes from a page of another site.",
    "405": "This address takes another method.",
    "409": "The server keeps no audit trail.",
    "412": "The prefetch does not hold the patient.",
    "413": "Too many bytes or patients for one request.",
    "415": "The body is of another media type.",
    "422": "The request does not fit the codebook.",
    "500": "An unforeseen error.",
    "503": "Not ready, or the audit trail cannot be written.",
}
ALWAYS = ("401", "403", "405", "500", "503")
WITH_BODY = (*ALWAYS, "413", "415", "422")
TABLE: Part = {"type": "array", "items": {"type": "array", "items": {}}}
RECORDS: Part = {"type": "array", "minItems": 1, "items": {"type": "object"}}
MLFLOW: list[Part] = [
    {
        "title": "dataframe_split",
        "type": "object",
        "required": ["columns", "data"],
        "additionalProperties": False,
        "properties": {
            "columns": {"type": "array", "items": {"type": "string"}},
            "data": TABLE,
            "index": {"type": "array", "items": {}},
        },
    },
    {"title": "dataframe_records", **RECORDS},
    {
        "title": "inputs",
        "oneOf": [RECORDS, {"type": "object", "additionalProperties": {"type": "array", "items": {}}}],
    },
    {"title": "instances", **RECORDS},
]


class Description:
    """Paths and types, gathered address by address."""

    def __init__(self) -> None:
        self.paths: dict[str, Part] = {}
        self._models: dict[tuple[type[BaseModel], Mode], None] = {}
        self._pending: list[tuple[Part, tuple[type[BaseModel], Mode]]] = []

    def document(self) -> tuple[dict[str, Part], dict[str, Part]]:
        """The paths, and the schemas that they refer to."""
        references, schemas = models_json_schema(list(self._models), ref_template="#/components/schemas/{model}")
        for place, model in self._pending:
            place["schema"] = references[model]
        return self.paths, {**schemas["$defs"], "Problem": problems.PROBLEM_SCHEMA}

    def add(self, path: str, method: str, operation: Part) -> None:
        """One operation."""
        self.paths.setdefault(path, {})[method] = operation

    def typed(self, model: type[BaseModel], mode: Mode) -> Part:
        """A media type of this model; its schema is filled in by `document`."""
        place: Part = {}
        self._models[model, mode] = None
        self._pending.append((place, (model, mode)))
        return place

    def operation(
        self,
        name: str,
        summary: str,
        tag: str,
        answer: dict[str, Part],
        *,
        body: dict[str, Part] | None = None,
        refusals: Sequence[str] = ALWAYS,
        success: str = "200",
    ) -> Part:
        """An operation with every status that it may answer with."""
        responses: dict[str, Part] = {success: {"description": "The answer.", "content": answer}}
        problem = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        responses |= {status: {"description": REFUSALS[status], "content": problem} for status in sorted(refusals)}
        made: Part = {"operationId": name, "summary": summary, "tags": [tag], "responses": responses}
        if body is not None:
            made["requestBody"] = {"required": True, "content": body}
        return made


def describe(places: Sequence[tuple[str, Served]]) -> tuple[dict[str, Part], dict[str, Part]]:
    """Paths and schemas for models below their prefixes, and for the process."""
    made = Description()
    for prefix, served in places:
        _model(made, prefix, served)
        _fhir(made, prefix, served.name)
    _cds_hooks(made, list(dict.fromkeys(served.name for _, served in places)))
    for path in ("/livez", "/ping", "/health"):
        alive = {JSON: made.typed(shapes.Alive, "serialization")}
        refusals = ("403", "405", "500")
        made.add(
            path, "get", made.operation(path[1:], "Whether the process is alive", "health", alive, refusals=refusals)
        )
    ready = {JSON: made.typed(shapes.Ready, "serialization")}
    summary = "Whether every model still answers as when it was made"
    made.add(
        "/readyz", "get", made.operation("readyz", summary, "health", ready, refusals=("403", "405", "500", "503"))
    )
    text = {PROMETHEUS.split(";")[0]: {"schema": {"type": "string"}}}
    made.add("/metrics", "get", made.operation("metrics", "Counts and times for Prometheus", "health", text))
    return made.document()


def _model(made: Description, prefix: str, served: Served) -> None:
    loaded, end = served.now, prefix.replace("/", "_").replace("-", "_")
    predictor, reader, name = loaded.predictor, loaded.reader, served.name
    answer = schema.answer_type(predictor)
    title = predictor.evidence.title
    answers = {
        JSON: made.typed(schema.response_type(predictor, answer), "serialization"),
        ARROW: {"schema": BINARY},
    }
    several = {JSON: made.typed(reader.request, "validation"), ARROW: {"schema": BINARY}, PARQUET: {"schema": BINARY}}
    predict = made.operation(
        f"predict{end}", f"Predict and explain: {title}", name, answers, body=several, refusals=WITH_BODY
    )
    made.add(f"{prefix}/v1/predict", "post", {**predict, "parameters": PARAMETERS})
    full = create_model(f"{answer.__name__}_in_full", __base__=shapes.Explanation, answer=(answer, ...))
    made.add(
        f"{prefix}/v1/explain",
        "post",
        made.operation(
            f"explain{end}", f"Explain one patient in full: {title}", name,
            {JSON: made.typed(full, "serialization")},
            body={JSON: made.typed(reader.one, "validation")}, refusals=WITH_BODY,
        ),
    )  # fmt: skip
    of_answer: Any = answer
    predictions = create_model(f"{answer.__name__}_predictions", predictions=(list[of_answer], ...))
    of_mlflow = {"anyOf": [_of_mlflow(form) for form in MLFLOW]}
    made.add(
        f"{prefix}/invocations",
        "post",
        made.operation(
            f"invocations{end}", "The protocol of MLflow's own server", name,
            {JSON: made.typed(predictions, "serialization")},
            body={JSON: {"schema": of_mlflow}, CSV: {"schema": {"type": "string"}}, PARQUET: {"schema": BINARY}},
            refusals=WITH_BODY,
        ),
    )  # fmt: skip
    for path, summary, shape in (
        ("models/current", "Which model answers, how good it is, what its gate said", shapes.CurrentModel),
        ("codebook", "What to send", shapes.KnownCodebook),
    ):
        operation = f"{path.rsplit('/', 1)[-1]}{end}"
        content = {JSON: made.typed(shape, "serialization")}
        made.add(f"{prefix}/v1/{path}", "get", made.operation(operation, summary, name, content))
    made.add(
        f"{prefix}/v1/contest",
        "post",
        made.operation(
            f"contest{end}", "Disagree with a prediction or an input; kept in the audit trail", name,
            {JSON: made.typed(shapes.Noted, "serialization")},
            body={JSON: made.typed(shapes.Disagreement, "validation")},
            refusals=(*WITH_BODY, "409"), success="201",
        ),
    )  # fmt: skip


def _fhir(made: Description, prefix: str, name: str) -> None:
    operation = made.operation(
        f"predict_risk{prefix.replace('/', '_').replace('-', '_')}", "Predict and explain, in FHIR R4", name,
        {fhir.MEDIA_TYPE: {"schema": fhir.ASSESSMENT}},
        body={fhir.MEDIA_TYPE: {"schema": fhir.REQUEST}, JSON: {"schema": fhir.REQUEST}}, refusals=WITH_BODY,
    )  # fmt: skip
    for status in ("413", "415", "422"):
        operation["responses"][status]["content"] = {fhir.MEDIA_TYPE: {"schema": fhir.OPERATION_OUTCOME}}
    made.add(f"{prefix}{fhir.PATH}", "post", operation)


def _cds_hooks(made: Description, names: Sequence[str]) -> None:
    services = {JSON: {"schema": cds_hooks.SERVICES}}
    discovery = made.operation("cds_services", "Which services of CDS Hooks there are", "cds-services", services)
    made.add(cds_hooks.PATH, "get", discovery)
    for name in names:
        call = {JSON: made.typed(cds_hooks.Call, "validation")}
        operation = made.operation(
            f"cds_service_{name.replace('-', '_')}", "Cards for the patient whose record is opened", "cds-services",
            {JSON: {"schema": cds_hooks.CARDS}}, body=call, refusals=(*WITH_BODY, "412"),
        )  # fmt: skip
        made.add(f"{cds_hooks.PATH}/{name}", "post", operation)
        feedback = made.operation(
            f"cds_feedback_{name.replace('-', '_')}", "What became of cards; kept in the audit trail", "cds-services",
            {JSON: made.typed(shapes.Noted, "serialization")},
            body={JSON: made.typed(cds_hooks.FeedbackCall, "validation")}, refusals=(*WITH_BODY, "409"),
        )  # fmt: skip
        made.add(f"{cds_hooks.PATH}/{name}/feedback", "post", feedback)


def _of_mlflow(form: Part) -> Part:
    name = form["title"]
    further = {"params": {"type": "object"}, "signature_name": {"type": "string"}}
    return {
        "type": "object",
        "required": [name],
        "additionalProperties": False,
        "properties": {name: form, **further},
    }
