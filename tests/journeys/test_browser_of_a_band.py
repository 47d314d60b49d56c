"""The expected band in a real browser, and the page of a patient of a scored cohort; on a phone, on paper, by axe."""

import contextlib
import itertools
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser

from serving.caseload import words
from tests.journeys.conftest import COMMAND, Run
from tests.journeys.test_browser import PHONE, Visit, browser, pytestmark
from tests.journeys.test_browser_of_a_caseload import fits
from tests.serving.beside.test_band import EXPECTED
from therapport import predictor as predictors
from therapport.codebook import Measurements
from therapport.codebook.repeated import RepeatedMeasure

__all__ = ["browser", "pytestmark"]


@contextlib.contextmanager
def serving(*arguments: object) -> Iterator[str]:
    command = [str(one) for one in (COMMAND, "serve", *arguments, "--port", 0)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
        assert found, "the command prints where it answers"
        try:
            yield found.group()
        finally:
            server.terminate()
            server.wait(timeout=20)


@pytest.fixture(scope="module")
def folder(therapport: Run, trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with a band and a codebook of sessions, a cohort with three sessions each, and the cohort scored."""
    made = tmp_path_factory.mktemp("band")
    predictor = predictors.load(trained / "model")
    columns = Measurements(episode="patient_id", session="session", factor="measure", value="value")
    repeated = {"phq9": RepeatedMeasure(label="PHQ-9", range=(0, 27), instrument="phq9")}
    update = {"measurements": columns, "repeated_measures": repeated}
    evidence = predictor.evidence.model_copy(update={"course": EXPECTED})
    codebook = predictor.codebook.model_copy(update=update)
    predictors.save(replace(predictor, codebook=codebook, evidence=evidence), made / "model")
    done = therapport("simulate", "--patients", 60, "--therapists", 6, "--sites", 2, "--seed", 8, "-o", "sim", cwd=made)
    assert done.returncode == 0, done.stderr
    cohort = pd.read_parquet(made / "sim" / "cohort.parquet")
    intake = cohort["phq9_intake"].to_numpy()
    rows = [
        {"patient_id": name, "session": session, "measure": "phq9", "value": value}
        for name, began in zip(cohort["patient_id"], intake, strict=True)
        for session, value in ((0, began), (1, min(27, began + 1)), (2, began - 2), (3, min(27, began + 5)))
    ]
    pd.DataFrame(rows).to_csv(made / "sessions.csv", index=False)
    done = therapport("score", "model", "sim/cohort.parquet", "-o", "scored", cwd=made)
    assert done.returncode == 0, done.stderr
    return made


@pytest.mark.parametrize("width", [PHONE, 1200])
def test_the_band_stands_behind_the_course(browser: Browser, folder: Path, width: int) -> None:
    cohort = pd.read_parquet(folder / "sim" / "cohort.parquet")
    place = int((cohort["phq9_intake"] == 16).to_numpy().argmax())
    with serving(
        folder / "model", "--cohort", folder / "sim" / "cohort.parquet", "--measurements", folder / "sessions.csv"
    ) as address:
        visit = Visit(browser, width=width)
        page = visit.page
        page.goto(f"{address}/caseload?show=all&sort=id")
        fits(visit, address)
        assert "The latest PHQ-9, 21 at session 3, lies above the expected band." in page.inner_text("main")
        page.goto(f"{address}/caseload/patient/{place + 1}")
        fits(visit, address)
        said = page.inner_text("main")
        assert "lies above the expected band, on the poorer side. Of 3 scores so far 1 lies above it." in said
        assert "about 8 of 10 people who began at 16" in said.lower()
        drawing = page.locator("svg.course")
        assert "lies above the expected band" in (drawing.get_attribute("aria-label") or "")
        area, whole = page.locator("polygon.expected").bounding_box(), drawing.bounding_box()
        assert area is not None
        assert whole is not None
        assert area["width"] > whole["width"] / 2
        assert area["x"] >= whole["x"] - 1
        assert area["x"] + area["width"] < whole["x"] + whole["width"]
        boxes = [one.bounding_box() for one in drawing.locator("text").all()]
        below = [box for box in boxes if box is not None and box["y"] > whole["y"] + whole["height"]]
        marks = sorted((box["x"], box["x"] + box["width"]) for box in below)
        assert len(marks) > 2
        assert all(before[1] < after[0] for before, after in itertools.pairwise(marks)), "names lie over each other"
        assert page.locator("table.steps", has_text="This person").locator("tbody tr").count() > 5
        page.goto(f"{address}/model")
        fits(visit, address)
        assert "The expected course over sessions" in page.inner_text("main")
        page.goto(f"{address}/caseload/patient/{place + 1}")
        page.emulate_media(media="print")
        assert page.locator("polygon.expected").is_visible()
        assert visit.overflow() <= 0


def test_the_page_of_a_scored_patient_is_reached_from_the_list(browser: Browser, folder: Path) -> None:
    with serving(folder / "model", "--cohort", folder / "scored", "--state", folder / "state") as address:
        for width in (PHONE, 1200):
            visit = Visit(browser, width=width)
            page = visit.page
            page.goto(f"{address}/caseload?show=all")
            name = page.locator("ol.caseload a").first.inner_text()
            page.locator("ol.caseload a").first.click()
            assert name in page.inner_text("h1")
            assert name not in page.url
            said = page.inner_text("main")
            assert words.SCORED in said
            assert words.NO_COURSE in said
            assert "Of 100 people like this" in said
            fits(visit, address)
        page.locator("#said").fill("It was another week.")
        with page.expect_navigation():
            page.get_by_role("button", name="Keep my disagreement").click()
        assert "Your disagreement is kept" in page.inner_text("h1")
        page.go_back()
        page.emulate_media(media="print")
        assert page.locator("form:visible, nav:visible").count() == 0
