"""Requests with something wrong in them, and a canary wherever something can be written."""

import io
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from serving.api.bodies import ARROW, CSV, JSON, PARQUET
from therapport.predictor import Predictor

WORD, NUMBER = "Zebrowski", 8642.759
CANARIES = (WORD, "8642.75", "zebrowski")
WRONG: tuple[Any, ...] = (WORD, NUMBER, -NUMBER, True, [WORD], {WORD: WORD}, f"{NUMBER}", "", 10**30)


@dataclass(frozen=True)
class Sent:
    method: str
    path: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def malformed(predictor: Predictor, generator: random.Random, number: int) -> Iterator[Sent]:
    """So many requests, of every route and every kind of body; each holds a canary that does not fit."""
    makers = (
        _predict,
        _explain,
        _invocations,
        _csv,
        _tables,
        _contest,
        _fhir,
        _cds_hooks,
        _feedback,
        _garbled,
        _elsewhere,
        _form,
    )
    for count in range(number):
        yield makers[count % len(makers)](predictor, generator)


def _row(predictor: Predictor, generator: random.Random) -> dict[str, Any]:
    row: dict[str, Any] = {predictor.codebook.id: "a"}
    for name in generator.sample(predictor.factors, k=generator.randint(1, 3)):
        kind = predictor.codebook.factors[name].kind
        wrong = [value for value in WRONG if not (kind == "boolean" and value is True)]
        row[name] = generator.choice(wrong)
    if generator.random() < 0.2:
        row[WORD] = NUMBER
    if generator.random() < 0.1:
        row[predictor.codebook.id] = [WORD]
    return row


def _json(path: str, document: object) -> Sent:
    return Sent("POST", path, json.dumps(document).encode(), {"content-type": JSON})


def _predict(predictor: Predictor, generator: random.Random) -> Sent:
    rows = [_row(predictor, generator) for _ in range(generator.randint(1, 4))]
    query = generator.choice(["", "?explain=factor", f"?explain={WORD}", f"?top={NUMBER}"])
    return _json(f"/v1/predict{query}", {"patients": rows})


def _explain(predictor: Predictor, generator: random.Random) -> Sent:
    return _json("/v1/explain", {"patient": _row(predictor, generator)})


def _invocations(predictor: Predictor, generator: random.Random) -> Sent:
    row = _row(predictor, generator)
    forms = {
        "dataframe_records": [row],
        "instances": [row],
        "inputs": {name: [value] for name, value in row.items()},
        "dataframe_split": {"columns": list(row), "data": [list(row.values())]},
        WORD: [row],
    }
    name = generator.choice(list(forms))
    return _json("/invocations", {name: forms[name]})


def _csv(predictor: Predictor, generator: random.Random) -> Sent:
    name = generator.choice([one for one in predictor.factors if predictor.codebook.factors[one].range])
    quote = generator.choice(["", '"'])
    text = f"{predictor.codebook.id},{name}\na,{quote}{generator.choice([WORD, NUMBER])}\n"
    return Sent("POST", "/invocations", text.encode(), {"content-type": CSV})


def _tables(predictor: Predictor, generator: random.Random) -> Sent:
    name = generator.choice([one for one in predictor.factors if predictor.codebook.factors[one].range])
    table = pa.table(
        {predictor.codebook.id: ["a"], generator.choice([name, WORD]): [generator.choice([WORD, "8642.759"])]}
    )
    sink = io.BytesIO()
    if generator.random() < 0.5:
        pq.write_table(table, sink)
        return Sent("POST", "/v1/predict", sink.getvalue(), {"content-type": PARQUET})
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return Sent("POST", "/v1/predict", sink.getvalue(), {"content-type": ARROW})


def _contest(_: Predictor, generator: random.Random) -> Sent:
    documents: tuple[object, ...] = (
        {"patient_id": WORD, "about": WORD, "said": WORD},
        {"patient_id": NUMBER, "about": "prediction", "said": [WORD]},
        {"patient_id": WORD, "about": "prediction", WORD: WORD},
        [WORD],
    )
    return _json("/v1/contest", generator.choice(documents))


