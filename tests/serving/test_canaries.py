"""A canary in every field of every route: in no answer but the id's own, no log, no metric, no trail."""

import json
import logging
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from serving import app
from serving.api.frame import Frame
from serving.api.served import Loaded, Served
from serving.audit.folder import State
from serving.audit.trail import Trail
from serving.security.access import Access
from tests.serving.malformed import CANARIES, malformed
from therapport.predictor import Predictor

REQUESTS = 400


@pytest.fixture
def client(both: Predictor, tmp_path: Path) -> Iterator[TestClient]:
    trail = Trail.begin(State(tmp_path))
    made = app.assemble([Served(Loaded(both))], Frame(trail=trail), Access())
    yield TestClient(made, raise_server_exceptions=False)
    trail.close()


def test_no_canary_is_found_again(
    client: TestClient, both: Predictor, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    generator = random.Random(7)  # noqa: S311 - the same requests each time
    statuses: dict[int, int] = {}
    with caplog.at_level(logging.DEBUG):
        for one in malformed(both, generator, REQUESTS):
            answer = client.request(one.method, one.path, content=one.body, headers=one.headers)
            statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
            assert answer.status_code < 500, (one.path, answer.text)
            assert not any(canary in answer.text for canary in CANARIES), one.path
    # The client of the test has a log of its own, with addresses.
    said = " ".join(one.getMessage() for one in caplog.records if not one.name.startswith("httpx"))
    assert not any(canary in said for canary in CANARIES)
    assert not any(canary in client.get("/metrics").text for canary in CANARIES)
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()).decode()
    assert not any(canary in kept for canary in CANARIES)
    assert statuses.get(422, 0) > REQUESTS / 2


def test_metrics_tell_no_patient_from_another(client: TestClient, both: Predictor) -> None:
    for alliance in (2.1234567, 4.7654321):
        body = {"patients": [{"patient_id": "a", "phq9_intake": 16, "alliance": alliance}]}
        answer = client.post("/v1/predict", json=body).json()["answers"][0]
        text = client.get("/metrics").text
        numbers = [value for name, value in answer.items() if isinstance(value, float) and "reference" not in name]
        assert not any(json.dumps(value)[:6] in text for value in numbers if abs(value) > 0.001)
    assert f'therapport_missing_factors_total{{factor="expectancy",model="{both.name}"}} 2.0' in text
