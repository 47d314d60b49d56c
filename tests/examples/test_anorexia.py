"""The anorexia trial against the figures that are printed of it: mean gains of -0.45, 3.01 and 7.26 pounds."""

from pathlib import Path

import pytest

from therapport import codebook, cohort, examples
from therapport.examples import anorexia
from training import design as designs
from training import study as studies


def test_the_trial_is_the_published_one() -> None:
    trial = anorexia.load()
    assert trial["programme"].value_counts().to_dict() == {"cbt": 29, "control": 26, "family_therapy": 17}
    gain = (trial["weight_after"] - trial["weight_before"]).groupby(trial["programme"]).mean()
    assert gain.to_dict() == pytest.approx({"control": -0.45, "cbt": 3.01, "family_therapy": 7.26}, abs=0.006)


def test_cohort_codebook_and_study_fit_each_other(tmp_path: Path) -> None:
    examples.write("anorexia", tmp_path / "anorexia")
    described = codebook.read(tmp_path / "anorexia" / "codebook.toml")
    made = cohort.read(tmp_path / "anorexia" / "cohort.csv", described)
    assert made.notices == ()
    assert set(made.table) == described.columns()
    design = designs.read(studies.read(tmp_path / "anorexia" / "study.toml"))
    (score,) = design.targets
    assert len(score.rows) == 72
    assert design.study.instrument is not None
    assert design.study.instrument.better == "higher"
