"""One study at three landmarks, by the commands that a user types."""

import sqlite3
from pathlib import Path

import pandas as pd
import pytest

from tests.journeys.conftest import Run

LANDMARKS = ("intake", "session3", "session5")
SHIPPED = '["intake", "session1", "session3", "session5", "week4"]'


@pytest.fixture
def folder(therapport: Run, tmp_path: Path) -> Path:
    (tmp_path / "mlruns").mkdir()
    wanted = ("--patients", 300, "--therapists", 20, "--sites", 4, "--seed", 3, "--set", "dropout=0.3")
    done = therapport("simulate", *wanted, "-o", "sim", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    study = tmp_path / "sim" / "study-sessions.toml"
    text = study.read_text().replace(SHIPPED, str([*LANDMARKS]))
    for old, new in (
        ("repeats = 2", "repeats = 1"),
        ("draws = 1000", "draws = 100"),
        ("folds = 5", "folds = 2"),
        ("end_score = true", "end_score = false"),
        ("\n[outcome]", 'candidates = ["severity", "severity_landmark"]\n\n[outcome]'),
    ):
        assert old in text
        text = text.replace(old, new)
    study.write_text(text + "\n[explanation]\nrefits = 0\n")
    return tmp_path


def parameters(folder: Path, key: str) -> dict[str, set[str]]:
    """Landmark -> values of a parameter in its runs."""
    with sqlite3.connect(folder / "mlruns" / "mlflow.db") as database:
        rows = database.execute(
            "select at.value, found.value from params at join params found on at.run_uuid = found.run_uuid "
            "where at.key = 'landmark' and found.key = ?",
            (key,),
        ).fetchall()
    return {landmark: {value for one, value in rows if one == landmark} for landmark, _ in rows}


def test_from_one_study_to_a_model_at_each_landmark(therapport: Run, folder: Path) -> None:
    def ok(*command: object) -> str:
        done = therapport(*command, cwd=folder)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    last = pd.read_parquet(folder / "sim" / "sessions.parquet").groupby("episode_id", observed=True)["session"].max()
    still = {landmark: int((last >= limit).sum()) for landmark, limit in zip(LANDMARKS, (0, 3, 5), strict=True)}
    assert still["session5"] < still["session3"] == 300
    compared = ok("compare", "sim/study-sessions.toml", "--save", "models")
    for landmark, count in still.items():
        assert f"Still in treatment at {landmark}: {count} patients" in compared
        assert f"registered as simulated-sessions-{landmark}, version 1" in compared
        assert (folder / "models" / landmark / "manifest.json").exists()
    assert f"{300 - still['session5']} had left before and are left out" in compared
    assert "All landmarks: response" in compared
    assert "a later landmark leaves out those who had left before" in compared
    assert parameters(folder, "at_risk") == {landmark: {str(count)} for landmark, count in still.items()}
    assert parameters(folder, "study") == {landmark: {"simulated-sessions"} for landmark in LANDMARKS}

    # Nothing after its landmark changes what a model says.
    long = pd.read_parquet(folder / "sim" / "sessions.parquet")
    later = (long["session"] > 3) & (long["measure"] == "phq9")
    long.assign(value=long["value"].mask(later, 1.0)).to_parquet(folder / "later.parquet")
    for table in ("sim/sessions.parquet", "later.parquet"):
        output = Path("scored") / Path(table).name
        ok("score", "models/session3", "sim/cohort.parquet", "--measurements", table, "-o", output)
    one, other = (pd.read_parquet(folder / "scored" / name) for name in ("sessions.parquet", "later.parquet"))
    pd.testing.assert_frame_equal(one, other)
    assert one["response_probability"].notna().all()


def test_a_problem_at_any_landmark_comes_before_anything_is_fitted(therapport: Run, folder: Path) -> None:
    cohort = pd.read_parquet(folder / "sim" / "cohort.parquet")
    cohort.loc[[1, 6], "sessions_attended"] = -8642
    cohort.to_parquet(folder / "sim" / "cohort.parquet")
    before = sorted(folder.rglob("*"))
    done = therapport("compare", "sim/study-sessions.toml", "--save", "models", cwd=folder)
    assert done.returncode == 4
    assert "sessions_attended: outside 0 to 100000: rows 2, 7" in done.stderr
    assert done.stderr.count("sessions_attended") == 1
    assert "8642" not in done.stdout + done.stderr
    assert sorted(folder.rglob("*")) == before

    study = folder / "sim" / "study-sessions.toml"
    study.write_text(study.read_text().replace("severity = ", 'landmark = "intake"\nseverity = '))
    wrong = therapport("check", "sim/study-sessions.toml", cwd=folder)
    assert wrong.returncode == 3
    assert "landmarks: both are there; name one moment of prediction under landmark" in wrong.stderr
