"""What became of a card: kept without a word that could name anybody, and erased with the patient."""

import datetime
import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from serving import app
from serving.api.frame import Frame
from serving.api.served import Loaded, Served
from serving.audit.erase import erase_patient
from serving.audit.folder import State
from serving.audit.trail import Trail, named, named_card
from serving.audit.verify import verify
from serving.cds_hooks.cards import OVERRIDE, REASONS
from serving.security.access import Access, scope_of
from tests.serving.cds_hooks.test_services import call
from tests.serving.fhir.records import typical
from therapport.predictor import Predictor

CARD = "4e0a3a1e-3f4c-4a3e-bb9f-7c3f1c2d9e11"
AT = "2026-01-05T10:15:30+02:00"


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path / "state")


@pytest.fixture
def client(both: Predictor, state: State) -> TestClient:
    made = app.assemble([Served(Loaded(both))], Frame(trail=Trail.begin(state)), Access())
    return TestClient(made, raise_server_exceptions=False)


def feedback(**changed: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """As in the example of the specification (CDS Hooks 2.0, Feedback)."""
    reason = {"code": "outdated-input", "system": REASONS, "display": OVERRIDE["outdated-input"]}
    one = {
        "card": CARD,
        "outcome": "overridden",
        "overrideReason": {"reason": reason, "userComment": "Mr Zebrowski was ill that week"},
        "outcomeTimestamp": AT,
    }
    return {"feedback": [{**one, **changed}]}


def kept(state: State, kind: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for path in sorted(state.audit.glob("*")) for line in path.read_text().splitlines()]
    return [one["payload"] for one in found if one["kind"] == kind]


def address(predictor: Predictor) -> str:
    return f"/cds-services/{predictor.name}/feedback"


def test_the_outcome_is_kept_and_nothing_that_could_name_anybody(
    client: TestClient, both: Predictor, state: State
) -> None:
    answer = client.post(address(both), json=feedback())
    assert (answer.status_code, answer.json()) == (200, {"status": "noted"})
    (line,) = kept(state, "feedback")
    assert (line["outcome"], line["reason"], line["commented"]) == ("overridden", "outdated-input", True)
    assert line["at"] == "2026-01-05T08:15:30+00:00"
    assert (line["model"], line["version"]) == (both.name, both.version)
    assert line["card"] == named_card(state.secret(), CARD)
    whole = json.dumps(line)
    assert "Zebrowski" not in whole
    assert CARD not in whole
    assert not verify(state.audit).problems


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"outcome": "accepted", "acceptedSuggestions": [{"id": "Zebrowski"}], "overrideReason": None}, None),
        ({"overrideReason": {"reason": {"code": "Zebrowski", "system": "urn:x"}}}, "other"),
        ({"overrideReason": {"reason": {"code": "not-relevant", "system": "urn:x"}}}, "other"),
        ({"overrideReason": {"reason": {"code": "not-relevant"}}}, "not-relevant"),
        ({"overrideReason": {"userComment": "Zebrowski"}, "extension": {"Zebrowski": 1}}, None),
    ],
)
def test_reasons_of_others_are_not_repeated(
    client: TestClient, both: Predictor, state: State, changed: dict[str, Any], expected: str | None
) -> None:
    assert client.post(address(both), json=feedback(**changed)).status_code == 200
    (line,) = kept(state, "feedback")
    assert line["reason"] == expected
    assert "Zebrowski" not in json.dumps(line)


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"card": "Zebrowski"}, "card"),
        ({"outcome": "Zebrowski"}, "outcome"),
        ({"outcomeTimestamp": "2026-01-05T10:15:30"}, "outcomeTimestamp"),
        ({"outcomeTimestamp": 1767600000}, "outcomeTimestamp"),
        ({"outcomeTimestamp": "0001-01-01T00:00:00+12:00"}, "outcomeTimestamp"),
        ({"overrideReason": "Zebrowski"}, "overrideReason"),
    ],
)
def test_what_is_no_feedback_is_refused_and_nothing_of_it_kept(
    client: TestClient, both: Predictor, state: State, changed: dict[str, Any], column: str
) -> None:
    body = feedback()
    body["feedback"] += feedback(**changed)["feedback"]
    answer = client.post(address(both), json=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["column"] == column
    assert "Zebrowski" not in answer.text
    assert kept(state, "feedback") == []


@pytest.mark.parametrize("body", [{}, {"feedback": []}, {"feedback": feedback()["feedback"] * 101}, [], "x"])
def test_bodies_of_another_form_are_refused(client: TestClient, both: Predictor, body: object) -> None:
    assert client.post(address(both), json=body).status_code == 422
    assert client.post(address(both), content=b"{").status_code == 422
    assert client.post(address(both), content=b"a=b", headers={"content-type": "text/plain"}).status_code == 415
    assert client.get(address(both)).status_code == 405
    assert client.post("/cds-services/Zebrowski/feedback", json=feedback()).status_code == 404


def test_without_a_trail_feedback_is_refused_and_it_needs_the_scope_of_cards(both: Predictor) -> None:
    answer = TestClient(app.create([both])).post(address(both), json=feedback())
    assert answer.status_code == 409
    assert scope_of(address(both)) == scope_of(f"/cds-services/{both.name}") == "explain"


def test_feedback_goes_with_its_patient(client: TestClient, both: Predictor, state: State) -> None:
    (card,) = client.post(f"/cds-services/{both.name}", json=call(*typical(both)[1:])).json()["cards"]
    (line,) = kept(state, "cards")
    (patient,) = kept(state, "answer")
    assert line["id"] == patient["id"]
    assert line["cards"] == [named_card(state.secret(), card["uuid"])]
    for one in (card["uuid"].upper(), str(uuid.uuid4())):
        assert client.post(address(both), json=feedback(card=one)).status_code == 200
    ids = {name for name in ("p-1", "Patient/p-1") if named(state.secret(), name) == line["id"]}
    done = erase_patient(state, ids.pop())
    assert done.lines == 3  # answer, cards, feedback; the other card was nobody's
    assert len([one for one in kept(state, "feedback") if one]) == 1
    assert not verify(state.audit).problems


def test_moments_are_kept_in_one_zone(client: TestClient, both: Predictor, state: State) -> None:
    now = datetime.datetime(2026, 3, 1, 23, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=-5)))
    client.post(address(both), json=feedback(outcomeTimestamp=now.isoformat()))
    assert kept(state, "feedback")[0]["at"] == "2026-03-02T04:30:00+00:00"
