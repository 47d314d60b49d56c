"""POST /fhir/RiskAssessment/$predict: what it says is FHIR R4, and the same as the API's own answer."""

import re
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from fhir.resources.R4B.operationoutcome import OperationOutcome
from fhir.resources.R4B.riskassessment import RiskAssessment

from serving import app
from serving.fhir.told import MEDIA_TYPE, WHY
from tests.serving.fhir.records import (
    PATIENT,
    Resource,
    bundle,
    coded,
    loinc,
    own,
    questionnaire,
    row,
    typical,
)  # fmt: skip
from therapport.predictor import Predictor

PATH = "/fhir/RiskAssessment/$predict"


@pytest.fixture(scope="module")
def client(both: Predictor) -> TestClient:
    return TestClient(app.create([both]))


def asked(client: TestClient, document: object, status: int = 200) -> dict[str, Any]:
    answer = client.post(PATH, json=document, headers={"content-type": MEDIA_TYPE})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE
    made: dict[str, Any] = answer.json()
    (RiskAssessment if status == 200 else OperationOutcome).model_validate(made)
    return made


def without(predictor: Predictor, *names: str) -> list[Resource]:
    left_out = {name.replace("_", "-") for name in names}
    return [one for one in typical(predictor) if one["id"] not in left_out]


