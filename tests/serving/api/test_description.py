"""The description holds for what schemathesis makes of it, and is enough to make a client from."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from serving import app
from tests.serving.api.tried import tried
from therapport.predictor import Predictor

EXAMPLES = 10


@pytest.fixture(scope="module")
def application(both: Predictor) -> FastAPI:
    return app.create([both])


def test_no_answer_is_other_than_described(application: FastAPI, both: Predictor) -> None:
    sent = tried(application, examples=EXAMPLES, leave_out=f"^/{both.name}/")
    assert "POST /v1/predict" in sent
    assert all(sent.values())


def test_every_operation_has_a_name_a_summary_and_types(application: FastAPI) -> None:
    document = TestClient(application).get("/openapi.json").json()
    operations = [one for methods in document["paths"].values() for one in methods.values()]
    names = [one["operationId"] for one in operations]
    assert len(set(names)) == len(names)
    for one in operations:
        assert one["summary"]
        for status, answer in one["responses"].items():
            for content in answer["content"].values():
                assert content["schema"], (one["operationId"], status)
    text = TestClient(application).get("/docs").text
    for path in document["paths"]:
        assert path in text
    assert "<script" not in text
    assert "http" not in text.replace("http-equiv", "")
