"""The pages over HTTP: the form, what is typed into it, and the patient page."""

import pytest
from fastapi.testclient import TestClient

from serving import app
from therapport.predictor import Predictor

CANARY = "Zebrowski"


@pytest.fixture(scope="module")
def client(both: Predictor) -> TestClient:
    return TestClient(app.create([both]), raise_server_exceptions=False)


def test_the_index_leads_to_the_form(client: TestClient, both: Predictor) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert both.evidence.title in page.text
    assert f"/{both.name}/patient" in page.text


@pytest.mark.parametrize("example", ["", "?example=typical", "?example=poorer"])
def test_the_form_asks_for_every_factor(client: TestClient, both: Predictor, example: str) -> None:
    page = client.get(f"/patient{example}")
    assert page.status_code == 200
    for name in both.factors:
        assert f'name="{name}"' in page.text
    assert ('value="guided" selected' in page.text or 'value="unguided" selected' in page.text) == bool(example)


def test_what_is_typed_leads_to_the_patient_page(client: TestClient, both: Predictor) -> None:
    page = client.post("/patient", data={"phq9_intake": "16", "alliance": "3,9", "delivery_mode": "guided"})
    assert page.status_code == 200
    assert both.outcome is not None
    assert both.outcome.definition in page.text
    for family in both.families:
        assert both.codebook.families[family].label in page.text


def test_a_patient_without_severity_gets_a_reason_and_no_number(client: TestClient) -> None:
    page = client.post("/patient", data={"alliance": "3.9"})
    assert page.status_code == 200
    assert "Of 100 people" not in page.text


def test_wrong_entries_come_back_with_the_form_by_label_and_range(client: TestClient, both: Predictor) -> None:
    page = client.post("/patient", data={"phq9_intake": "99", "alliance": CANARY})
    assert page.status_code == 422
    label = both.codebook.factors["phq9_intake"].label
    assert f"{label} must be at most 27." in page.text
    assert "must be a number." in page.text


def test_values_travel_in_the_body_and_never_in_an_address(client: TestClient) -> None:
    page = client.get("/patient", params={"phq9_intake": "16"})
    assert 'value="16"' not in page.text
    assert 'method="post"' in page.text


def test_an_unknown_example_is_refused(client: TestClient) -> None:
    assert client.get("/patient?example=real").status_code == 422
