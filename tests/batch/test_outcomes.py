"""Outcomes belong to the answers that they were added to: never lost, never beside others, whatever happens."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from serving import batch
from serving.batch import Settings, belonging
from serving.monitoring import job, outcomes
from tests.batch import material
from tests.studies import Made
from therapport.errors import CohortError, OutputError

PART = Settings(part_rows=200, threads=2)
AGAIN = Settings(part_rows=200, threads=2, overwrite=True)


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    return material.cohort(tmp_path, patients=600)


def added(scores: Path, *, patients: int = 40) -> Path:
    """Outcomes of some of the patients, added; where they are kept."""
    ids = pd.read_parquet(scores / "scores.parquet" if scores.is_dir() else scores)["patient_id"][:patients]
    known = pd.DataFrame({"patient_id": ids, "date": "2025-03-01", "outcome": [1, 0] * (patients // 2)})
    known.to_csv(scores.parent / "known.csv", index=False)
    outcomes.add(scores, scores.parent / "known.csv")
    return belonging.beside(scores)


@pytest.mark.parametrize("name", ["out", "answers.parquet"])
def test_outcomes_of_the_answers_before_are_set_aside_and_can_be_added_again(
    name: str, linear_study: Made, tree_study: Made, cohort: Path, tmp_path: Path
) -> None:
    scores = tmp_path / name
    batch.score(tree_study.predictor, cohort, scores, PART)
    kept = added(scores).read_bytes()
    with pytest.raises(OutputError, match="exists already"):
        batch.score(linear_study.predictor, cohort, scores, PART)
    assert belonging.beside(scores).read_bytes() == kept
    done = batch.score(linear_study.predictor, cohort, scores, AGAIN)
    assert done.aside is not None
    assert done.aside.read_bytes() == kept
    assert outcomes.known(scores) is None
    assert job.monitor(linear_study.predictor, scores, tolerance=0.2).over_time is None
    assert outcomes.add(scores, done.aside) == (40, 40)


def test_outcomes_stay_beside_answers_that_are_the_same_to_the_last_byte(
    linear_study: Made, cohort: Path, tmp_path: Path
) -> None:
    batch.score(linear_study.predictor, cohort, tmp_path / "out", PART)
    kept = added(tmp_path / "out").read_bytes()
    assert batch.score(linear_study.predictor, cohort, tmp_path / "out", AGAIN).aside is None
    assert belonging.beside(tmp_path / "out").read_bytes() == kept
    assert outcomes.known(tmp_path / "out") is not None


def test_outcomes_without_answers_are_nobody_s_to_stand_beside(
    linear_study: Made, cohort: Path, tmp_path: Path
) -> None:
    batch.score(linear_study.predictor, cohort, tmp_path / "out", PART)
    added(tmp_path / "out")
    for one in (tmp_path / "out").iterdir():
        if one.name != "outcomes.parquet":
            shutil.rmtree(one) if one.is_dir() else one.unlink()
    with pytest.raises(OutputError, match=r"outcomes\.parquet: exists already"):
        batch.score(linear_study.predictor, cohort, tmp_path / "out", PART)


class StopError(Exception):
    """The interruption."""


def test_stopped_in_any_step_no_outcome_is_lost_or_beside_answers_of_others(
    linear_study: Made, tree_study: Made, cohort: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch.score(tree_study.predictor, cohort, tmp_path / "before", PART)
    kept = added(tmp_path / "before").read_bytes()
    batch.score(linear_study.predictor, cohort, tmp_path / "whole", PART)
    stops, stopped = 0, True
    while stopped:
        stops, steps, stopped = stops + 1, 0, False
        shutil.rmtree(tmp_path / "out", ignore_errors=True)
        shutil.copytree(tmp_path / "before", tmp_path / "out")

        def step(original: object, self: Path, *said: object, stop: int = stops) -> object:
            nonlocal steps
            steps += self.parent.name not in ("parts", "records")
            if steps == stop:
                raise StopError
            return original(self, *said)  # type: ignore[operator]

        with monkeypatch.context() as patched:
            for name in ("rename", "replace"):
                original = getattr(Path, name)
                patched.setattr(Path, name, lambda self, *said, original=original: step(original, self, *said))
            try:
                done = batch.score(linear_study.predictor, cohort, tmp_path / "out", AGAIN)
            except StopError:
                stopped = True
        assert kept in [one.read_bytes() for one in (tmp_path / "out").glob("outcomes*.parquet")], stops
        if (tmp_path / "out" / "scores.parquet").exists() and belonging.beside(tmp_path / "out").exists():
            assert outcomes.known(tmp_path / "out") is not None, stops
        if stopped:
            done = batch.score(linear_study.predictor, cohort, tmp_path / "out", AGAIN)
        found = material.contents(tmp_path / "out")
        # A run that begins after everything has been moved and told replaces answers by the same ones.
        assert [content for name, content in found.items() if name.startswith("outcomes-")] == [kept], stops
        assert done.aside is not None, stops
        assert {name: one for name, one in found.items() if name != done.aside.name} == material.contents(
            tmp_path / "whole"
        ), stops
    assert stops > 8


def test_the_monitor_notices_answers_that_were_put_there_by_other_means(
    linear_study: Made, cohort: Path, tmp_path: Path
) -> None:
    predictor = linear_study.predictor
    batch.score(predictor, cohort, tmp_path / "out", PART)
    path = added(tmp_path / "out")
    other = material.cohort(tmp_path, patients=600, seed=6, name="other.parquet")
    batch.score(predictor, other, tmp_path / "other", PART)
    shutil.copytree(tmp_path / "other", tmp_path / "out", dirs_exist_ok=True)
    with pytest.raises(CohortError, match="added to other answers") as caught:
        job.monitor(predictor, tmp_path / "out", tolerance=0.2)
    with pytest.raises(CohortError, match="added to other answers"):
        outcomes.add(tmp_path / "out", tmp_path / "known.csv")
    # What the error says to do works.
    aside = path.with_name(belonging.name_aside(path))
    assert aside.name in str(caught.value)
    path.rename(aside)
    assert job.monitor(predictor, tmp_path / "out", tolerance=0.2).over_time is None


def test_outcomes_of_older_versions_are_held_against_the_ids(linear_study: Made, cohort: Path, tmp_path: Path) -> None:
    batch.score(linear_study.predictor, cohort, tmp_path / "out", PART)
    path = added(tmp_path / "out")
    table = pd.read_parquet(path)
    table.to_parquet(path, index=False)
    assert belonging.stamp(path) is None
    found = outcomes.known(tmp_path / "out")
    assert found is not None
    assert len(found) == 40
    table.assign(patient_id="nobody's").to_parquet(path, index=False)
    with pytest.raises(CohortError, match="added to other answers"):
        outcomes.known(tmp_path / "out")
    done = batch.score(linear_study.predictor, cohort, tmp_path / "out", AGAIN)
    assert done.aside is not None


def test_the_manifest_and_the_files_give_the_same_digest(linear_study: Made, cohort: Path, tmp_path: Path) -> None:
    for rows in (200, 1000):
        folder = tmp_path / str(rows)
        batch.score(linear_study.predictor, cohort, folder, Settings(part_rows=rows))
        stated = json.loads((folder / "manifest.json").read_text())["answers_sha256"]
        assert stated == belonging.answers_digest(folder) == belonging.answers_digest(folder / "scores.parquet")


def test_outcomes_as_a_dutch_service_saves_them_are_the_same(linear_study: Made, cohort: Path, tmp_path: Path) -> None:
    batch.score(linear_study.predictor, cohort, tmp_path / "out", PART)
    ids = pd.read_parquet(tmp_path / "out" / "scores.parquet")["patient_id"].astype(str)[:3]
    rows = [
        f"{one};2025-03-01;{told};{score}"
        for one, told, score in zip(ids, ("ja", "Nee", ""), ("3,5", "7", ""), strict=True)
    ]
    text = "\n".join(["patient_id;date;outcome;end_score", *rows])
    (tmp_path / "uit.csv").write_text(f"\ufeff{text}", encoding="utf-8")
    assert outcomes.add(tmp_path / "out", tmp_path / "uit.csv") == (3, 3)
    known = outcomes.known(tmp_path / "out")
    assert known is not None
    known = known.set_index("patient_id").loc[list(ids)]
    assert known["outcome"].tolist()[:2] == [1, 0]
    assert known["end_score"].tolist()[:2] == [3.5, 7]
    assert known.iloc[2][["outcome", "end_score"]].isna().all()
