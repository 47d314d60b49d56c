"""Every item of TRIPOD+AI is there once, filled from the run or marked for a person, and nothing is made up."""

import re
from dataclasses import replace

import pytest

from tests.serving.html_document import Document
from tests.studies import Made
from therapport import card as cards
from therapport.card import ITEMS
from therapport.card.checklist import STATED
from therapport.card.document import FIELDS
from therapport.card.facts import FACTS
from therapport.predictor import Predictor
from therapport.predictor.evidence import Figure, Recalibration
from therapport.predictor.stated import CardTable

PUBLISHED = [
    "1", "2", "3a", "3b", "3c", "4", "5a", "5b", "6a", "6b", "6c", "7", "8a", "8b", "8c", "9a",
    "9b", "9c", "10", "11", "12a", "12b", "12c", "12d", "12e", "12f", "12g", "13", "14", "15", "16", "17",
    "18a", "18b", "18c", "18d", "18e", "18f", "19", "20a", "20b", "20c", "21", "22", "23a", "23b", "24", "25",
    "26", "27a", "27b", "27c",
]  # fmt: skip
"""The 27 items with their sub-items, 52 in all (Collins et al., BMJ 2024;385:e078378, table 1)."""


def stated(predictor: Predictor, **texts: str) -> Predictor:
    return replace(predictor, evidence=predictor.evidence.model_copy(update={"card": CardTable(**texts)}))


def test_the_items_are_those_that_were_published() -> None:
    assert [item.number for item in ITEMS] == PUBLISHED
    assert len(PUBLISHED) == 52
    assert {re.sub("[a-g]$", "", number) for number in PUBLISHED} == {str(place) for place in range(1, 28)}


def test_every_item_stands_once_on_the_page_and_in_the_text(compared: Made) -> None:
    made = cards.card(compared.predictor)
    document = Document(cards.page(made))
    ids = [one.attributes.get("id", "") for one in document.all("div")]
    assert [one.removeprefix("item-") for one in ids if one.startswith("item-")] == PUBLISHED
    checklist = cards.markdown(made).split("## TRIPOD+AI checklist")[1]
    assert re.findall(r"^- \*\*(\d+[a-g]?) ", checklist, flags=re.MULTILINE) == PUBLISHED


def test_every_item_is_filled_or_marked(predictor: Predictor) -> None:
    for item in cards.card(predictor).items:
        assert item.facts or item.asked, item.number
        assert item.status == ("person" if not item.facts else "part" if item.asked else "filled")
        assert all(text.strip() for text in item.facts)


def test_every_key_of_the_table_is_asked_for_and_says_what_it_wants(predictor: Predictor) -> None:
    assert set(cards.card(predictor).to_fill_in) == set(CardTable.model_fields)
    assert all(len(FIELDS[key]) > 10 for key in CardTable.model_fields)
    assert set(FACTS) | set(STATED) == set(PUBLISHED)


def test_what_people_state_takes_the_place_of_the_mark(predictor: Predictor) -> None:
    texts = {key: f"Stated <of> {key}." for key in CardTable.model_fields}
    full = cards.card(stated(predictor, **texts))
    assert full.to_fill_in == ()
    assert {item.status for item in full.items} == {"filled"}
    page = cards.page(full)
    assert "For a person to fill in" not in page
    assert "<of>" not in page
    for key in texts:
        assert f"Stated &lt;of&gt; {key}." in page
    one = cards.card(stated(predictor, ethics="Committee of the service, 2024-17"))
    (ethics,) = (item for item in one.items if item.number == "17")
    assert ethics.stated == ("Committee of the service, 2024-17",)
    assert "ethics" not in one.to_fill_in
    blank = cards.card(stated(predictor, ethics="  \n"))
    assert "ethics" in blank.to_fill_in


def test_facts_are_those_of_the_evidence(compared: Made) -> None:
    evidence = compared.predictor.evidence
    items = {item.number: " ".join(item.facts) for item in cards.card(compared.predictor).items}
    assert "397 patients in the cohort" in items["20a"]
    assert f"{evidence.cohort.base_rate:.0%}".replace("%", " %") in items["20a"]
    assert "3 folds × 1 repeat" in items["12a"]
    assert "found in two folds: 0" in items["12a"]
    assert evidence.analysis is not None
    assert f"all {evidence.analysis.parameters} parameters" in items["10"]
    assert "Prevalence, Severity alone, Elastic net, Mixed model and Boosted trees" in items["12c"]
    assert evidence.cohort.digest in items["18f"]
    for comparison in evidence.comparisons:
        assert comparison.verdict in items["25"]
    auc = evidence.comparisons[0].candidates[evidence.comparisons[0].chosen].metrics["auc"]
    assert f"AUC {auc.value:.3f} ({auc.low:.3f} to {auc.high:.3f})" in items["2"]
    for warning in evidence.warnings:
        assert warning in items["26"]
    assert items["12f"] == items["24"] == "None."


def test_a_recalibrated_model_says_so(compared: Made) -> None:
    done = Recalibration(
        kind="slope", parent="abcd1234", cohort_digest="0" * 32, patients=210, gains={"binary": Figure(value=-0.012)}
    )
    evidence = compared.predictor.evidence.model_copy(update={"recalibration": done})
    items = {
        item.number: " ".join(item.facts) for item in cards.card(replace(compared.predictor, evidence=evidence)).items
    }
    assert "Recalibrated (slope) on 210 patients" in items["24"]
    assert "−0.012" in items["24"]
    assert "version abcd1234" in items["12f"]
    assert "different cohorts" in items["16"]


def test_a_model_without_the_new_evidence_has_a_card_too(predictor: Predictor) -> None:
    older = predictor.evidence.model_copy(update={"table_one": None, "missing": None, "analysis": None})
    made = cards.card(replace(predictor, evidence=older))
    assert [item.number for item in made.items] == PUBLISHED
    assert all(item.facts or item.asked or item.number in ("20b",) for item in made.items)
    assert cards.page(made)
    assert cards.markdown(made)


@pytest.mark.parametrize("word", ["causes", "because of", "leads to", "effect of"])
def test_no_claim_of_cause(predictor: Predictor, word: str) -> None:
    assert word not in cards.markdown(cards.card(predictor)).replace("association, not effect", "")
