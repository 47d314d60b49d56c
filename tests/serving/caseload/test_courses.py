"""In the list: whose latest score lies outside the expected band on the poorer side, and nobody else."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from fastapi.testclient import TestClient

from serving import app
from serving.api.frame import Frame
from serving.api.served import Loaded, Served
from serving.caseload import Caseload
from serving.security.access import Access
from tests.serving.beside.test_band import EXPECTED
from tests.serving.caseload.conftest import Files
from tests.serving.caseload.test_page import everyone
from tests.serving.caseload.test_sessions import measured
from therapport import predictor as predictors
from therapport.predictor import Predictor

__all__ = ["measured"]


@pytest.fixture
def known(measured: Predictor) -> Predictor:
    return replace(measured, evidence=measured.evidence.model_copy(update={"course": EXPECTED}))


def test_the_latest_score_above_the_band_is_told(known: Predictor, files: Files, tmp_path: Path) -> None:
    cohort = pd.read_parquet(files.cohort)
    scores = [(20 + 7 * place) % 28 for place in range(len(cohort))]
    rows = {"patient_id": cohort["patient_id"], "session": 3, "measure": "phq9", "value": scores}
    pd.DataFrame(rows).to_csv(tmp_path / "long.csv", index=False)
    caseload = Caseload(files.cohort, tmp_path / "long.csv")
    client = TestClient(app.assemble([Served(Loaded(known))], Frame(), Access(), caseload))
    told = {one.split()[0]: one for one in everyone(client, "show=all")}
    found = 0
    for name, intake, score in zip(cohort["patient_id"], cohort["phq9_intake"], scores, strict=True):
        ends = {one.when: one for one in EXPECTED.band(intake)} if pd.notna(intake) else {}
        above = 3 in ends and score > ends[3].high
        sentence = f"The latest PHQ-9, {score} at session 3, lies above the expected band."
        assert (sentence in told[name]) == above
        assert ("expected band" in told[name]) == above
        found += above
    assert 10 < found < 190
    (place,) = cohort.index[cohort["patient_id"] == "S000001"]
    page = client.get(f"/caseload/patient/{place + 1}").text
    assert "lies" in page
    assert '<polygon class="expected"' in page
    assert "The expected course over sessions" in client.get("/model").text


def test_a_band_travels_with_its_model_and_older_models_have_none(
    known: Predictor, both: Predictor, tmp_path: Path
) -> None:
    predictors.save(known, tmp_path / "new")
    assert predictors.load(tmp_path / "new").evidence.course == EXPECTED
    assert both.evidence.course is None
    evidence = both.evidence.model_dump_json(exclude={"course"})
    assert type(both.evidence).model_validate_json(evidence) == both.evidence
    client = TestClient(app.create([both]))
    assert "expected course" not in client.get("/model").text