def extensions(made: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = [one for one in made.get("extension", []) if one["url"] == f"urn:therapport:fhir:{name}"]
    return [
        {part["url"]: next(v for k, v in part.items() if k != "url") for part in one.get("extension", [])}
        or one["valueCoding"]
        for one in found
    ]


def not_used(made: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(one["reason"], one.get("code")) for one in extensions(made, "not-used")]


def issues(made: dict[str, Any]) -> list[tuple[str | None, str]]:
    return [(one.get("expression", [None])[0], one["diagnostics"]) for one in made["issue"]]


def test_the_assessment_says_what_the_answer_says(client: TestClient, both: Predictor) -> None:
    answer = client.post("/v1/predict", json={"patients": [{"patient_id": "p-1", **row(both)}]}).json()["answers"][0]
    made = asked(client, bundle(*typical(both)))
    predicted = made["prediction"][0]
    assert made["status"] == "final"
    assert predicted["probabilityDecimal"] == pytest.approx(100 * answer["response_probability"], abs=1e-4)
    interval = predicted["extension"][0]["valueRange"]
    assert interval["low"]["value"] == pytest.approx(100 * answer["response_probability_low"], abs=1e-4)
    assert predicted["outcome"]["text"] == "PHQ-9 falls by 6 points or more"
    families = extensions(made, "response-family")
    assert [one["family"] for one in families] == list(both.families)
    for one in families:
        for part, end in (("value", ""), ("low", "_low"), ("high", "_high")):
            assert one[part] == pytest.approx(100 * answer[f"contribution_{one['family']}{end}"], abs=1e-4)
    reference = extensions(made, "response-reference")[0]["value"]
    assert reference + sum(one["value"] for one in families) == pytest.approx(predicted["probabilityDecimal"], abs=1e-3)
    assert extensions(made, "end-score")[0]["value"] == pytest.approx(answer["end_score"], abs=1e-4)
    assert made["subject"] == {"reference": "Patient/p-1"}
    assert {one["reference"] for one in made["basis"]} == {
        f"Observation/{name.replace('_', '-')}" for name in both.factors
    }
    assert both.version in made["method"]["text"]
    assert "mitigation" not in made
    assert not extensions(made, "missing")


def test_parameters_and_bundles_of_them_are_the_same(client: TestClient, both: Predictor) -> None:
    parts = typical(both)
    nested = {
        "resourceType": "Parameters",
        "parameter": [{"name": "patient", "resource": parts[0]}, {"name": "all", "resource": bundle(*parts[1:])}],
    }
    assert asked(client, nested)["prediction"] == asked(client, bundle(*parts))["prediction"]


@pytest.mark.parametrize("total", [None, 14])
def test_a_questionnaire_gives_its_total_or_the_sum_of_its_items(
    client: TestClient, both: Predictor, total: int | None
) -> None:
    others = without(both, "phq9_intake")
    by_items = asked(client, bundle(*others, questionnaire([2, 2, 2, 2, 2, 2, 2, 0, 0], total=total)))
    by_total = asked(client, bundle(*others, loinc("44261-6", {"valueInteger": 14})))
    assert by_items["prediction"] == by_total["prediction"]
    assert not not_used(by_items)
    assert {"reference": "QuestionnaireResponse/q-1"} in by_items["basis"]


def test_a_total_that_is_not_the_sum_of_its_items_is_refused(client: TestClient, both: Predictor) -> None:
    sent = bundle(*without(both, "phq9_intake"), questionnaire([2] * 9, total=14))
    ((_, problem),) = issues(asked(client, sent, 422))
    assert problem == "phq9_intake: the total is not the sum of the items"


def test_a_required_factor_that_is_missing_cancels(client: TestClient, both: Predictor) -> None:
    made = asked(client, bundle(*without(both, "phq9_intake"), questionnaire([2, 2, 2])))
    assert made["status"] == "cancelled"
    assert "prediction" not in made
    assert [one["code"] for one in extensions(made, "missing")] == ["phq9_intake"]
    assert not_used(made) == [("incomplete", "phq9_intake")]


def test_item_nine_is_passed_on_whatever_is_predicted(client: TestClient, both: Predictor) -> None:
    others = without(both, "phq9_intake")
    with_it = asked(client, bundle(*others, questionnaire([2, 2, 2, 2, 2, 2, 1, 0, 1])))
    without_it = asked(client, bundle(*others, questionnaire([2, 2, 2, 2, 2, 2, 1, 1, 0])))
    assert "a person must" in with_it["note"][0]["text"]
    assert "a person must" not in str(without_it)
    assert with_it["prediction"] == without_it["prediction"]


def test_nothing_is_dropped_silently(client: TestClient, both: Predictor) -> None:
    later = own(both, "alliance", {"valueDecimal": 2.0})
    first = own(both, "adherence", {"valueDecimal": 0.5}, status="preliminary")
    odd = own(
        both, "competence", {"valueInteger": 30}, modifierExtension=[{"url": "urn:negated", "valueBoolean": True}]
    )
    others = without(both, "adherence", "competence")
    more: list[Resource] = [
        later, first, odd,
        loinc("8480-6", {"valueInteger": 120}),
        {"resourceType": "Observation", "status": "final", "code": {"coding": [{"system": "urn:x", "code": "Smith"}]},
         "valueString": "Smith"},
        {"resourceType": "Condition", "id": "c"},
        loinc("44261-6", {"valueInteger": 20}),
    ]  # fmt: skip
    made = asked(client, bundle(*others, *more))
    assert sorted(not_used(made), key=str) == sorted(
        [
            ("several", "alliance"), ("several", "alliance"), ("status", None), ("modifier", None),
            ("unknown-code", "8480-6"), ("unknown-code", None), ("unknown-resource", None), ("several", "phq9_intake"),
        ],
        key=str,
    )  # fmt: skip
    missing = [one["code"] for one in extensions(made, "missing")]
    assert missing == ["alliance", "adherence", "competence"]
    assert "Smith" not in str(made)
    for reason, _ in not_used(made):
        assert WHY[reason] in str(made["note"])  # type: ignore[index]


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("alliance", {"valueQuantity": {"value": 8642.759}}, "alliance: must be at most 5"),
        ("alliance", {"valueString": "Zebrowski"}, "must be a valueQuantity"),
        (
            "adherence",
            {"valueQuantity": {"value": 50, "system": "http://unitsofmeasure.org", "code": "%"}},
            "the unit 1",
        ),
        ("episode_months", {"valueQuantity": {"value": 2, "unit": "years"}}, "must have the unit months"),
        ("episode_months", {"valueQuantity": {"value": 2, "comparator": ">"}}, "without a comparator"),
        ("episode_months", {"valueQuantity": {"value": 2.5}}, "must be a whole number"),
        ("delivery_mode", {"valueString": "Zebrowski"}, "delivery_mode: allowed levels"),
        ("alliance", {"valueQuantity": {"value": "8642.759"}}, "must be a number"),
    ],
)
def test_what_does_not_fit_is_told_by_place_and_without_its_value(
    client: TestClient, both: Predictor, name: str, value: Resource, problem: str
) -> None:
    made = asked(client, bundle(PATIENT, own(both, name, value)), 422)
    ((place, said),) = issues(made)
    assert place is not None
    assert place.startswith("Bundle.entry[1].resource")
    assert problem in said
    assert not re.search(r"zebrowski|8642", str(made), flags=re.IGNORECASE)


