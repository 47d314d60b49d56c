"""First and last score of one measure, told by the names of columns as people write them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.draft.made import drafted
from therapport.draft.glued import apart
from training import design
from training import study as studies

ROWS = 120


def cohort(before: str, after: str, **others: object) -> pd.DataFrame:
    make = np.random.default_rng(4)
    columns = {
        "patient_id": [f"P{place}" for place in range(ROWS)],
        before: make.integers(5, 27, ROWS),
        after: make.integers(0, 27, ROWS),
    }
    return pd.DataFrame(columns | others)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("depress1", "depress2"),
        ("phq1", "phq2"),
        ("PHQ9_1", "PHQ9_2"),
        ("score_t0", "score_t6"),
        ("score1", "score2"),
        ("pre", "post"),
        ("bl", "fu"),
        ("t0", "t1"),
        ("phq_bl", "phq_fu"),
        ("Prewt", "Postwt"),
        ("distresspre", "distresspost"),
        ("xyzpre", "xyzpost"),
        ("symptoms_baseline", "symptoms_6m"),
        ("symptoms_baseline", "symptoms_1y"),
        ("gaf_baseline", "gaf_6m_2"),
        ("severity_week0", "severity_week12"),
        ("klachten_voor", "klachten_na"),
        ("wt71", "wt82"),
    ],
)
def test_a_pair_is_found_and_the_study_asks_about_it(before: str, after: str, tmp_path: Path) -> None:
    found = drafted(cohort(before, after), tmp_path)
    assert [(pair.before, pair.after) for pair in found.pairs] == [(before, after)]
    study = studies.read(tmp_path / "mine" / "study.toml")
    assert (study.table.outcome.before, study.table.outcome.after) == (before, after)
    assert study.table.severity == before
    assert design.read(study).targets


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("present_score", "posture"),
        ("income_pre", "income_post"),
        ("prevalence", "postcode"),
        ("Base", "Y1"),
    ],
)
def test_names_that_only_look_like_a_pair_are_none(one: str, other: str, tmp_path: Path) -> None:
    assert drafted(cohort(one, other), tmp_path).pairs == ()


def test_numbers_of_another_size_are_no_pair(tmp_path: Path) -> None:
    frame = cohort("wage1", "wage2")
    assert drafted(frame.assign(wage2=frame["wage2"] * 1000), tmp_path).pairs == ()


def test_a_pair_of_a_shipped_instrument_is_asked_about_before_one_of_mere_numbers(tmp_path: Path) -> None:
    frame = cohort("aaa1", "aaa2", bdi_pre=np.arange(ROWS) % 50, bdi_post=np.arange(ROWS) % 40)
    found = drafted(frame, tmp_path)
    assert [pair.before for pair in found.pairs] == ["bdi_pre", "aaa1"]


def test_words_of_time_are_parted_only_where_a_stem_has_both() -> None:
    names = ["Prewt", "Postwt", "present", "xend", "xbaseline", "predict"]
    spelled = {name: parted for name, parted in apart(names).items() if parted != name}
    assert spelled == {"Prewt": "Pre wt", "Postwt": "Post wt"}
