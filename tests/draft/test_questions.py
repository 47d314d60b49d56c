"""The outcome that a study is drafted with, and the others that stand in it as remarks."""

import re
from pathlib import Path

import pandas as pd
import pytest

from tests.draft import made
from tests.draft.made import drafted
from therapport import draft
from therapport.outcome import EventOutcome, PairOutcome, Response
from training import design
from training import study as studies

ENDED = [1, 1, 1, 0] * (made.PATIENTS // 4)


def english(*left_out: str) -> pd.DataFrame:
    return made.files()["english"][0].drop(columns=list(left_out))


def read(folder: Path) -> studies.Study:
    return studies.read(folder / "mine" / "study.toml")


def test_a_file_that_says_who_finished_treatment_is_asked_about_as_the_nhs_does(tmp_path: Path) -> None:
    found = drafted(english().assign(ReferralEnded=ENDED), tmp_path)
    study = read(tmp_path)
    outcome = study.outcome
    assert isinstance(outcome, PairOutcome)
    assert outcome.response is Response.NHS_RECOVERY
    assert outcome.checks_finished
    assert study.roles == {
        "depression_before": "PHQ9First",
        "depression_after": "PHQ9Last",
        "anxiety_before": "GAD7First",
        "anxiety_after": "GAD7Last",
        "ended": "ReferralEnded",
        "contacts": "SessionsAttended",
    }
    assert len(design.read(study).targets) == 2
    assert found.asks[0] == "recovery by the rules of NHS Talking Therapies"


def test_without_who_finished_the_nhs_outcome_is_a_remark_below_the_first_measure(tmp_path: Path) -> None:
    found = drafted(english(), tmp_path)
    assert read(tmp_path).table.outcome.response is Response.RELIABLE_IMPROVEMENT
    assert found.asks[1] == "recovery by the rules of NHS Talking Therapies"


def test_a_measure_of_one_anxiety_disorder_is_preferred_to_the_general_one(tmp_path: Path) -> None:
    cohort = english().assign(ReferralEnded=ENDED)
    cohort["PCL5First"], cohort["PCL5Last"] = cohort["WSASFirst"], cohort["WSASLast"]
    drafted(cohort, tmp_path)
    outcome = read(tmp_path).outcome
    assert isinstance(outcome, PairOutcome)
    assert [instrument.label for instrument in outcome.specific] == ["PCL-5"]


def remarked(study: str) -> list[str]:
    """The [outcome] of each remark, ready to stand in the place of the one that is written."""
    parts = re.split(
        r"^# REVIEW: another question, .*$", study.split("[validation]", maxsplit=1)[0], flags=re.MULTILINE
    )[1:]
    lines = [re.findall(r"^# (\w+ = .*)$", part, flags=re.MULTILINE) for part in parts]
    return ["\n".join(line for line in part if not line.startswith("severity")) for part in lines]


@pytest.mark.parametrize("name", made.files())
def test_every_remarked_question_is_valid_in_the_place_of_the_first(name: str, tmp_path: Path) -> None:
    found = drafted(made.files()[name][0], tmp_path)
    path = tmp_path / "mine" / "study.toml"
    written = path.read_text()
    others = remarked(written)
    assert len(others) == len(found.asks) - 1 > 0
    for other in others:
        head, tail = written.split("[outcome]")[0], written.split("[validation]")[1]
        path.write_text(f"{head}[outcome]\n{other}\n\n[validation]{tail}")
        assert design.read(studies.read(path)).targets


def test_without_a_pair_a_column_of_dropout_is_asked_about(tmp_path: Path) -> None:
    left_out = ["PHQ-9 (end)", "CORE-OM after"]
    found = drafted(made.files()["spreadsheet"][0].drop(columns=left_out), tmp_path)
    assert not found.lacks
    study = read(tmp_path)
    assert isinstance(study.outcome, EventOutcome)
    assert study.roles == {"dropped_out": "Dropped out?"}
    assert study.table.severity == "PHQ-9 (start)"
    assert [target.kind for target in design.read(study).targets] == ["binary"]
    assert "No first score with one at the end of treatment was recognised." in draft.summary(found)


def test_a_column_of_completion_is_not_taken_for_one_of_dropout(tmp_path: Path) -> None:
    cohort = made.files()["redcap"][0].drop(columns=["phq9_total_t1", "phq9_total_t2", "gad7_total_t1"])
    found = drafted(cohort, tmp_path)
    assert not found.lacks
    study = read(tmp_path)
    assert study.roles == {"completed": "completer"}
    assert study.outcome == EventOutcome(Response.DROPOUT, "completed")
    (target,) = design.read(study).targets
    completed = design.read(study).cohort.table["completer"].to_numpy()[target.rows]
    assert (target.outcome == 1 - completed).all()
