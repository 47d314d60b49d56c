"""Discovery and cards keep the rules of CDS Hooks, and say what the API says."""

from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from serving import app
from tests.serving.cds_hooks.specification import check_cards, check_services
from tests.serving.fhir.records import PATIENT, Resource, bundle, own, questionnaire, typical
from therapport.predictor import Predictor

INSTANCE = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"


@pytest.fixture(scope="module")
def client(both: Predictor, severity_alone: Predictor) -> TestClient:
    return TestClient(app.create([both, replace(severity_alone, name="severity-alone")]))


def call(*scores: Resource, questionnaires: list[Resource] | None = None, **changed: Any) -> dict[str, Any]:  # noqa: ANN401
    prefetch: dict[str, Any] = {"patient": PATIENT, "scores": bundle(*scores)}
    prefetch["questionnaires"] = None if questionnaires is None else bundle(*questionnaires)
    context = {"userId": "Practitioner/1", "patientId": "p-1", "encounterId": "e"}
    made = {"hook": "patient-view", "hookInstance": INSTANCE, "context": context, "prefetch": prefetch}
    return {**made, **changed}


def cards(client: TestClient, document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    answer = client.post(f"/cds-services/{name}", json=document)
    assert answer.status_code == 200, answer.text
    check_cards(answer.json())
    made: list[dict[str, Any]] = answer.json()["cards"]
    return made


def test_discovery_names_every_model_and_asks_for_what_it_uses(client: TestClient, both: Predictor) -> None:
    document = client.get("/cds-services").json()
    check_services(document)
    services = {one["id"]: one for one in document["services"]}
    assert set(services) == {both.name, "severity-alone"}
    asked = services[both.name]["prefetch"]
    assert asked["patient"] == "Patient/{{context.patientId}}"
    codes = asked["scores"].partition("&code=")[2].split(",")
    assert "http://loinc.org|44261-6" in codes
    assert {f"urn:therapport:codebook:{both.codebook.name}|{name}" for name in both.factors} <= set(codes)


def test_the_card_says_what_the_assessment_says(client: TestClient, both: Predictor) -> None:
    (card,) = cards(client, call(*typical(both)[1:]), both.name)
    said = client.post("/fhir/RiskAssessment/$predict", json=bundle(*typical(both))).json()["prediction"][0]
    assert said["rationale"] in card["detail"]
    assert card["summary"].split(";")[0].removesuffix(".")[:40] in said["rationale"]
    for family in both.families:
        assert both.codebook.families[family].label in card["detail"]
    assert both.version in card["source"]["label"]
    assert "never a reason to deny care" in card["detail"]
    assert card["links"][0]["url"] == f"http://testserver/{both.name}/patient"
    assert client.get(card["links"][0]["url"]).status_code == 200


def test_a_patient_far_behind_gets_a_warning_and_nobody_more_than_that(client: TestClient, both: Predictor) -> None:
    base_rate = both.evidence.cohort.base_rate
    assert base_rate is not None
    seen = set()
    poor = {"alliance": 1, "homework_completion": 0, "expectancy": 3, "observed_resistance": 1, "phq9_intake": 10}
    for values in (poor, {**poor, "alliance": 5, "homework_completion": 1, "expectancy": 27, "phq9_intake": 27}):
        changed: dict[str, Resource] = {name: {"valueInteger": value} for name, value in values.items()}
        scores = [one for one in typical(both)[1:] if one["id"].replace("-", "_") not in changed]
        scores += [own(both, name, value) for name, value in changed.items()]
        (card,) = cards(client, call(*scores), both.name)
        said = client.post("/fhir/RiskAssessment/$predict", json=bundle(PATIENT, *scores)).json()["prediction"][0]
        high = said["extension"][0]["valueRange"]["high"]["value"]
        assert card["indicator"] == ("warning" if high < 100 * base_rate else "info")
        seen.add(card["indicator"])
    assert seen == {"info", "warning"}


def test_item_nine_comes_first_on_a_card_of_its_own(client: TestClient, both: Predictor) -> None:
    scores = [one for one in typical(both)[1:] if one["id"] != "phq9-intake"]
    first, second = cards(client, call(*scores, questionnaires=[questionnaire([2] * 8 + [1])]), both.name)
    assert first["indicator"] == "warning"
    assert "self-harm" in first["summary"]
    assert "people like this" in second["summary"]


def test_without_what_is_required_the_card_says_so(client: TestClient, both: Predictor) -> None:
    (card,) = cards(client, call(), both.name)
    assert card["summary"] == "No prediction for this patient."
    assert card["indicator"] == "info"
    assert "PHQ-9 at intake" in card["detail"]


def test_other_kinds_of_predictors_have_cards_too(
    client: TestClient, severity_alone: Predictor, score_only: Predictor
) -> None:
    renamed = replace(severity_alone, name="severity-alone")
    cards(client, call(*typical(renamed)[1:]), "severity-alone")
    alone = TestClient(app.create([score_only]))
    (card,) = cards(alone, call(*typical(score_only)[1:]), score_only.name)
    assert "PHQ-9 at the end" in card["summary"]


@pytest.mark.parametrize(
    ("changed", "status", "column"),
    [
        ({"hook": "Zebrowski"}, 422, "hook"),
        ({"hookInstance": "Zebrowski"}, 422, "hookInstance"),
        ({"context": {"userId": "Practitioner/1"}}, 422, "context"),
        ({"context": {"userId": "Practitioner/1", "patientId": "Zebrowski"}}, 422, "prefetch"),
        ({"prefetch": None}, 412, None),
        ({"prefetch": {"scores": {"resourceType": "Bundle"}}}, 412, None),
        ({"prefetch": {"patient": {"resourceType": "Patient", "id": "Zebrowski Jan"}}}, 422, "prefetch"),
        ({"prefetch": {"patient": PATIENT, "scores": {"resourceType": "Bundle", "entry": "Zebrowski"}}}, 422,
         "prefetch.scores.entry"),
    ],
)  # fmt: skip
def test_a_call_that_does_not_fit_is_refused_without_a_word_of_it(
    client: TestClient, both: Predictor, changed: dict[str, Any], status: int, column: str | None
) -> None:
    answer = client.post(f"/cds-services/{both.name}", json=call(**changed))
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Zebrowski" not in answer.text
    if column is not None:
        assert [one["column"] for one in answer.json()["errors"]] == [column]


def test_a_service_that_is_not_there_is_not_found(client: TestClient) -> None:
    assert client.post("/cds-services/Zebrowski", json=call()).status_code == 404
