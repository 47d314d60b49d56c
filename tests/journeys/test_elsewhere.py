"""Other sites, later patients, subgroups and the lost: by the real command, on a small cohort with eight sites."""

from pathlib import Path

import pandas as pd

from tests.journeys.conftest import Run
from tests.training.conftest import cohort, write


def test_a_study_is_held_against_everything_that_it_names(therapport: Run, tmp_path: Path) -> None:
    path = write(
        tmp_path,
        cohort(),
        validation='start = "start_date"\ntrain_share = 0.6',
        candidates='["severity"]',
        end_score="false",
    )
    path.write_text(path.read_text() + "\n[explanation]\nrefits = 0\n")
    (tmp_path / "mlruns").mkdir()
    done = therapport("compare", path.name, "--save", "model", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for words in (
        "Left-out sites (8; groups on both sides: 0): AUC",
        "to be expected at a further site",
        "In time: learned from",
        "Patients on both sides: 0; therapists on both sides:",
        "Subgroups:",
        "after Holm's correction",
        "had all of them ended poorly",
    ):
        assert words in done.stdout, words
    assert done.stderr == ""
    page = therapport("report", "model", "-o", "report.html", cwd=tmp_path)
    assert page.returncode == 0, page.stderr
    text = (tmp_path / "report.html").read_text()
    for words in ("At other sites", "Later in time", "In subgroups", "Those who were lost"):
        assert words in text
    # Who is scored is asked for factors, never for what was only audited.
    patients = pd.read_csv(tmp_path / "cohort.csv").drop(columns=["gender", "age", "start_date", "phq9_end"])
    patients.to_csv(tmp_path / "new.csv", index=False)
    scored = therapport("score", "model", "new.csv", "-o", "scores.parquet", cwd=tmp_path)
    assert scored.returncode == 0, scored.stderr
    same = therapport("validate", "model", path.name, cwd=tmp_path)
    assert same.returncode == 5
    assert "nothing about it is external" in same.stderr


def test_a_split_that_cannot_be_made_is_told_before_anything_is_fitted(therapport: Run, tmp_path: Path) -> None:
    write(tmp_path, cohort(), validation='start = "start_date"\ntrain_until = 2001-01-01')
    done = therapport("check", "study.toml", cwd=tmp_path)
    assert done.returncode == 5
    assert "started before 2001-01-01" in done.stderr
