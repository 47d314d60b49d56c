"""The pages of the model: verdict, gate, calibration, families, version, and the card."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from serving import app, results
from serving.api.frame import Frame
from serving.api.served import Loaded, Refused, Served
from serving.security.access import Access
from tests.serving.html_document import Document
from therapport import card as cards
from therapport.predictor import Predictor


def asking(predictor: Predictor, **known: object) -> TestClient:
    refused = Refused("0bad", "it is damaged") if known.pop("refused", False) else None
    loaded = Loaded(predictor, **known)  # type: ignore[arg-type]
    return TestClient(app.assemble([Served(loaded, refused)], Frame(), Access()))


def test_the_page_tells_what_the_evidence_says(predictor: Predictor) -> None:
    page = asking(predictor).get("/model")
    assert page.status_code == 200
    assert len(page.content) < 100 * 1024
    document = Document(page.text)
    assert document.unclosed == []
    for result in results.results(predictor):
        assert result.verdict in document.text
        assert result.rests_on.summary in document.text
        for group in result.groups:
            assert "".join(group) in document.text
    assert predictor.version in document.text
    assert "Nothing is known of a gate" in document.text


def test_gate_registry_and_a_refused_version_are_told(both: Predictor) -> None:
    tags = {"gate": "passed", "gate.calibration": "slope 0.98, allowed 0.8 to 1.25", "other": "Zebrowski"}
    client = asking(both, tags=tags, number="7", digest="abc", folder=Path("x"), refused=True)
    text = Document(client.get("/model").text).text
    for part in ("passed", "slope 0.98, allowed 0.8 to 1.25", "0bad", "it is damaged"):
        assert part in text
    assert "Zebrowski" not in text


@pytest.mark.parametrize("prefix", ["", "/small"])
def test_the_card_tells_every_item(both: Predictor, prefix: str) -> None:
    page = asking(both).get(f"{prefix}/model/card")
    assert len(page.content) < 100 * 1024
    text, card = Document(page.text).text, cards.card(both)
    parts = [*card.summary, *(section.title for section in card.sections)]
    parts += [fact for section in card.sections for entry in section.entries for fact in entry.facts]
    parts += [item.number for _, items in card.checklist for item in items]
    assert [part for part in parts if " ".join(part.split()) not in text] == []
