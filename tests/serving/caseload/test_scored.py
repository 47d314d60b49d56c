"""Pages of patients of a scored cohort: what is there is that of the answer, and what is not is said."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from fastapi.testclient import TestClient

from serving import sentences
from serving.api.frame import Frame
from serving.audit.folder import State
from serving.audit.trail import Trail, named
from serving.beside import words as beside_words
from serving.caseload import words
from tests.serving.beside.test_band import EXPECTED
from tests.serving.caseload.conftest import Files
from tests.serving.caseload.test_page import asking
from tests.serving.html_document import Document
from therapport.predictor import Predictor


@pytest.fixture(scope="module")
def client(both: Predictor, files: Files) -> TestClient:
    return asking(both, files.scored)


def scored_as(answers: pd.DataFrame, folder: Path) -> Path:
    answers.to_parquet(folder / "answers.parquet", index=False)
    return folder / "answers.parquet"


def test_every_figure_is_that_of_the_answer_and_of_the_page_of_a_cohort_file(
    client: TestClient, both: Predictor, files: Files
) -> None:
    full = asking(both, files.cohort)
    for row in (1, 2, 90, 200):
        answer = files.answers.iloc[row - 1]
        text = client.get(f"/caseload/patient/{row}").text
        page = Document(text)
        assert page.all("h1")[0].text == f"Patient {answer['patient_id']} at session 3"
        own, other = (Document(one.get(f"/caseload/patient/{row}").text) for one in (client, full))
        leads = [[one.text for one in document.all("p") if one.attributes.get("class") in ("lead", "summary")]
                 for document in (own, other)]  # fmt: skip
        assert leads[0][0] == leads[1][0]
        low, high = (sentences.people(answer[f"response_probability_{end}"]) for end in ("low", "high"))
        assert f"(between {low} and {high})" in leads[0][0]
        bars = [re.findall(r'<span class="moved">([^<]*)<', one.get(f"/caseload/patient/{row}").text)
                for one in (client, full)]  # fmt: skip
        assert bars[0] == bars[1]
        assert len(bars[0]) >= len(both.families)


def test_what_is_not_there_is_said_and_not_shown(client: TestClient) -> None:
    page = Document(client.get("/caseload/patient/1").text)
    assert words.SCORED in page.text
    assert words.NO_VALUES in page.text
    for absent in (words.NO_FAMILIES, words.NO_INTERVAL, words.NO_FAMILY_INTERVALS, words.NO_COURSE):
        assert absent not in page.text
    for part in ("With another value", "The course so far", "Change what was filled in", "can still change"):
        assert part not in page.text


def test_without_families_or_intervals_the_page_says_which(both: Predictor, files: Files, tmp_path: Path) -> None:
    families = [name for name in map(str, files.answers) if "contribution_" in name]
    bare = files.answers.drop(columns=families)
    text = Document(asking(both, scored_as(bare, tmp_path)).get("/caseload/patient/1").text).text
    assert words.NO_FAMILIES in text
    assert "What this rests on" not in text
    assert "Of 100 people like this" in text
    unsure = files.answers.drop(
        columns=[
            name for name in map(str, files.answers) if name.endswith(("_low", "_high")) and "end_score" not in name
        ]
    )
    text = Document(asking(both, scored_as(unsure, tmp_path)).get("/caseload/patient/1").text).text
    assert words.NO_INTERVAL in text
    assert words.NO_FAMILY_INTERVALS in text
    assert sentences.UNCERTAINTY_UNKNOWN not in text
    assert "What this rests on" in text


def test_who_has_no_prediction_gets_the_reason(client: TestClient) -> None:
    page = Document(client.get("/caseload/patient/4").text)
    assert "No prediction: PHQ-9 at intake is not known" in page.text
    assert "Of 100 people" not in page.text
    assert words.NO_VALUES not in page.text


def test_another_version_is_told_and_a_band_is_said_to_be_missing(both: Predictor, files: Files) -> None:
    newer = replace(both, version="0new", evidence=both.evidence.model_copy(update={"course": EXPECTED}))
    text = Document(asking(newer, files.scored).get("/caseload/patient/1").text).text
    assert words.of_another_version(both.version, "0new") in text
    assert words.NO_COURSE in text


def test_other_kinds_of_predictors_open_too(
    severity_alone: Predictor, score_only: Predictor, trees: Predictor, files: Files, tmp_path: Path
) -> None:
    table = pd.read_parquet(files.cohort)
    for predictor in (severity_alone, score_only, trees):
        answers = predictor.predict(table[["patient_id", *predictor.factors]])
        shown = asking(predictor, scored_as(answers, tmp_path)).get("/caseload/patient/1")
        assert shown.status_code == 200, predictor.name
        assert len(shown.content) < 100 * 1024


@pytest.mark.parametrize("row", [0, 201, -1])
def test_rows_that_are_not_there_are_not_found(client: TestClient, row: int) -> None:
    assert client.get(f"/caseload/patient/{row}").status_code == 404


def test_a_disagreement_stands_by_itself(both: Predictor, files: Files, tmp_path: Path) -> None:
    state = State(tmp_path / "state")
    client = asking(both, files.scored, Frame(trail=Trail.begin(state)))
    text = client.get("/caseload/patient/1").text
    assert beside_words.BY_ITSELF in Document(text).text
    assert beside_words.WITH_ANSWER not in Document(text).text
    assert "This answer is in the audit trail" not in text
    name = str(files.answers["patient_id"].iloc[0])
    assert client.post("/contest", data={"reference": name, "about": "prediction", "said": "no"}).status_code == 201
    kept = [json.loads(line) for path in state.audit.glob("*") for line in path.read_text().splitlines()]
    assert [one["payload"]["id"] for one in kept if one["kind"] != "opened"] == [named(state.secret(), name)]
