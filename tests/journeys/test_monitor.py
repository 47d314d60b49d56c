"""From a scored cohort to outcomes and the page of a model in use, by the real commands."""

from pathlib import Path

import numpy as np
import pandas as pd

from tests.journeys.conftest import Run


def test_a_model_in_use_is_held_against_its_training_cohort_and_outcomes(
    therapport: Run, trained: Path, tmp_path: Path
) -> None:
    model, cohort = trained / "model", trained / "sim" / "cohort.parquet"
    (tmp_path / "mlruns").mkdir()
    done = therapport("score", model, cohort, "-o", "scores", "--ignore-unknown", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    done = therapport("monitor", model, "scores", "--cohort", cohort, "--no-track", cwd=tmp_path)
    assert done.stdout == "Nothing that was compared has moved beyond what chance or custom allows.\n", done.stderr

    answers = pd.read_parquet(tmp_path / "scores" / "scores.parquet")
    chance = np.random.default_rng(1).random(len(answers))
    days = pd.date_range("2025-01-01", periods=len(answers), freq="D").strftime("%Y-%m-%d")
    reached = chance < answers["response_probability"] ** 3
    answers[["patient_id"]].assign(date=days, outcome=reached).to_csv(tmp_path / "outcomes.csv", index=False)
    done = therapport("outcomes", "add", "scores", "outcomes.csv", cwd=tmp_path)
    assert "600 outcomes are new; 600 are known" in done.stdout, done.stderr
    done = therapport("monitor", model, "scores", "-o", "monitor.html", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "fewer people reach it than predicted" in done.stdout
    assert "Tracked as run" in done.stdout
    page = (tmp_path / "monitor.html").read_text()
    assert "Alarm in 2025" in page
    assert not any(identifier in page for identifier in answers["patient_id"])

    done = therapport("monitor", model, "scores", "-o", "monitor.html", cwd=tmp_path)
    assert done.returncode == 9
    (tmp_path / "bad.csv").write_text("patient_id,date,outcome\nZebrowski,yesterday,8642\n")
    done = therapport("outcomes", "add", "scores", "bad.csv", cwd=tmp_path)
    assert done.returncode == 4
    assert "row 1" in done.stderr
    assert "Zebrowski" not in done.stderr
