"""What stands beside the prediction, over HTTP: safety, other values, and a disagreement in the audit trail."""

import json
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from serving import app
from serving.api.frame import Frame
from serving.api.served import Loaded, Served
from serving.audit.folder import State
from serving.audit.trail import Trail, named
from serving.beside import words
from serving.security.access import Access
from tests.serving.html_document import Document
from therapport.predictor import Predictor

SENT = {"phq9_intake": "16", "alliance": "3,9", "delivery_mode": "guided"}


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path / "state")


@pytest.fixture
def client(both: Predictor, state: State) -> TestClient:
    made = app.assemble([Served(Loaded(both))], Frame(trail=Trail.begin(state)), Access())
    return TestClient(made, raise_server_exceptions=False)


def lines(state: State) -> list[dict[str, object]]:
    found = [json.loads(line) for path in sorted(state.audit.glob("*")) for line in path.read_text().splitlines()]
    return [one for one in found if one["kind"] in ("answer", "contest")]


def test_the_answer_of_a_page_is_in_the_trail_and_a_disagreement_beside_it(client: TestClient, state: State) -> None:
    page = client.post("/patient", data=SENT)
    fields = {
        one.attributes["name"]: one.attributes.get("value", "") for one in Document(page.text).all("input", "textarea")
    }
    name = fields["reference"]
    assert words.reference(name) in Document(page.text).text
    noted = client.post("/contest", data={"reference": name, "about": "alliance", "said": "It was 4.5 last week."})
    assert noted.status_code == 201
    assert words.NOTED in noted.text
    answer, contest = (line["payload"] for line in lines(state))
    assert isinstance(answer, dict)
    assert isinstance(contest, dict)
    assert answer["id"] == contest["id"] == named(state.secret(), name)
    assert answer["route"] == "page"
    assert answer["answer"]["status"] == "scored"
    assert (contest["about"], contest["said"]) == ("alliance", "It was 4.5 last week.")


@pytest.mark.parametrize(
    "changed", [{"said": " "}, {"said": "x" * 2001}, {"about": "phq9_end"}, {"reference": ""}], ids=str
)
def test_half_a_disagreement_is_refused_and_not_kept(client: TestClient, state: State, changed: dict[str, str]) -> None:
    said = {"reference": "form-1", "about": "prediction", "said": "no"} | changed
    assert client.post("/contest", data=said).status_code == 422
    assert lines(state) == []


def test_without_a_trail_the_page_says_so(both: Predictor) -> None:
    client = TestClient(app.create([both]))
    assert words.NO_TRAIL in client.post("/patient", data=SENT).text
    assert client.post("/contest", data={"reference": "a", "about": "prediction", "said": "no"}).status_code == 409


def prediction(text: str) -> str:
    found = re.search(r"Of 100 people like this, [^<]*", text)
    assert found is not None
    return found.group()


def test_item_9_brings_a_notice_and_nothing_else(client: TestClient, state: State) -> None:
    pages = {
        said: client.post("/patient", data={**SENT, "safety_phq9_item9": said}).text for said in ("", "0", "1", "3")
    }
    assert [words.SAFETY in pages[said] for said in pages] == [False, False, True, True]
    assert len({prediction(page) for page in pages.values()}) == 1
    assert len({line["payload"]["inputs"] for line in lines(state)}) == 1  # type: ignore[index]


def test_the_notice_stands_whatever_becomes_of_the_prediction(client: TestClient) -> None:
    abstained = client.post("/patient", data={"alliance": "3.9", "safety_phq9_item9": "2"})
    assert "Of 100 people" not in abstained.text
    assert words.SAFETY in abstained.text
    wrong = client.post("/patient", data={"phq9_intake": "99", "safety_phq9_item9": "2"})
    assert wrong.status_code == 422
    assert words.SAFETY in wrong.text
    beyond = client.post("/patient", data={**SENT, "safety_phq9_item9": "7"})
    assert beyond.status_code == 422
    assert words.SAFETY_WRONG in beyond.text


def test_other_values_stand_on_the_page(client: TestClient) -> None:
    text = Document(client.post("/patient", data=SENT).text).text
    assert words.WHAT_IF in text
    assert "with a usual value the prediction would" in text


def test_a_body_that_is_no_form_is_refused(client: TestClient) -> None:
    assert client.post("/patient", json=SENT).status_code == 415
    assert (
        client.post(
            "/patient", content=b"\xff", headers={"content-type": "application/x-www-form-urlencoded"}
        ).status_code
        == 422
    )
