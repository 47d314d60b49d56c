"""A cohort with a long table beside it, by the commands of a user: good, and bad in every way."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from tests import measured
from tests.journeys.conftest import Run

CANARIES = ("Zebrowski", "8642.75", "E00", "P0", "Traceback")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    measured.write(tmp_path, *measured.episodes(120, seed=7, people=110))
    (tmp_path / "mlruns").mkdir()
    return tmp_path


def test_from_a_long_table_to_scores(therapport: Run, folder: Path) -> None:
    checked = therapport("check", "study.toml", "-o", "check.html", cwd=folder)
    assert checked.returncode == 0, checked.stderr
    for said in ("120 episodes", "Hours of sleep", "Of them known at session3"):
        assert said in checked.stdout
    assert "The measurements" in (folder / "check.html").read_text()
    compared = therapport("compare", "study.toml", "--save", "model", cwd=folder)
    assert compared.returncode == 0, compared.stderr
    assert "Expected course of the PHQ-9 to session" in compared.stdout
    shutil.copy(folder / "measurements.csv", folder / "later.csv")
    long = pd.read_csv(folder / "later.csv")
    long.assign(value=long["value"].mask(long["session"] > 3, 1)).to_csv(folder / "later.csv", index=False)
    for name in ("measurements", "later"):
        done = therapport(
            "score", "model", "cohort.csv", "--measurements", f"{name}.csv", "-o", f"{name}.parquet", cwd=folder
        )
        assert done.returncode == 0, done.stderr
        assert "120 patients" in done.stdout
    one, other = (pd.read_parquet(folder / f"{name}.parquet") for name in ("measurements", "later"))
    pd.testing.assert_frame_equal(one, other)
    assert one["response_probability"].notna().all()
    refused = therapport("score", "model", "cohort.csv", "-o", "none.parquet", cwd=folder)
    assert refused.returncode == 4
    assert "no table of measurements was given" in refused.stderr
    assert not (folder / "none.parquet").exists()


def refused(therapport: Run, folder: Path, code: int, *expected: str) -> None:
    before = sorted(folder.rglob("*"))
    done = therapport("check", "study.toml", "-o", "check.html", cwd=folder)
    assert done.returncode == code, done.stderr
    for text in expected:
        assert text in done.stderr
    for canary in CANARIES:
        assert canary not in done.stdout + done.stderr
    assert sorted(folder.rglob("*")) == before


def test_every_problem_of_both_files_comes_at_once(therapport: Run, folder: Path) -> None:
    wide = pd.read_csv(folder / "cohort.csv").astype(object).to_dict("records")
    wide[4]["birth_date"] = "2031-01-01"
    wide[6]["episode_id"] = wide[5]["episode_id"]
    pd.DataFrame(wide).to_csv(folder / "cohort.csv", index=False)
    long = pd.read_csv(folder / "measurements.csv").astype(object).to_dict("records")
    next(row for row in long if row["session"] == 2)["date"] = "2023-06-01"
    last = len(long)
    for bad in (
        ("E0001", 0, "2023-12-31", "phq9", "8642.75"),
        ("E0002", 0, "1970-01-01", "Zebrowski", 3),
        (None, "1.5", "1.1.2024", "phq9", "Zebrowski"),
    ):
        long.append(dict(zip(long[0], bad, strict=True)))
    pd.DataFrame(long).to_csv(folder / "measurements.csv", index=False)
    refused(
        therapport,
        folder,
        4,
        "start_date: before birth_date: row 5",
        "episode_id: every row needs an id of its own",
        "rows 6, 7",
        "measurements.csv: session, date: dated before an earlier session of the episode: row",
        f"measurements.csv: value: outside 0 to 27 for phq9: row {last + 1}",
        f"nor ignored under [measurements]: row {last + 2}",
        f"measurements.csv: episode_id: must not be empty: row {last + 3}",
        f"measurements.csv: value: must be a number from 0 to 27 for phq9: row {last + 3}",
        f"measurements.csv: session: must be a whole number from 0 to 10000: row {last + 3}",
        f"measurements.csv: date: must be a date, such as 2026-03-31: row {last + 3}",
        "measured twice in one session",
    )


def test_a_landmark_of_dates_for_a_table_of_sessions(therapport: Run, folder: Path) -> None:
    codebook, study = folder / "codebook.toml", folder / "study.toml"
    codebook.write_text(codebook.read_text().replace('date = "date"\n', ""))
    study.write_text(study.read_text().replace('"session3"', '"week4"'))
    refused(therapport, folder, 3, "line 7: landmark: The table of measurements has sessions only")


def test_a_long_table_that_is_not_there(therapport: Run, folder: Path) -> None:
    (folder / "measurements.csv").unlink()
    refused(therapport, folder, 4, "measurements.csv: there is no such file")


def test_a_long_table_of_another_cohort(therapport: Run, folder: Path) -> None:
    long = pd.read_csv(folder / "measurements.csv")
    long.assign(episode_id="Zebrowski" + long["episode_id"].str[4:]).to_csv(folder / "measurements.csv", index=False)
    refused(therapport, folder, 4, "measurements.csv: none of its episodes is in the cohort")
