"""The caseload over HTTP: the list, its links, its sentences against its numbers, and each patient's page."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from fastapi.testclient import TestClient

from serving import app, sentences
from serving.api.frame import Frame
from serving.api.served import Loaded, Served
from serving.audit.folder import State
from serving.audit.trail import Trail, named
from serving.caseload import Caseload, words
from serving.caseload.asked import ON_A_PAGE
from serving.security.access import Access
from tests.serving.caseload.conftest import Files
from tests.serving.html_document import Document
from therapport.predictor import Predictor


def asking(predictor: Predictor, path: Path, frame: Frame | None = None) -> TestClient:
    made = app.assemble([Served(Loaded(predictor))], frame or Frame(), Access(), Caseload(path))
    return TestClient(made, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def client(both: Predictor, files: Files) -> TestClient:
    return asking(both, files.cohort)


def items(text: str) -> list[str]:
    """What is said of each person, in order."""
    found = re.findall(r'<li><div class="who">(.*?)</li>', text, flags=re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", one).split()) for one in found]


def everyone(client: TestClient, query: str) -> list[str]:
    found: list[str] = []
    page = 1
    while True:
        text = client.get(f"/caseload?{query}&page={page}").text
        found += items(text)
        if ">next<" not in text:
            return found
        page += 1


def test_every_person_is_told_with_the_figures_of_the_answer(client: TestClient, files: Files, both: Predictor) -> None:
    told = {one.split()[0]: one for one in everyone(client, "show=all")}
    assert len(told) == len(files.answers) == 200
    for _, answer in files.answers.iterrows():
        said = told[answer["patient_id"]]
        if answer["status"] != "scored":
            assert "No prediction: PHQ-9 at intake is not known" in said
            assert "of 100" not in said
            continue
        figures = [sentences.people(answer[f"response_probability{end}"]) for end in ("", "_low", "_high")]
        assert f"{figures[0]} ({figures[1]} to {figures[2]}) of 100 people" in said
        missing = [name for name in answer["missing"].split(", ") if name]
        assert (f"{len(missing)} of {len(both.factors)} factors" in said) == bool(missing)
        width = answer["response_probability_high"] - answer["response_probability_low"]
        assert ("the range is wide" in said) == (width >= 0.3)


def test_the_poorest_come_first_and_those_without_a_prediction_last(client: TestClient, files: Files) -> None:
    order = [one.split()[0] for one in everyone(client, "show=all&sort=worst")]
    ranked = files.answers.sort_values("response_probability", kind="stable", na_position="last")
    assert order == ranked["patient_id"].tolist()
    best = [one.split()[0] for one in everyone(client, "show=all&sort=best")]
    expected = files.answers.sort_values("response_probability", ascending=False, kind="stable", na_position="last")
    assert best == expected["patient_id"].tolist()
    assert [one.split()[0] for one in everyone(client, "show=all&sort=id")] == sorted(files.answers["patient_id"])


def test_the_parts_make_the_whole(client: TestClient) -> None:
    parts = [everyone(client, f"show={one}") for one in ("not", "unsure", "on", "none")]
    assert sorted(sum(parts, [])) == sorted(everyone(client, "show=all"))  # noqa: RUF017 - four lists
    summary = Document(client.get("/caseload").text).text
    assert f"Of 200 patients {len(parts[0])} are not on track" in summary
    assert f"{len(parts[3])} have no prediction" in summary


def test_a_family_as_a_filter_shows_those_in_whom_it_comes_first(client: TestClient, both: Predictor) -> None:
    for family in both.families:
        label = both.codebook.families[family].label
        for one in everyone(client, f"show=all&family={family}"):
            assert re.search(rf"people {re.escape(label)} (and|speaks)", one)


def test_a_reason_names_the_families_that_clearly_speak_against(
    client: TestClient, files: Files, both: Predictor
) -> None:
    told = {one.split()[0]: one for one in everyone(client, "show=not")}
    assert told
    for name, said in told.items():
        answer = files.answers.set_index("patient_id").loc[name]
        clear = {
            both.codebook.families[family].label: answer[f"contribution_{family}"]
            for family in both.families
            if answer[f"contribution_{family}_high"] < 0 and answer[f"contribution_{family}"] <= -0.01
        }
        largest = sorted(clear, key=lambda label: clear[label])[:2]
        assert words.against(largest, both.outcome) in said


def test_pages_are_light_and_a_page_beyond_the_last_is_the_last(client: TestClient) -> None:
    pages = [client.get(f"/caseload?show=all&page={page}") for page in (1, 5, 99)]
    assert all(len(page.content) < 100 * 1024 for page in pages)
    assert len(items(pages[0].text)) == ON_A_PAGE
    assert items(pages[1].text) == items(pages[2].text)


@pytest.mark.parametrize("query", ["show=Zebrowski", "family=Zebrowski", "sort=Zebrowski", "page=0", "page=Zebrowski"])
def test_what_is_not_offered_is_refused_and_not_repeated(client: TestClient, query: str) -> None:
    refused = client.get(f"/caseload?{query}")
    assert refused.status_code in (404, 422)
    assert "Zebrowski" not in refused.text


def test_a_refusal_names_the_part_of_the_address(client: TestClient) -> None:
    assert client.get("/caseload?page=0").json()["errors"] == [{"column": "page", "problem": "must be at least 1"}]
    (error,) = client.get("/caseload/patient/Zebrowski").json()["errors"]
    assert (error["column"], error["problem"]) == ("row", "must be a whole number")


def test_every_patient_has_a_page_whose_address_holds_no_id(client: TestClient, files: Files) -> None:
    links = [
        one.attributes["href"]
        for one in Document(client.get("/caseload").text).all("a")
        if "/patient/" in one.attributes["href"]
    ]
    assert links
    for link in links[:3]:
        row = files.answers.iloc[int(link.rsplit("/", 1)[1]) - 1]
        assert row["patient_id"] not in link
        page = Document(client.get(link).text)
        assert page.all("h1")[0].text == f"Patient {row['patient_id']} at session 3"
        assert f"about {sentences.people(row['response_probability'])} (" in page.text
    assert client.get("/caseload/patient/0").status_code == 404
    assert client.get("/caseload/patient/201").status_code == 404


def test_what_is_shown_is_in_the_audit_trail(both: Predictor, files: Files, tmp_path: Path) -> None:
    state = State(tmp_path / "state")
    client = asking(both, files.cohort, Frame(trail=Trail.begin(state)))
    shown = [one.split()[0] for one in items(client.get("/caseload").text)]
    kept = [json.loads(line) for path in state.audit.glob("*") for line in path.read_text().splitlines()]
    ids = [one["payload"]["id"] for one in kept if one["kind"] == "answer"]
    assert ids == [named(state.secret(), one) for one in shown]


def test_a_scored_cohort_has_the_same_list(both: Predictor, files: Files) -> None:
    client = asking(both, files.scored)
    assert everyone(client, "show=all") == everyone(asking(both, files.cohort), "show=all")


def test_answers_of_another_version_are_said_to_be(both: Predictor, files: Files) -> None:
    newer = replace(both, version="0new")
    text = asking(newer, files.scored).get("/caseload").text
    assert words.of_another_version(both.version, "0new") in Document(text).text


def test_the_index_leads_to_the_caseload_where_there_is_one(client: TestClient, both: Predictor) -> None:
    assert f'href="/{both.name}/caseload"' in client.get("/").text
    without = TestClient(app.create([both]))
    assert "/caseload" not in without.get("/").text
    assert without.get("/caseload").status_code == 404


def test_an_id_is_never_markup(both: Predictor, files: Files, tmp_path: Path) -> None:
    table = pd.read_parquet(files.cohort)
    table.loc[0, "patient_id"] = "<script>alert(1)</script>"
    table.to_parquet(tmp_path / "cohort.parquet")
    assert "<script" not in asking(both, tmp_path / "cohort.parquet").get("/caseload?show=all&sort=id").text


@pytest.mark.parametrize("kind", ["cohort", "scored"])
def test_a_new_version_with_another_codebook_is_told_from_a_fault(both: Predictor, files: Files, kind: str) -> None:
    served = Served(Loaded(both))
    client = TestClient(app.assemble([served], Frame(), Access(), Caseload(getattr(files, kind))))
    assert client.get("/caseload").status_code == 200
    factors = {**both.codebook.factors}
    factors["phq9_intake"] = factors["phq9_intake"].model_copy(update={"range": (0.0, 1.0)})
    served.now = Loaded(replace(both, codebook=both.codebook.model_copy(update={"factors": factors}), version="0new"))
    for path in ("/caseload", "/caseload/patient/1"):
        refused = client.get(path)
        assert refused.status_code == 503
        assert refused.json()["title"] == "The caseload does not fit the model that answers now."
