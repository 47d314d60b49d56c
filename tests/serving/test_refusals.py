"""Whoever asks with a browser is refused with a page, and a program with a problem document; both keep values back."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from serving import app, refusals
from serving.api.frame import Frame
from serving.api.served import Loaded, Served
from serving.security.access import Access
from serving.security.keys import KeyRing, add
from tests.serving.html_document import Document
from therapport.predictor import Predictor

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def asking(predictor: Predictor, access: Access | None = None) -> TestClient:
    return TestClient(app.assemble([Served(Loaded(predictor))], Frame(), access or Access()))


def test_an_address_that_is_not_there_is_a_page_for_a_browser_and_a_document_for_a_program(both: Predictor) -> None:
    client = asking(both)
    page, document = client.get("/nowhere", headers=BROWSER), client.get("/nowhere")
    assert page.status_code == document.status_code == 404
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert int(page.headers["content-length"]) == len(page.content)
    assert page.headers["content-security-policy"] == document.headers["content-security-policy"]
    told = Document(page.text)
    assert told.unclosed == []
    assert "There is no such page" in told.text
    assert document.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["/v1/nowhere", "/small/v1/predict", "/cds-services/nobody", "/fhir/RiskAssessment/$predict"]
)
def test_addresses_of_programs_answer_a_browser_with_a_document_too(both: Predictor, path: str) -> None:
    answer = asking(both).get(path, headers=BROWSER)
    assert answer.status_code in (404, 405)
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_page_speaks_the_language_of_the_browser_and_says_what_is_english(both: Predictor) -> None:
    dutch = asking(both).get("/nowhere", headers=BROWSER | {"accept-language": "nl,en;q=0.5"})
    assert '<html lang="nl">' in dutch.text
    assert "Deze pagina is er niet" in Document(dutch.text).text
    assert "There is no such page" not in dutch.text
    unread = asking(both).post("/patient", content=b"?", headers=BROWSER | {"accept-language": "nl"})
    assert '<div class="flow" lang="en">' in unread.text


def test_what_does_not_fit_is_named_and_what_was_sent_is_not_shown(both: Predictor) -> None:
    page = asking(both).get("/patient?example=Zebrowski&lang=Zebrowski", headers=BROWSER)
    assert "Zebrowski" not in page.text
    unread = asking(both).post("/patient", content=b"Zebrowski", headers=BROWSER | {"content-type": "text/plain"})
    assert unread.status_code >= 400
    assert unread.headers["content-type"].startswith("text/html")
    assert "Zebrowski" not in unread.text


def test_a_browser_without_a_key_is_asked_for_one_and_told_so(both: Predictor, tmp_path: Path) -> None:
    add(tmp_path / "keys.json", "ward", ("explain",))
    page = asking(both, Access(KeyRing(tmp_path / "keys.json"))).get("/patient", headers=BROWSER)
    assert page.status_code == 401
    assert page.headers.get_list("www-authenticate")[0].startswith("Basic")
    assert "This server asks for a key" in Document(page.text).text


def test_every_status_has_a_heading() -> None:
    assert all(refusals.HEADINGS[status] for status in (401, 403, 404, 413, 422, 503))
