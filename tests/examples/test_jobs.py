"""JOBS II against the figures of its documentation: 899 people, 600 offered the workshop, 372 of whom came."""

from pathlib import Path

import pytest

from therapport import codebook, cohort, examples
from therapport.errors import ConfigurationError
from therapport.examples import jobs
from training import design as designs
from training import study as studies


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    examples.write("jobs", tmp_path / "jobs")
    return tmp_path / "jobs"


def test_the_trial_is_the_published_one() -> None:
    trial = jobs.load()
    assert trial.shape == (899, 15)
    assert not trial.isna().any().any()
    assert trial["treat"].value_counts().to_dict() == {"workshop": 600, "booklet": 299}
    assert trial.loc[trial["comply"] == "yes", "treat"].value_counts().to_dict() == {"workshop": 372}
    assert trial["work1"].value_counts().to_dict() == {"no": 606, "yes": 293}
    # Printed summary of the data: means 1.870 before and 1.741 after.
    assert trial["depress1"].mean() == pytest.approx(1.870, abs=0.0005)
    assert trial["depress2"].mean() == pytest.approx(1.741, abs=0.0005)


def test_numbers_of_single_precision_are_rounded_to_what_was_meant() -> None:
    assert 2.67 in set(jobs.load()["econ_hard"])


def test_cohort_codebook_and_study_fit_each_other(folder: Path) -> None:
    described = codebook.read(folder / "codebook.toml")
    made = cohort.read(folder / "cohort.csv", described)
    assert made.notices == ()
    assert set(made.table) == described.columns()
    (score,) = designs.read(studies.read(folder / "study.toml")).targets
    assert score.kind == "score"
    assert len(score.rows) == 899


def test_what_is_known_only_after_treatment_is_no_factor_at_intake(folder: Path) -> None:
    factors = studies.read(folder / "study.toml").factors
    assert "treat" in factors
    assert not {"comply", "job_seek", "work1", "depress2"} & set(factors)


@pytest.mark.parametrize("response", ["recovery", "reliable_improvement", "remission"])
def test_a_response_that_needs_a_threshold_is_refused(folder: Path, response: str) -> None:
    path = folder / "study.toml"
    path.write_text(path.read_text().replace("end_score = true", f'response = "{response}"'))
    with pytest.raises(ConfigurationError, match="HSCL depression"):
        studies.read(path)
