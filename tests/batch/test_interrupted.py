"""Whatever interrupts a run, nothing half-written is there, and the same command ends with the same bytes."""

import json
import os
import resource
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from serving import batch
from serving.batch import Settings, parts, run
from tests.batch import material
from tests.batch.material import COMMAND, contents
from tests.studies import Made
from therapport.errors import CohortError, OutputError
from therapport.predictor import Predictor

PART = Settings(part_rows=100, threads=2)


@pytest.fixture
def predictor(linear_study: Made) -> Predictor:
    return linear_study.predictor


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    path = material.cohort(tmp_path, patients=1000)
    material.spoiled(path)
    return path


class StopError(Exception):
    """The interruption."""


def interrupted(predictor: Predictor, cohort: Path, output: Path, *, after: int) -> None:
    """A run that ends in the middle of its parts."""
    done = 0

    def told(_: int) -> None:
        nonlocal done
        done += 1
        if done == after:
            raise StopError

    with pytest.raises(StopError):
        batch.score(predictor, cohort, output, PART, told=told)


@pytest.mark.parametrize("name", ["out", "answers.parquet", "answers.csv"])
def test_a_run_goes_on_where_it_stopped(name: str, predictor: Predictor, cohort: Path, tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    batch.score(predictor, cohort, tmp_path / "whole" / name, PART)
    (tmp_path / "again").mkdir()
    interrupted(predictor, cohort, tmp_path / "again" / name, after=4)
    assert not list((tmp_path / "again").rglob("manifest.json"))
    there: list[tuple[int, int]] = []
    made: list[int] = []
    batch.score(
        predictor, cohort, tmp_path / "again" / name, PART,
        began=lambda rows, known: there.append((rows, known)), told=made.append,
    )  # fmt: skip
    assert there[0][0] == 1000
    assert 400 <= there[0][1] < 1000
    assert there[0][1] + sum(made) == 1000
    assert contents(tmp_path / "again") == contents(tmp_path / "whole")


def test_damaged_parts_are_noticed_and_made_again(predictor: Predictor, cohort: Path, tmp_path: Path) -> None:
    batch.score(predictor, cohort, tmp_path / "whole", PART)
    draw = np.random.default_rng(1)
    for harm in ("a byte", "cut off", "gone", "its record", "its rejected rows"):
        interrupted(predictor, cohort, tmp_path / "out", after=6)
        work = tmp_path / "out" / ".unfinished"
        part = sorted((work / "parts").glob("part-*"))[2]
        if harm == "a byte":
            content = bytearray(part.read_bytes())
            content[int(draw.integers(len(content)))] ^= 4
            part.write_bytes(content)
        elif harm == "cut off":
            part.write_bytes(part.read_bytes()[:-5])
        elif harm == "gone":
            part.unlink()
        elif harm == "its record":
            (work / "records" / f"{part.stem}.json").write_text('{"sha256": 3')
        else:
            next(iter((work / "records").glob("rejected-*"))).unlink()
        batch.score(predictor, cohort, tmp_path / "out", PART)
        assert contents(tmp_path / "out") == contents(tmp_path / "whole"), harm
        shutil.rmtree(tmp_path / "out")


def test_an_input_that_changes_in_the_middle_is_noticed_and_nothing_is_mixed(
    predictor: Predictor, cohort: Path, tmp_path: Path
) -> None:
    frame = pd.read_parquet(cohort)
    for way in ("written over", "replaced", "appended"):
        made = 0

        def told(_: int, way: str = way) -> None:
            nonlocal made
            made += 1
            if made == 3:
                if way == "replaced":
                    frame.iloc[::-1].to_parquet(tmp_path / "other", index=False)
                    (tmp_path / "other").replace(cohort)
                elif way == "appended":
                    with cohort.open("ab") as file:
                        file.write(b"more")
                else:
                    frame.iloc[:900].to_parquet(cohort, index=False)

        with pytest.raises(CohortError, match="changed while it was being scored"):
            batch.score(predictor, cohort, tmp_path / "out", PART, told=told)
        assert not (tmp_path / "out").exists()
        frame.to_parquet(cohort, index=False)


def test_another_input_or_model_or_question_begins_anew(
    predictor: Predictor, cohort: Path, tmp_path: Path, tree_study: Made
) -> None:
    interrupted(predictor, cohort, tmp_path / "out", after=3)
    there: list[int] = []
    batch.score(tree_study.predictor, cohort, tmp_path / "out", PART, began=lambda _, known: there.append(known))
    assert there == [0]
    assert set(pd.read_parquet(tmp_path / "out" / "scores.parquet")["model_version"]) == {tree_study.predictor.version}


def test_a_file_that_is_only_touched_is_the_same_input(predictor: Predictor, cohort: Path, tmp_path: Path) -> None:
    interrupted(predictor, cohort, tmp_path / "out", after=3)
    os.utime(cohort, (1, 1))
    there: list[int] = []
    batch.score(predictor, cohort, tmp_path / "out", PART, began=lambda _, known: there.append(known))
    assert there[0] >= 300


def test_stopped_in_any_of_its_last_steps_it_ends_the_same(
    predictor: Predictor, cohort: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch.score(predictor, cohort, tmp_path / "whole", PART)
    steps = 0
    original = Path.rename

    for stop in range(1, 8):
        steps = 0

        def rename(self: Path, target: Path, stop: int = stop) -> Path:
            nonlocal steps
            steps += 1
            if steps == stop:
                raise StopError
            return original(self, target)

        with monkeypatch.context() as patched:
            patched.setattr(Path, "rename", rename)
            try:
                batch.score(predictor, cohort, tmp_path / "out", PART)
            except StopError:
                pass
            else:
                break
        batch.score(predictor, cohort, tmp_path / "out", PART)
        assert contents(tmp_path / "out") == contents(tmp_path / "whole"), stop
        shutil.rmtree(tmp_path / "out")
    assert stop > 4


def test_two_runs_into_one_folder_are_not_mixed(predictor: Predictor, cohort: Path, tmp_path: Path) -> None:
    refused: list[bool] = []

    def told(_: int) -> None:
        if not refused:
            with pytest.raises(OutputError, match="another run is writing"):
                batch.score(predictor, cohort, tmp_path / "out", PART)
            refused.append(True)

    batch.score(predictor, cohort, tmp_path / "out", PART, told=told)
    assert refused


def test_a_full_disk_is_told_and_the_run_goes_on_once_there_is_room(model: Path, tmp_path: Path) -> None:
    path = material.cohort(tmp_path, patients=2000)
    command = [str(COMMAND), "score", str(model), path.name, "-o", "out", "--part-rows", "400"]
    # The last part is small enough to fit.
    limited = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )  # fmt: skip
    assert limited.returncode == 9
    assert "cannot be written: File too large" in limited.stderr
    assert not list(tmp_path.rglob("manifest.json"))
    assert not list(tmp_path.rglob("*.draft"))
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    assert len(pd.read_parquet(tmp_path / "out" / "scores.parquet")) == 2000


def test_killed_at_random_moments_it_ends_with_the_same_bytes(model: Path, tmp_path: Path) -> None:
    """The short form of `make soak`."""
    path = material.cohort(tmp_path, patients=20_000)
    material.spoiled(path, share=0.002)
    command = ("score", model, path, "--part-rows", "1000", "--workers", "2")
    whole = material.begun(*command, "-o", "whole", cwd=tmp_path)
    _, errors = whole.communicate(timeout=200)
    assert whole.returncode == 0, errors
    draw = np.random.default_rng(int(os.environ.get("SEED", "3")))
    moments = iter([*draw.uniform(2, 6, 3), 200])
    _, last = material.killed_again_and_again(
        *command, "-o", "out", cwd=tmp_path, moments=moments, there=tmp_path / "out" / "manifest.json"
    )
    assert last.returncode == 0, last.stderr
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["rows"] == 20_000


def test_pieces_divide_parts() -> None:
    for size in (1, 100, 65_536, 65_537, 131_072, 200_000, 262_144):
        assert size % run.piece_rows(size) == 0
    assert parts.CHECKED_ROWS == 1000