def _fhir(predictor: Predictor, generator: random.Random) -> Sent:
    kind = generator.choice([JSON, "application/fhir+json", WORD])
    body = json.dumps(_bundle(predictor, generator)).encode()
    return Sent("POST", "/fhir/RiskAssessment/$predict", body, {"content-type": kind})


def _cds_hooks(predictor: Predictor, generator: random.Random) -> Sent:
    context = {"userId": WORD, "patientId": generator.choice([WORD, NUMBER])}
    patient = {"resourceType": "Patient", "id": generator.choice([f"{WORD} {WORD}", [WORD]])}
    prefetch = generator.choice([None, WORD, {"patient": patient, "scores": _bundle(predictor, generator)}])
    instance = generator.choice([WORD, "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"])
    call = {"hook": generator.choice([WORD, "patient-view"]), "hookInstance": instance, "context": context}
    return _json(f"/cds-services/{generator.choice([predictor.name, WORD])}", {**call, "prefetch": prefetch})


def _feedback(predictor: Predictor, generator: random.Random) -> Sent:
    """Canaries where free text may stand, and sometimes where it may not."""
    card, outcome = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea", "overridden"
    wrong = generator.choice(["card", "outcome", "outcomeTimestamp", "overrideReason", ""])
    one = {
        "card": card,
        "outcome": outcome,
        "outcomeTimestamp": "2026-01-05T10:15:30Z",
        "overrideReason": {"reason": {"code": WORD, "system": WORD, "display": WORD}, "userComment": WORD},
        WORD: NUMBER,
    }
    sent = {**one, **({wrong: generator.choice([WORD, NUMBER, [WORD]])} if wrong else {})}
    return _json(f"/cds-services/{predictor.name}/feedback", {"feedback": [sent, {WORD: WORD}][: 1 + bool(wrong)]})


def _bundle(predictor: Predictor, generator: random.Random) -> dict[str, Any]:
    """Observations of which each holds something that cannot be, and a patient whose id cannot be one."""
    system = f"urn:therapport:codebook:{predictor.codebook.name}"
    names = generator.sample(predictor.factors, k=2)
    key = generator.choice(["valueQuantity", "valueString", "valueInteger", "valueCodeableConcept", WORD])
    value = generator.choice([{"value": NUMBER, "unit": WORD}, {"coding": [{"code": WORD}]}, *WRONG])
    entries = [
        {"resourceType": "Observation", "status": generator.choice(["final", WORD]), key: value,
         "code": {"coding": [{"system": system, "code": generator.choice([name, WORD])}], "text": WORD},
         "subject": {"reference": "Patient/a", "display": WORD}}
        for name in names
    ]  # fmt: skip
    whose = generator.choice(["a", f"{WORD} {WORD}"])
    entries.append({"resourceType": generator.choice(["Patient", WORD]), "id": whose, "birthDate": WORD})
    return {"resourceType": "Bundle", "entry": [{"resource": one, "fullUrl": f"urn:{WORD} {WORD}"} for one in entries]}


def _garbled(predictor: Predictor, generator: random.Random) -> Sent:
    """A right body with bytes changed or cut off, or of another media type."""
    one = generator.choice((_predict, _explain, _invocations, _tables))(predictor, generator)
    body = bytearray(one.body)
    for _ in range(generator.randint(1, 5)):
        body[generator.randrange(len(body))] = generator.randrange(256)
    kind = generator.choice([one.headers["content-type"], JSON, CSV, ARROW, PARQUET, WORD])
    return Sent("POST", one.path, bytes(body[: generator.randint(1, len(body))]), {"content-type": kind})


def _elsewhere(_: Predictor, generator: random.Random) -> Sent:
    paths = (f"/{WORD}", f"/v1/{WORD}", f"/v1/predict/{WORD}", f"/patient?example={WORD}", "/v1/explain")
    method = generator.choice(["GET", "PUT", "DELETE", "PATCH"])
    return Sent(method, generator.choice(paths), WORD.encode(), {"x-canary": WORD})


def _form(predictor: Predictor, generator: random.Random) -> Sent:
    """What is typed into the form comes back into its own fields, so only what is no field of it is a canary."""
    body = f"{WORD}={NUMBER}&{generator.choice(predictor.factors)}=nothing".encode()
    return Sent("POST", "/patient", body, {"content-type": "application/x-www-form-urlencoded"})
