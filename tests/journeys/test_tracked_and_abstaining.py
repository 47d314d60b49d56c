"""What a study leaves in MLflow, and whom its predictor leaves out: by the commands that a user types."""

import json
from pathlib import Path

import pandas as pd

from tests.journeys.conftest import Run

RULES = "abstain_missing = 0.3\nabstain_beyond = 0\nabstain_wide = 0.2\nabstain_wide_points = 2.0\n"


def test_every_outcome_leaves_a_page_tables_and_receipts(trained: Path) -> None:
    pages = sorted((trained / "mlruns" / "artifacts").rglob("comparison.html"))
    assert len(pages) == 2
    for page in pages:
        assert "Elastic net" in page.read_text()
        names = {path.stem for path in (page.parent / "tables").iterdir()}
        assert {"candidates", "differences", "calibration", "families"} <= names
        assert json.loads((page.parent / "receipts.json").read_text())["groups_in_two_folds"] == "0"
        settings = (page.parent / "study.json").read_text()
        assert json.loads(settings)["cohort"] == "cohort.parquet"
        assert str(trained) not in settings + page.read_text()


def test_a_study_says_when_not_to_predict_and_every_answer_says_why(therapport: Run, tmp_path: Path) -> None:
    done = therapport("simulate", "--patients", 400, "--therapists", 20, "--seed", 5, "-o", "sim", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    study = tmp_path / "sim" / "study.toml"
    text = study.read_text().replace("repeats = 2", "repeats = 1").replace("draws = 1000", "draws = 100")
    text = text.replace("[outcome]", 'candidates = ["elastic_net"]\n\n[outcome]', 1).replace("folds = 5", "folds = 2")
    study.write_text(text.replace("[validation]\n", f"[validation]\n{RULES}") + "\n[explanation]\nrefits = 1\n")
    wrong = therapport("check", study, cwd=tmp_path)
    assert wrong.returncode == 3
    assert wrong.stderr.count("comes from refits") == 2
    study.write_text(study.read_text().replace("refits = 1", "refits = 5"))
    (tmp_path / "mlruns").mkdir()
    compared = therapport("compare", study, "--save", "model", cwd=tmp_path)
    assert compared.returncode == 0, compared.stderr
    assert "of 400 patients" in compared.stdout
    assert "beyond-cohort" in compared.stdout
    scored = therapport("score", "model", "sim/cohort.parquet", "-o", "answers.csv", cwd=tmp_path)
    assert scored.returncode == 0, scored.stderr
    answers = pd.read_csv(tmp_path / "answers.csv", keep_default_na=True)
    left_out = answers["status"] != "scored"
    assert 0 < left_out.sum() < len(answers)
    assert f"abstained in {left_out.sum():,}" in scored.stdout
    assert (answers["reason"].notna() == left_out).all()
    assert set(answers["reason"].dropna().str.split(", ").explode()) <= {"beyond-cohort", "wide", "much-missing"}
    assert answers.loc[left_out, "response_probability"].isna().all()
    width = answers["response_probability_high"] - answers["response_probability_low"]
    assert (width[~left_out] <= 0.2).all()
    assert answers.loc[~left_out, "noticed"].isna().all()
    reported = therapport("report", "model", "-o", "report.html", cwd=tmp_path)
    assert reported.returncode == 0, reported.stderr
    assert "Who gets no prediction" in (tmp_path / "report.html").read_text()
