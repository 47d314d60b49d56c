"""The short way of POST /v1/predict, and that of few patients in MLflow's protocol, beside the long one."""

import asyncio
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from serving import app
from serving.api import express, invocations
from serving.api.bodies import ARROW
from serving.api.frame import Frame
from serving.api.served import Loaded, Served
from serving.audit.folder import State
from serving.audit.line import read
from serving.audit.trail import Trail
from serving.security.access import Access
from therapport.predictor import Predictor, made_up

JSON = {"content-type": "application/json"}
WORDS = ("Zebrowski", "", " a ", "\ud800", "é", "1")
WRONG = (*WORDS, 8642.75, -1, True, None, [1], {"a": 1}, 10**400, 0.5)


def short_and_long(client: TestClient, address: str, body: bytes) -> tuple[Any, Any]:
    """The same body with its length stated, and in parts without."""
    short = client.post(address, content=body, headers=JSON)
    parts = (body[start : start + 999] for start in range(0, max(1, len(body)), 999))
    return short, client.post(address, content=parts, headers=JSON)


def same(short: Any, long: Any) -> bool:  # noqa: ANN401 - responses of the client
    as_sent = short.status_code, short.headers.raw, short.content
    return bool(as_sent == (long.status_code, long.headers.raw, long.content))


@pytest.fixture(scope="module", params=["both", "trees"])
def predictor(request: pytest.FixtureRequest) -> Predictor:
    made: Predictor = request.getfixturevalue(request.param)
    return made


@pytest.fixture(scope="module")
def client(predictor: Predictor) -> Iterator[TestClient]:
    with TestClient(app.create([predictor]), raise_server_exceptions=False) as made:
        yield made


def value(predictor: Predictor, name: str) -> st.SearchStrategy[Any]:
    """Of a factor: fitting nearly always, else anything."""
    factor = predictor.codebook.factors[name]
    wrong = st.sampled_from(WRONG)
    if factor.kind == "category":
        return st.sampled_from([*factor.levels] * 4 + [None]) | wrong
    if factor.kind == "boolean":
        return st.sampled_from([True, False, None] * 3 + [0, 1, "yes"])
    low, high = factor.range or (0.0, 1.0)
    fitting = st.integers(math.ceil(low), math.floor(high))
    edge = st.sampled_from([low, high, float(np.nextafter(high, np.inf)), None, 1e300])
    return st.one_of(fitting, fitting, fitting, edge, wrong)


@st.composite
def patient(draw: st.DrawFn, predictor: Predictor) -> dict[str, Any]:
    """Most of them fit."""
    fits = draw(st.integers(0, 3)) > 0
    made: dict[str, Any] = {predictor.codebook.id: draw(st.sampled_from(["a", "b", "c", *WORDS]))}
    names = draw(st.lists(st.sampled_from(predictor.factors), max_size=8, unique=True))
    table = made_up(predictor, patients=4, seed=9).table
    row = json.loads(table.to_json(orient="records"))[draw(st.integers(0, 3))]
    made |= {name: row[name] for name in draw(st.lists(st.sampled_from(predictor.factors), unique=True))}
    for name in made:
        if name in predictor.factors and predictor.codebook.factors[name].kind == "boolean" and made[name] is not None:
            made[name] = bool(made[name])
    return made if fits else made | {name: draw(value(predictor, name), label=name) for name in names}


