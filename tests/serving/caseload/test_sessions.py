"""Courses from a long table: only the instrument of the end score, and nothing after the prediction."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from fastapi.testclient import TestClient

from serving import app
from serving.api.frame import Frame
from serving.api.served import Loaded, Served
from serving.caseload import Caseload
from serving.caseload.sessions import sessions
from serving.security.access import Access
from tests.serving.caseload.conftest import Files
from therapport.codebook import Measurements
from therapport.codebook.repeated import RepeatedMeasure
from therapport.cohort import Cohort
from therapport.errors import CohortError
from therapport.predictor import Predictor

ROWS = [
    ("S000001", 2, "phq9", 14.0),
    ("S000001", 0, "phq9", 19.0),
    ("S000001", 3, "phq9", 11.0),
    ("S000001", 4, "phq9", 1.0),
    ("S000001", 1, "mood", 5.0),
    ("S000002", 0, "phq9", 22.0),
]


@pytest.fixture
def measured(both: Predictor) -> Predictor:
    columns = Measurements(episode="patient_id", session="session", factor="measure", value="value")
    repeated = {
        "mood": RepeatedMeasure(label="Mood", range=(0, 10)),
        "phq9": RepeatedMeasure(label="PHQ-9", range=(0, 27), instrument="phq9"),
    }
    update = {"measurements": columns, "repeated_measures": repeated}
    return replace(both, codebook=both.codebook.model_copy(update=update))


def people(predictor: Predictor) -> Cohort:
    return Cohort(predictor.codebook, pd.DataFrame({"patient_id": ["S000001", "S000002", "S000003"]}))


def long_table(folder: Path, *rows: tuple[str, int, str, float]) -> Path:
    path = folder / "long.csv"
    table = pd.DataFrame([*ROWS, *rows], columns=["patient_id", "session", "measure", "value"])
    table.to_csv(path, index=False)
    return path


def test_scores_up_to_the_prediction_in_the_order_of_sessions(measured: Predictor, tmp_path: Path) -> None:
    assert measured.landmark.session == 3
    found = sessions(long_table(tmp_path), measured, people(measured))
    assert found == {"S000001": ((0, 19.0), (2, 14.0), (3, 11.0)), "S000002": ((0, 22.0),)}


def test_what_the_codebook_rules_out_is_refused_without_a_value(measured: Predictor, tmp_path: Path) -> None:
    with pytest.raises(CohortError, match="outside 0 to 27") as refused:
        sessions(long_table(tmp_path, ("S000003", 1, "phq9", 777.0)), measured, people(measured))
    assert "777" not in str(refused.value)


def test_without_sessions_there_are_no_courses(both: Predictor, measured: Predictor, tmp_path: Path) -> None:
    assert sessions(long_table(tmp_path), both, people(both)) == {}
    assert sessions(None, measured, people(measured)) == {}


def test_the_course_stands_on_the_page_of_the_patient(measured: Predictor, files: Files, tmp_path: Path) -> None:
    caseload = Caseload(files.cohort, long_table(tmp_path))
    client = TestClient(app.assemble([Served(Loaded(measured))], Frame(), Access(), caseload))
    told = "PHQ-9 so far: 19 at intake, 14 at session 2, 11 at session 3."
    assert told in client.get("/caseload/patient/1").text
    assert "so far:" not in client.get("/caseload/patient/2").text
