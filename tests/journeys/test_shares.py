"""From a simulated cohort to the shares of its families: report, figures in MLflow, and what is refused."""

import re
from pathlib import Path

import pytest
from mlflow import MlflowClient

from tests.journeys.conftest import Run
from training.shares.results import Shares

MULTIVERSE = '\n[multiverse]\noutcomes = ["end_score"]\nlandmarks = ["session3"]\nmodels = ["linear"]\n'
FACTORS = 'factors = ["phq9_intake", "alliance", "adherence", "competence", "delivery_mode"]'


@pytest.fixture(scope="module")
def debated(therapport: Run, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder in which the shares of a small study were found, and what was printed."""
    folder = tmp_path_factory.mktemp("debated")
    (folder / "mlruns").mkdir()
    done = therapport("simulate", "--patients", 300, "--therapists", 30, "--seed", 3, "-o", "sim", cwd=folder)
    assert done.returncode == 0, done.stderr
    study = folder / "sim" / "study.toml"
    lighter = study.read_text().replace("repeats = 2", "repeats = 1").replace("draws = 1000", "draws = 100")
    study.write_text(lighter.replace("folds = 5", "folds = 3").replace("seed = 1", f"seed = 1\n{FACTORS}"))
    study.write_text(study.read_text() + MULTIVERSE)
    asked = ("shares", "sim/study.toml", "-o", "shares.html", "--published", "--multiverse", "kept.jsonl")
    done = therapport(*asked, cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


def test_the_command_prints_shares_sentences_and_what_others_found(debated: tuple[Path, str]) -> None:
    _, printed = debated
    for words in ("Technique", "Unique", "Shared", "All together", "Cuijpers", "49.6", "Norcross", "This cohort"):
        assert words in printed, words
    assert "Association, not effect" in printed
    assert "experiment simulated: shares" in printed


def test_there_is_a_run_for_every_outcome_and_model_with_the_same_keys(debated: tuple[Path, str]) -> None:
    folder, _ = debated
    client = MlflowClient(tracking_uri=f"sqlite:///{folder / 'mlruns' / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("simulated: shares")
    assert experiment is not None
    every = client.search_runs([experiment.experiment_id])
    runs = [run for run in every if "model" in run.data.params]
    others = {run.info.run_name: run.data for run in every if "model" not in run.data.params}
    assert {"across delivery", "multiverse", "policy"} <= set(others)
    assert "multiverse/alliance/median" in others["multiverse"].metrics
    assert "policy/1/response_low" in others["policy"].metrics
    assert all("cohort_digest" in data.params for data in others.values())
    assert len(runs) == 4
    for run in runs:
        keys = run.data.metrics
        for family in ("patient", "alliance", "technique", "delivery"):
            assert {f"family/{family}/{end}" for end in ("share", "share_low", "share_high", "unique")} <= set(keys)
        total = sum(keys[f"family/{family}/share"] for family in ("patient", "alliance", "technique", "delivery"))
        assert total == pytest.approx(keys["total"])
        assert keys["together/alliance-technique/p_adjusted"] <= 1
        whole = {"path/alliance/total", "therapists/nothing/share", "therapists/case_mix/share_low"}
        both = run.data.params["model"] == "linear" and run.info.run_name.startswith("end score")
        assert (whole <= set(keys)) is both
        if both:
            parts = [keys[f"path/alliance/{part}"] for part in ("direct", "through_technique")]
            assert sum(parts) == pytest.approx(keys["path/alliance/total"])
        assert run.data.params["groups_in_two_folds"] == "0"
        assert {one.path for one in client.list_artifacts(run.info.run_id)} == {"shares.html", "shares.json"}
    found = next((folder / "mlruns" / "artifacts").rglob("shares.json"))
    kept = Shares.model_validate_json(found.read_text())
    assert [outcome.kind for outcome in kept.outcomes] == ["binary", "score"]
    assert kept.straddling == 0


def test_the_report_needs_no_network_and_says_association_at_every_picture(debated: tuple[Path, str]) -> None:
    page = (debated[0] / "shares.html").read_text()
    assert "Simulated: nobody in this cohort exists" in page
    assert not re.search(r"""(src|href)=["']?https?:|@import|url\(http""", page)
    figures = re.findall(r"<figure\b.*?</figure>", page, flags=re.DOTALL)
    assert len(figures) > 10
    for figure in figures:
        assert "Association, not effect." in figure
    for section in ('id="path"', 'id="therapists"', "never named, ordered", "Path diagram"):
        assert section in page
    assert not re.search(r"\b(nan|None|inf)\b", re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL))


def test_the_report_answers_for_the_cohort_and_draws_a_curve_for_every_family(debated: tuple[Path, str]) -> None:
    folder, printed = debated
    page = (folder / "shares.html").read_text()
    assert "Short treatment: this cohort cannot say" in printed
    assert "The honest answer is a distribution" in printed
    assert len(re.findall(r'<figure class="c\d curve">', page)) == 4
    kept = (folder / "kept.jsonl").read_text()
    assert len(kept.splitlines()) == 2  # filled in, and complete patients
    assert "patient_" not in kept


def test_the_report_names_no_patient(debated: tuple[Path, str]) -> None:
    import pandas as pd

    folder, printed = debated
    page = (folder / "shares.html").read_text()
    cohort = pd.read_parquet(folder / "sim" / "cohort.parquet")
    for column in ("patient_id", "therapist_id"):
        for name in cohort[column].unique():
            assert str(name) not in page
            assert str(name) not in printed


def test_published_shares_need_no_study(therapport: Run, tmp_path: Path) -> None:
    done = therapport("shares", "--published", "-o", "published.html", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "33.3" in done.stdout
    assert "11.5" in done.stdout
    assert "17.1 %" in (tmp_path / "published.html").read_text()
    assert not (tmp_path / "mlruns").exists()


def test_what_cannot_be_done_is_refused_before_any_work(therapport: Run, debated: tuple[Path, str]) -> None:
    folder, _ = debated
    before = (folder / "shares.html").read_bytes()
    refused = therapport("shares", "sim/study.toml", "-o", "shares.html", cwd=folder)
    assert refused.returncode == 9
    assert "--overwrite" in refused.stderr
    assert (folder / "shares.html").read_bytes() == before
    assert therapport("shares", cwd=folder).returncode == 2
    study = (folder / "sim" / "study.toml").read_text()
    (folder / "sim" / "one.toml").write_text(study.replace(FACTORS, 'factors = ["phq9_intake"]'))
    alone = therapport("shares", "sim/one.toml", cwd=folder)
    assert alone.returncode == 5
    assert "two families" in alone.stderr
