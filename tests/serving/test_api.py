"""The API of a served predictor: the contract's answers, and refusals that quote nothing."""

import json
import logging

import pandas as pd
import pytest
from fastapi.testclient import TestClient

from serving import app
from therapport.errors import ModelError
from therapport.predictor import COLUMNS, Predictor, answer_columns

CANARY = "Zebrowski"
CANARY_NUMBER = 8642.75
PATIENTS = [
    {"patient_id": "p1", "phq9_intake": 16, "alliance": 3.9, "delivery_mode": "guided", "homework_completion": 0.5},
    {"patient_id": "p2", "phq9_intake": 22, "expectancy": 12.5},
    {"patient_id": "p3", "alliance": 4.1},
]


@pytest.fixture(scope="module")
def client(both: Predictor, severity_alone: Predictor) -> TestClient:
    from dataclasses import replace

    return TestClient(app.create([both, replace(severity_alone, name="other")]), raise_server_exceptions=False)


def test_answers_equal_those_of_the_predictor(client: TestClient, both: Predictor) -> None:
    answered = client.post("/v1/predict", json={"patients": PATIENTS})
    assert answered.status_code == 200
    rows = answered.json()["answers"]
    assert [tuple(row) for row in rows] == [answer_columns(both)] * 3
    expected = both.predict(pd.DataFrame(PATIENTS), allow_absent=True)
    for row, (_, wanted) in zip(rows, expected.iterrows(), strict=True):
        for column in answer_columns(both):
            if pd.isna(wanted[column]):
                assert row[column] is None, column
            elif isinstance(wanted[column], str):
                assert row[column] == wanted[column], column
            else:
                assert row[column] == pytest.approx(wanted[column], abs=1e-12), column


def test_a_patient_without_a_required_factor_gets_no_number(client: TestClient) -> None:
    row = client.post("/v1/predict", json={"patients": PATIENTS}).json()["answers"][2]
    assert row["status"] == "abstained: phq9_intake is missing"
    assert all(value is None for name, value in row.items() if "probability" in name or "log_odds" in name)


def test_every_model_answers_below_its_own_name(client: TestClient, both: Predictor) -> None:
    by_root = client.post("/v1/predict", json={"patients": PATIENTS}).json()
    by_name = client.post(f"/{both.name}/v1/predict", json={"patients": PATIENTS}).json()
    other = client.post("/other/v1/predict", json={"patients": PATIENTS}).json()
    assert by_root == by_name
    assert by_root != other
    assert other["answers"][0]["model_name"] == "other"


def test_the_answer_says_that_the_model_is_simulated(client: TestClient) -> None:
    assert client.post("/v1/predict", json={"patients": PATIENTS}).headers["X-Model-Status"] == "simulated"


BAD_PATIENTS = [
    ({"phq9_intake": 10}, {"row": 1, "column": "patient_id", "problem": "is required"}),
    ({"patient_id": "a", "phq9_intake": CANARY}, {"row": 1, "column": "phq9_intake", "problem": "must be a number"}),
    (
        {"patient_id": "a", "phq9_intake": CANARY_NUMBER},
        {"row": 1, "column": "phq9_intake", "problem": "must be a whole number"},
    ),
    ({"patient_id": "a", "alliance": CANARY_NUMBER}, {"row": 1, "column": "alliance", "problem": "must be at most 5"}),
    (
        {"patient_id": "a", "alliance": -CANARY_NUMBER},
        {"row": 1, "column": "alliance", "problem": "must be at least 1"},
    ),
    (
        {"patient_id": "a", "delivery_mode": CANARY},
        {"row": 1, "column": "delivery_mode", "problem": "allowed levels: 'guided' or 'unguided'"},
    ),
    ({"patient_id": "a", CANARY: 1}, {"row": 1, "problem": "has a field that the codebook does not know"}),
    ({"patient_id": 5}, {"row": 1, "column": "patient_id", "problem": "must be text"}),
    ({"patient_id": ""}, {"row": 1, "column": "patient_id", "problem": "must not be empty"}),
    ({"patient_id": "a", "alliance": True}, {"row": 1, "column": "alliance", "problem": "must be a number"}),
    (CANARY, {"row": 1, "problem": "must be an object"}),
]


@pytest.mark.parametrize(("patient", "expected"), BAD_PATIENTS, ids=range(len(BAD_PATIENTS)))
def test_a_refusal_names_row_column_and_range_and_never_the_value(
    client: TestClient, caplog: pytest.LogCaptureFixture, patient: object, expected: dict[str, object]
) -> None:
    with caplog.at_level(logging.DEBUG):
        refused = client.post("/v1/predict", json={"patients": [patient]})
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert expected in refused.json()["errors"]
    assert set(refused.json()) <= {"type", "title", "status", "errors"}
    for canary in (CANARY, str(CANARY_NUMBER)):
        assert canary not in refused.text
        assert canary not in caplog.text


