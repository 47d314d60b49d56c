"""Outcomes on two measures, events and instruments of one's own, from the study's file to 0, 1 or unknown."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from therapport.errors import ConfigurationError
from therapport.outcome import EventOutcome, Outcome, PairOutcome
from training import design as designs
from training import study as studies

CODEBOOK = """\
format = 1
name = "service"
title = "A service"
source = "made for a test"
id = "id"
{more}
[factors.phq9_first]
label = "First PHQ-9"
family = "patient"
kind = "integer"
known_at = "intake"
range = [0, 27]
instrument = "{instrument}"

[factors.gad7_first]
label = "First GAD-7"
family = "patient"
kind = "integer"
known_at = "intake"
range = [0, 21]
instrument = "gad7"

[measures.phq9_last]
label = "Last PHQ-9"
instrument = "{instrument}"

[measures.gad7_last]
label = "Last GAD-7"
instrument = "gad7"

[measures.ended]
label = "Referral has ended"
kind = "boolean"

[measures.contacts]
label = "Attended contacts"
kind = "count"

[measures.dropped]
label = "Dropped out"
kind = "boolean"
"""
STUDY = """\
format = 1
name = "service"
title = "A study"
cohort = "cohort.csv"
codebook = "codebook.toml"
landmark = "intake"
severity = "phq9_first"

[outcome]
{outcome}

[validation]
folds = 2

[waive]
duplicate-of-outcome = "eight rows over and over tell themselves apart"
"""
NHS = """\
response = "nhs_recovery"
before = "phq9_first"
after = "phq9_last"
anxiety = { before = "gad7_first", after = "gad7_last" }
"""
ROWS = [
    # first and last PHQ-9, first and last GAD-7, ended, contacts, dropped out -> NHS recovery
    (15, 5, 12, 3, "yes", 6, "no", 1.0),  # a case on both, below on both at last
    (15, 5, 12, 8, "yes", 6, "no", 0.0),  # GAD-7 8 is still a case
    (9, 5, 8, 3, "yes", 2, "no", 1.0),  # a case by GAD-7 alone
    (9, 5, 7, 3, "yes", 6, "no", np.nan),  # no case at first
    (15, 5, 12, 3, "yes", 1, "yes", np.nan),  # one contact is no course of treatment
    (15, 5, 12, 3, "no", 6, "no", np.nan),  # not ended
    (20, 12, 12, 3, "yes", 9, "yes", 0.0),
    (14, 9, 12, 7, "yes", 4, "", 1.0),
]
TIMES = 10
"""How often each row stands in the file: fewer patients without an outcome would be left out of the design."""


def written(folder: Path, outcome: str, *, instrument: str = "phq9", more: str = "") -> Path:
    (folder / "codebook.toml").write_text(CODEBOOK.format(instrument=instrument, more=more))
    (folder / "study.toml").write_text(STUDY.format(outcome=outcome))
    columns = ["phq9_first", "phq9_last", "gad7_first", "gad7_last", "ended", "contacts", "dropped", "expected"]
    table = pd.DataFrame(ROWS * TIMES, columns=columns).drop(columns="expected")
    table.insert(0, "id", [f"p{place}" for place in range(len(table))])
    table.to_csv(folder / "cohort.csv", index=False)
    return folder / "study.toml"


def known(path: Path) -> dict[int, float]:
    """Row -> outcome, for the rows in which it is known."""
    (target, *_) = designs.read(studies.read(path)).targets
    found = list(zip((target.rows % len(ROWS)).tolist(), target.outcome.tolist(), strict=True))
    assert len(found) == TIMES * len(set(found))
    assert len(set(found)) == len(dict(found))
    return dict(found)


def test_nhs_recovery_counts_those_at_caseness_who_finished(tmp_path: Path) -> None:
    path = written(tmp_path, NHS + 'ended = "ended"\ncontacts = "contacts"\n')
    assert isinstance(studies.read(path).outcome, PairOutcome)
    assert known(path) == {row: values[-1] for row, values in enumerate(ROWS) if not np.isnan(values[-1])}


def test_without_those_columns_everyone_counts_as_finished_and_the_outcome_says_so(tmp_path: Path) -> None:
    path = written(tmp_path, NHS)
    outcome = studies.read(path).outcome
    assert outcome is not None
    assert "taken for granted" in outcome.denominator
    assert known(path) == {0: 1.0, 1: 0.0, 2: 1.0, 4: 1.0, 5: 1.0, 6: 0.0, 7: 1.0}


@pytest.mark.parametrize(("response", "of_dropout"), [("dropout", 1.0), ("completion", 0.0)])
def test_dropout_and_completion_need_no_scores(response: str, of_dropout: float, tmp_path: Path) -> None:
    path = written(tmp_path, f'response = "{response}"\ndropped_out = "dropped"\n')
    study = studies.read(path)
    assert isinstance(study.outcome, EventOutcome)
    assert study.instrument is None
    dropped = {row: values[6] == "yes" for row, values in enumerate(ROWS) if values[6]}
    assert known(path) == {row: of_dropout if out else 1 - of_dropout for row, out in dropped.items()}


def test_an_instrument_of_ones_own_brings_its_own_thresholds(tmp_path: Path) -> None:
    own = """
