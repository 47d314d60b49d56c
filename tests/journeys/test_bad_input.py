"""Each kind of bad input through the real command: a sentence, its exit code, nothing written, no value shown."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.conftest import Run

CONFIGURATION, COHORT, DESIGN, MODEL, REGISTRY, OUTPUT = 3, 4, 5, 6, 7, 9
CANARY = "8642.75"
TEXT_CANARY = "Zebrowski"


@pytest.fixture
def btheb(therapport: Run, tmp_path: Path) -> Path:
    done = therapport("examples", "btheb", "-o", "btheb", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (tmp_path / "mlruns").mkdir()
    return tmp_path / "btheb"


def edit(path: Path, change: Callable[[list[list[str]]], None]) -> None:
    """Change the cells of a CSV file; row 0 is the header."""
    cells = [line.split(",") for line in path.read_text().splitlines()]
    change(cells)
    path.write_text("\n".join(",".join(row) for row in cells) + "\n")


def refused(therapport: Run, folder: Path, code: int, *expected: str, command: str = "compare") -> str:
    before = sorted(path for path in folder.parent.rglob("*") if path.name != "mlflow.db")
    done = therapport(command, "btheb/study.toml", cwd=folder.parent)
    assert done.returncode == code, done.stderr
    for text in expected:
        assert text in done.stderr
    for canary in (CANARY, TEXT_CANARY, "Traceback"):
        assert canary not in done.stdout + done.stderr
    assert sorted(path for path in folder.parent.rglob("*") if path.name != "mlflow.db") == before
    return done.stderr


def test_a_missing_file(therapport: Run, btheb: Path) -> None:
    (btheb / "cohort.csv").unlink()
    refused(therapport, btheb, COHORT, "cohort.csv: there is no such file")


def test_an_empty_file(therapport: Run, btheb: Path) -> None:
    (btheb / "cohort.csv").write_bytes(b"")
    refused(therapport, btheb, COHORT, "the file is empty")


def test_a_file_in_another_encoding(therapport: Run, btheb: Path) -> None:
    edit(btheb / "cohort.csv", lambda cells: cells[3].__setitem__(0, "José"))
    (btheb / "cohort.csv").write_bytes((btheb / "cohort.csv").read_text().encode("latin-1"))
    refused(therapport, btheb, COHORT, "line 4 is not UTF-8")


def test_an_unknown_column(therapport: Run, btheb: Path) -> None:
    edit(btheb / "cohort.csv", lambda cells: cells[0].__setitem__(4, "bdi_befor"))
    refused(therapport, btheb, COHORT, "bdi_befor", "did you mean bdi_before?")


def test_all_problems_of_a_file_come_at_once(therapport: Run, btheb: Path) -> None:
    def spoil(cells: list[list[str]]) -> None:
        cells[2][4] = CANARY  # out of range
        cells[5][5] = TEXT_CANARY  # text in a number column
        cells[7][0] = cells[8][0] = TEXT_CANARY  # one id twice
        cells[9][1] = TEXT_CANARY  # a level that the codebook does not know

    edit(btheb / "cohort.csv", spoil)
    refused(
        therapport,
        btheb,
        COHORT,
        "bdi_before: outside 0 to 63: row 2",
        "bdi_before: must be a whole number: row 2",
        "bdi_2m: must be a number from 0 to 63: row 5",
        "patient_id: every row needs an id of its own (for a patient with several episodes: ",
        ": rows 7, 8",
        "programme: allowed levels: beat_the_blues, usual_care: row 9",
    )


def test_a_factor_known_only_after_the_landmark(therapport: Run, btheb: Path) -> None:
    codebook, study = btheb / "codebook.toml", btheb / "study.toml"
    late = codebook.read_text().replace('known_at = "intake"\nlevels', 'known_at = "session5"\nlevels')
    codebook.write_text(late)
    factors = 'factors = ["bdi_before", "programme"]\n'
    study.write_text(study.read_text().replace("seed = 1\n", f"seed = 1\n{factors}"))
    refused(therapport, btheb, CONFIGURATION, "programme is known only at session5", "line 11")


def test_an_outcome_column_among_the_factors(therapport: Run, btheb: Path) -> None:
    study = btheb / "study.toml"
    factors = 'factors = ["bdi_before", "bdi_2m"]\n'
    study.write_text(study.read_text().replace("seed = 1\n", f"seed = 1\n{factors}"))
    refused(therapport, btheb, CONFIGURATION, "bdi_2m is a measure of the outcome")


def test_one_class_only(therapport: Run, btheb: Path) -> None:
    def same_for_all(cells: list[list[str]]) -> None:
        for row in cells[1:]:
            row[5] = "20"

    edit(btheb / "cohort.csv", same_for_all)
    refused(therapport, btheb, DESIGN, "everyone has the same outcome")


def test_fewer_groups_than_folds(therapport: Run, trained: Path, tmp_path: Path) -> None:
    shutil.copytree(trained / "sim", tmp_path / "btheb")
    study = tmp_path / "btheb" / "study.toml"
    study.write_text(study.read_text().replace('"therapist"', '"site"').replace("folds = 3", "folds = 5"))
    refused(therapport, tmp_path / "btheb", DESIGN, "5 folds need at least 5 groups", "form 4")


def test_a_cohort_of_another_codebook(therapport: Run, btheb: Path, trained: Path) -> None:
    done = therapport("score", trained / "model", "btheb/cohort.csv", "-o", "out", cwd=btheb.parent)
    assert done.returncode == COHORT, done.stderr
    assert "phq9_intake" in done.stderr
    assert not (btheb.parent / "out").exists()


def test_a_model_of_another_codebook(therapport: Run, btheb: Path, trained: Path) -> None:
    cohort, codebook = trained / "sim" / "cohort.parquet", btheb / "codebook.toml"
    done = therapport("score", trained / "model", cohort, "--codebook", codebook, "-o", "out", cwd=btheb.parent)
    assert done.returncode == MODEL, done.stderr
    assert "was made for the codebook simulated" in done.stderr
    assert not (btheb.parent / "out").exists()


def test_an_artifact_with_one_byte_flipped(therapport: Run, trained: Path, tmp_path: Path) -> None:
    cohort = trained / "sim" / "cohort.parquet"
    for name in sorted(json.loads((trained / "model" / "manifest.json").read_text())["files"]):
        damaged = tmp_path / f"model-{name}"
        shutil.copytree(trained / "model", damaged)
        content = bytearray((damaged / name).read_bytes())
        content[len(content) // 2] ^= 1
        (damaged / name).write_bytes(bytes(content))
        done = therapport("score", damaged, cohort, "-o", "out", cwd=tmp_path)
        assert done.returncode == MODEL, done.stderr
        assert f"{name} differs from its digest" in done.stderr
        assert not (tmp_path / "out").exists()


def test_a_name_that_the_registry_does_not_know(therapport: Run, trained: Path) -> None:
    done = therapport("promote", "nobody", cwd=trained)
    assert done.returncode == REGISTRY, done.stderr
    assert "known: simulated" in done.stderr


def test_nothing_is_overwritten_unasked(therapport: Run, btheb: Path) -> None:
    done = therapport("examples", "btheb", "-o", "btheb", cwd=btheb.parent)
    assert done.returncode == OUTPUT, done.stderr
    assert "cohort.csv exists" in done.stderr


def test_a_folder_that_exists_is_refused_before_the_comparison_and_not_after(therapport: Run, btheb: Path) -> None:
    (btheb.parent / "model").mkdir()
    done = therapport("compare", "btheb/study.toml", "--save", "model", cwd=btheb.parent)
    assert done.returncode == OUTPUT, done.stderr
    assert "Candidate" not in done.stdout