def test_one_request_is_about_one_patient(client: TestClient, both: Predictor) -> None:
    other = own(both, "alliance", {"valueDecimal": 3.0}, subject={"reference": "Patient/Zebrowski"})
    ((place, said),) = issues(asked(client, bundle(PATIENT, other), 422))
    assert (place, said) == ("Bundle.entry[1].resource.subject", "is about another patient")
    two = asked(client, bundle(PATIENT, {**PATIENT, "id": "p-2"}), 422)
    assert two["issue"][0]["code"] == "multiple-matches"
    nobody = asked(client, bundle(own(both, "alliance", {"valueDecimal": 3.0}, subject={})), 422)
    assert nobody["issue"][0]["code"] == "required"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", MEDIA_TYPE, 422),
        (b"[1]", MEDIA_TYPE, 422),
        (b'{"resourceType": ["Bundle"]}', MEDIA_TYPE, 422),
        (b'{"resourceType": "Bundle", "entry": 3}', MEDIA_TYPE, 422),
        (b'{"resourceType": "Bundle", "entry": [3]}', MEDIA_TYPE, 422),
        (b'{"resourceType": "Bundle", "entry": [{"resource": "Zebrowski"}]}', MEDIA_TYPE, 422),
        (b"[" * 100_000, MEDIA_TYPE, 422),
        (b'{"resourceType": "Parameters", "parameter": [{"resource": ' * 500, MEDIA_TYPE, 422),
        (b"<Bundle/>", "application/fhir+xml", 415),
    ],
)
def test_every_error_is_an_operation_outcome(client: TestClient, body: bytes, kind: str, status: int) -> None:
    answer = client.post(PATH, content=body, headers={"content-type": kind})
    assert answer.status_code == status
    OperationOutcome.model_validate(answer.json())
    assert "Zebrowski" not in answer.text


def test_age_and_sex_come_from_the_patient_where_the_codebook_names_them(both: Predictor) -> None:
    """Whole years, to the day: a factor with the code of age is used as one here."""
    from datetime import date

    from serving.fhir.codes import AGE, SEX, Codes
    from serving.fhir.gathering import gathered
    from serving.fhir.patient import known_of
    from serving.fhir.told import Notes

    factors = dict(both.codebook.factors)
    factors["episode_months"] = factors["episode_months"].model_copy(update={"code": AGE})
    levels = {"m": "Male", "f": "Female"}
    factors["delivery_mode"] = factors["delivery_mode"].model_copy(update={"code": SEX, "levels": levels})
    codes = Codes(replace(both, codebook=both.codebook.model_copy(update={"factors": factors})))

    def known(today: date, **changed: str) -> dict[str, object]:
        placed = gathered({**PATIENT, **changed}, "p", Notes())
        return {name: value for name, (_, value) in known_of(placed, codes, today, Notes()).items()}

    assert known(date(2020, 6, 14)) == {"episode_months": 39, "delivery_mode": "f"}
    assert known(date(2020, 6, 15)) == {"episode_months": 40, "delivery_mode": "f"}
    assert known(date(2020, 6, 15), birthDate="1980-06", gender="unknown") == {}


def test_a_predictor_of_scores_alone_says_so(score_only: Predictor) -> None:
    client = TestClient(app.create([score_only]))
    made = asked(client, bundle(*typical(score_only)))
    assert made["status"] == "final"
    assert "prediction" not in made
    assert extensions(made, "end-score-family")
    assert any("at the end is predicted" in one["text"] for one in made["note"])


def test_levels_may_be_codes_or_texts(client: TestClient, both: Predictor) -> None:
    level = row(both)["delivery_mode"]
    others = without(both, "delivery_mode")
    coding = asked(client, bundle(*others, own(both, "delivery_mode", coded(both, "delivery_mode", level))))
    text = asked(client, bundle(*others, own(both, "delivery_mode", {"valueString": level})))
    assert coding["prediction"] == text["prediction"]