[instruments.mine]
label = "Our scale"
range = [0, 27]
better = "lower"
step = 1
cutoff = 12
reliable_change = 7
"""
    outcome = 'response = "reliable_improvement"\nbefore = "phq9_first"\nafter = "phq9_last"\n'
    path = written(tmp_path, outcome, instrument="mine", more=own)
    made = studies.read(path).outcome
    assert isinstance(made, Outcome)
    assert made.definition == "Our scale falls by 7 points or more"
    # Falls of 10, 10, 4, 4, 10, 10, 8 and 5 points.
    assert list(known(path).values()) == [1, 1, 0, 0, 1, 1, 1, 0]


@pytest.mark.parametrize(
    ("outcome", "problem"),
    [
        (
            'response = "nhs_recovery"\nbefore = "phq9_first"\nafter = "phq9_last"\n',
            "outcome: nhs_recovery needs anxiety",
        ),
        (NHS + 'ended = "ended"\n', "ended and contacts belong together"),
        (NHS.replace("gad7_last", "phq9_last"), "outcome.anxiety.before: before and after must be scores of the same"),
        ('response = "dropout"\n', "outcome: dropout needs either dropped_out or completed"),
        ('response = "dropout"\ndropped_out = "contacts"\n', "contacts must be a measure of kind boolean"),
        (
            'response = "recovery"\nbefore = "phq9_first"\nafter = "dropped"\n',
            "dropped must be a measure of kind score",
        ),
        ('response = "dropout"\ndropped_out = "dropped"\nend_score = true\n', "the end score needs a column"),
        ('response = "dropout"\ndropped_out = "phq9_first"\n', "the codebook has no measure phq9_first"),
    ],
)
def test_what_an_outcome_may_not_say(outcome: str, problem: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"study\.toml") as refused:
        studies.read(written(tmp_path, outcome))
    assert any(problem in one for one in refused.value.problems), refused.value.problems


def test_a_threshold_that_nobody_states_is_asked_for(tmp_path: Path) -> None:
    own = """
[instruments.mine]
label = "Our scale"
range = [0, 27]
better = "lower"
step = 1
"""
    outcome = 'response = "recovery"\nbefore = "phq9_first"\nafter = "phq9_last"\n'
    with pytest.raises(ConfigurationError) as refused:
        studies.read(written(tmp_path, outcome, instrument="mine", more=own))
    assert "cut-off" in str(refused.value)


def test_yes_no_and_count_columns_are_checked_like_all_others(tmp_path: Path) -> None:
    path = written(tmp_path, NHS)
    cohort = pd.read_csv(tmp_path / "cohort.csv", dtype=str)
    cohort.loc[0, "ended"] = "perhaps"
    cohort.loc[1, "contacts"] = "-3"
    cohort.loc[2, "contacts"] = "2.5"
    cohort.to_csv(tmp_path / "cohort.csv", index=False)
    from therapport.errors import CohortError

    with pytest.raises(CohortError) as refused:
        designs.read(studies.read(path))
    assert "ended: must be true or false: row 1" in refused.value.problems
    assert any(one.startswith("contacts: outside 0") and one.endswith("row 2") for one in refused.value.problems)
    assert "contacts: must be a whole number: row 3" in refused.value.problems