@settings(max_examples=30, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_both_ways_send_the_same_bytes(predictor: Predictor, client: TestClient, data: st.DataObject) -> None:
    patients = data.draw(st.lists(patient(predictor), min_size=0, max_size=3))
    body = json.dumps({"patients": patients}).encode()
    if data.draw(st.integers(0, 9)) == 0:
        body = body[: data.draw(st.integers(0, len(body)))]
    query = data.draw(st.sampled_from(["", "", "?explain=none", "?explain=factor&top=3", "?explain=all", "?top=0"]))
    assert same(*short_and_long(client, f"/v1/predict{query}", body))


@settings(max_examples=30, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_mlflows_protocol_says_the_same_without_a_table(
    predictor: Predictor, client: TestClient, data: st.DataObject
) -> None:
    patients = data.draw(st.lists(patient(predictor), min_size=0, max_size=3))
    names = list(dict.fromkeys(name for one in patients for name in one))
    split = {"columns": names, "data": [[one.get(name) for name in names] for one in patients]}
    document = data.draw(st.sampled_from([{"dataframe_records": patients}, {"dataframe_split": split}]))
    body = json.dumps(document).encode()
    quick = client.post("/invocations", content=body, headers=JSON)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(invocations, "FEW", 0)
        assert same(quick, client.post("/invocations", content=body, headers=JSON))


def fitting(predictor: Predictor, number: int) -> list[bytes]:
    table = made_up(predictor, patients=number, seed=3).table
    rows = json.loads(table.to_json(orient="records"))
    for name in predictor.factors:
        if predictor.codebook.factors[name].kind == "boolean":
            for row in rows:
                row[name] = None if row[name] is None else bool(row[name])
    return [json.dumps({"patients": [row]}).encode() for row in rows]


def test_both_ways_are_counted_and_kept_alike(predictor: Predictor, tmp_path: Path) -> None:
    sent = [*fitting(predictor, 6), b"{}", b'{"patients": [{"patient_id": ""}]}']
    told = []
    for way in range(2):
        state = State(tmp_path / str(way))
        trail = Trail.begin(state)
        trail.secret = b"of both"
        frame = Frame(trail=trail)
        client = TestClient(app.assemble([Served(Loaded(predictor))], frame, Access()))
        for body in sent:
            client.post("/v1/predict", content=body if way == 0 else iter([body]), headers=JSON)
        (chain,) = state.audit.glob("2*.chain")
        kept = [read(line).payload for line in chain.read_bytes().splitlines()][1:]
        counted = [line for line in frame.meters.shown().decode().splitlines() if "_seconds" not in line]
        told.append((kept, [line for line in counted if "_created" not in line]))
    assert len(told[0][0]) == 6
    assert 'therapport_requests_total{address="/v1/predict",method="POST",status="422"} 2.0' in told[0][1]
    assert told[0] == told[1]


NOT_PLAIN = [
    [(b"content-type", b"text/csv")],
    [(b"content-encoding", b"gzip")],
    [(b"accept", ARROW.encode())],
    [(b"transfer-encoding", b"chunked")],
    [(b"content-length", b"70000")],
    [(b"content-length", b"-1")],
    [(b"content-length", b"0" * 12 + b"70000")],
    [(b"content-length", b"4"), (b"content-length", b"5")],
    [(b"content-type", b"application/json"), (b"content-type", b"text/csv")],
]


def test_only_what_is_plain_goes_the_short_way() -> None:
    stated = (b"content-length", b"40")
    for kind in (b"application/json", b"Application/JSON; charset=utf-8"):
        assert express._is_plain([stated, (b"content-type", kind), (b"accept", b"*/*")], 1 << 14)
    assert express._is_plain([stated], 1 << 14)
    assert not express._is_plain([], 1 << 14)
    for headers in NOT_PLAIN:
        first = [] if headers[0][0] == b"content-length" else [stated]
        assert not express._is_plain([*first, *headers], 1 << 14), headers


def test_a_client_that_goes_away_in_between_is_answered_nothing(predictor: Predictor) -> None:
    frame, sent = Frame(), []
    made = app.assemble([Served(Loaded(predictor))], frame, Access())
    messages: Iterator[dict[str, Any]] = iter(
        [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]
    )
    scope = {"type": "http", "method": "POST", "path": "/v1/predict", "query_string": b"", "http_version": "1.1",
             "headers": [(b"content-length", b"9")], "scheme": "http", "server": ("localhost", 80)}  # fmt: skip

    async def receive() -> dict[str, Any]:
        return next(messages)

    async def send(message: Any) -> None:  # noqa: ANN401 - of the protocol
        sent.append(message)

    asyncio.run(made(scope, receive, send))
    assert sent == []
    assert b'status="499"} 1.0' in frame.meters.shown()
