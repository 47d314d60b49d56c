"""From nothing to scored, reported patients by the commands of the README."""

import shutil
import time
from pathlib import Path

import numpy as np
import pandas as pd

from tests.journeys.conftest import Run


def test_the_example_passes_its_check(therapport: Run, tmp_path: Path) -> None:
    written = therapport("examples", "btheb", "-o", "btheb", cwd=tmp_path)
    assert written.returncode == 0, written.stderr
    checked = therapport("check", "btheb/study.toml", cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr
    # Of the trial's 100 patients, three were not seen after two months: too few to be counted.
    assert "\n97 patients\n" in checked.stdout
    assert "are left out of everything" in checked.stdout
    assert "BDI-II is below 14 at the end" in checked.stdout
    # 45 of the 97 patients who were seen after two months.
    assert "46% of 97 patients" in checked.stdout


def test_compare_prints_every_candidate_and_the_next_step(therapport: Run, trained: Path, tmp_path: Path) -> None:
    shutil.copytree(trained / "sim", tmp_path / "sim")
    (tmp_path / "mlruns").mkdir()
    done = therapport("compare", "sim/study.toml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for candidate in ("Prevalence", "Severity alone", "Elastic net", "Boosted trees"):
        assert done.stdout.count(candidate) >= 2, candidate
    assert "version 1 (challenger)" in done.stdout
    assert "therapport promote simulated" in done.stdout
    assert done.stderr == ""


def test_parquet_csv_folder_and_registry_give_the_same_answers(therapport: Run, trained: Path, tmp_path: Path) -> None:
    cohort = trained / "sim" / "cohort.parquet"
    by_registry = therapport("score", "models:/simulated@champion", cohort, "-o", tmp_path / "out", cwd=trained)
    assert by_registry.returncode == 0, by_registry.stderr
    assert "phq9_end" in by_registry.stdout, "a dropped outcome column is noticed"
    shutil.copytree(trained / "model", tmp_path / "elsewhere")
    pd.read_parquet(cohort).to_csv(tmp_path / "cohort.csv", index=False)
    by_folder = therapport("score", "elsewhere", "cohort.csv", "-o", "answers.csv", cwd=tmp_path)
    assert by_folder.returncode == 0, by_folder.stderr
    parquet = pd.read_parquet(tmp_path / "out" / "scores.parquet")
    csv = pd.read_csv(tmp_path / "answers.csv", dtype={"patient_id": str, "model_version": str})
    assert list(parquet.columns) == list(csv.columns)
    assert (parquet["patient_id"] == pd.read_parquet(cohort)["patient_id"]).all()
    numbers = parquet.select_dtypes("number").columns
    np.testing.assert_allclose(parquet[numbers].to_numpy(float), csv[numbers].to_numpy(float), rtol=0, atol=1e-9)
    assert (parquet["model_version"] == csv["model_version"]).all()


def test_the_report_is_one_file_that_names_the_outcome(therapport: Run, trained: Path, tmp_path: Path) -> None:
    done = therapport("report", "models:/simulated@champion", "-o", tmp_path / "report.html", cwd=trained)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "report.html").read_text()
    assert "PHQ-9 falls by 6 points or more" in page
    assert "Simulated" in page
    assert "src=" not in page
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")


def test_help_answers_in_under_half_a_second(therapport: Run, tmp_path: Path) -> None:
    times = []
    for _ in range(5):
        start = time.perf_counter()
        done = therapport("--help", cwd=tmp_path)
        times.append(time.perf_counter() - start)
        assert done.returncode == 0
    assert min(times) < 0.5, f"fastest of five took {min(times):.2f} s"
    for command in ("examples", "simulate", "check", "compare", "promote", "score", "report", "serve"):
        assert command in done.stdout


def test_a_file_of_windows_is_read_where_its_encoding_is_said(therapport: Run, trained: Path, tmp_path: Path) -> None:
    cohort = pd.read_parquet(trained / "sim" / "cohort.parquet")
    cohort["patient_id"] = "é" + cohort["patient_id"]
    (tmp_path / "cohort.csv").write_bytes(cohort.to_csv(index=False, sep=";", decimal=",").encode("cp1252"))
    score = ("score", trained / "model", "cohort.csv", "-o", "out.csv")
    refused = therapport(*score, cwd=tmp_path)
    assert refused.returncode == 4
    assert "--encoding cp1252" in refused.stderr
    done = therapport(*score, "--encoding", "cp1252", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert pd.read_csv(tmp_path / "out.csv")["patient_id"].tolist() == cohort["patient_id"].tolist()
    for name in ("codebook.toml", "study.toml"):
        shutil.copy(trained / "sim" / name, tmp_path / name)
    study = (tmp_path / "study.toml").read_text()
    said = study.replace('"cohort.parquet"', '"cohort.csv"\nencoding = "cp1252"')
    (tmp_path / "study.toml").write_text(said)
    checked = therapport("check", "study.toml", cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr
    assert "600 patients" in checked.stdout