def test_all_problems_of_a_request_come_at_once(client: TestClient) -> None:
    bad = [{"patient_id": "a", "phq9_intake": 99, "alliance": 9}, {"patient_id": "b", "competence": 1000}]
    errors = client.post("/v1/predict", json={"patients": bad}).json()["errors"]
    assert [(error["row"], error["column"]) for error in errors] == [
        (1, "phq9_intake"),
        (1, "alliance"),
        (2, "competence"),
    ]


BODIES = [
    b"",
    b"{",
    b"[]",
    b'"x"',
    b"{}",
    b'{"patients": []}',
    b'{"patients": null}',
    b"\xff\xfe",
    b'{"patients": [NaN]}',
    b'{"patients": [{"patient_id": "a", "alliance": NaN}]}',
    b'{"patients": [{"patient_id": "a", "alliance": 1e999}]}',
]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_a_body_that_is_no_request_is_a_problem_and_not_a_crash(client: TestClient, body: bytes) -> None:
    refused = client.post("/v1/predict", content=body, headers={"content-type": "application/json"})
    assert refused.status_code in (400, 422)
    assert refused.headers["content-type"] == "application/problem+json"


def test_too_many_patients_are_refused(client: TestClient) -> None:
    refused = client.post("/v1/predict", json={"patients": [{"patient_id": str(place)} for place in range(10_001)]})
    assert refused.status_code == 413
    assert refused.json()["title"] == "The body holds more than 10,000 patients; send them in parts."


def test_an_unknown_address_and_another_method_are_problems(client: TestClient) -> None:
    for answer, status in ((client.get("/nowhere"), 404), (client.get("/v1/predict"), 405)):
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"


def test_an_unforeseen_error_leaves_no_value_behind(
    both: Predictor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client = TestClient(app.create([both]), raise_server_exceptions=False)

    def broken(*_: object) -> None:
        raise ValueError(f"unexpected value {CANARY}")

    monkeypatch.setattr("serving.api.answering.rows_of", broken)
    with caplog.at_level(logging.DEBUG):
        answer = client.post("/v1/predict", json={"patients": PATIENTS})
    assert answer.status_code == 500
    assert answer.json()["title"] == "An unforeseen error; the request was not answered."
    assert "ValueError in broken" in caplog.text
    assert CANARY not in caplog.text + answer.text


def test_every_answer_carries_the_security_headers(client: TestClient) -> None:
    for answer in (client.get("/"), client.get("/nowhere"), client.post("/v1/predict", json={"patients": PATIENTS})):
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


def test_health(client: TestClient, both: Predictor) -> None:
    assert client.get("/livez").json() == {"status": "alive"}
    ready = client.get("/readyz").json()
    assert ready["status"] == "ready"
    assert ready["models"][both.name]["version"] == both.version


def test_a_model_that_answers_otherwise_than_when_it_was_made_is_not_ready(both: Predictor) -> None:
    from dataclasses import replace

    golden = {name: tuple(value + 0.01 for value in values) for name, values in both.evidence.golden.items()}
    changed = replace(both, evidence=both.evidence.model_copy(update={"golden": golden}))
    answer = TestClient(app.create([changed])).get("/readyz")
    assert answer.status_code == 503
    assert both.name in answer.json()["title"]


def test_two_models_of_one_name_are_refused(both: Predictor) -> None:
    with pytest.raises(ModelError, match="same name"):
        app.create([both, both])


def test_the_description_types_every_factor(client: TestClient, both: Predictor) -> None:
    description = client.get("/openapi.json").json()
    patient = description["components"]["schemas"][f"Patient_{both.name}"]
    assert patient["additionalProperties"] is False
    assert set(patient["properties"]) == {"patient_id", *both.factors}
    assert patient["required"] == ["patient_id"]
    alliance = next(option for option in patient["properties"]["alliance"]["anyOf"] if option["type"] == "number")
    assert (alliance["minimum"], alliance["maximum"]) == (1, 5)
    levels = next(option for option in patient["properties"]["delivery_mode"]["anyOf"] if "enum" in option)
    assert levels["enum"] == ["guided", "unguided"]
    answer = description["components"]["schemas"][f"Answer_{both.name}"]
    assert tuple(answer["properties"]) == (*answer_columns(both), "factors")
    assert "field_" not in json.dumps(description)
    assert len(COLUMNS) > 20
