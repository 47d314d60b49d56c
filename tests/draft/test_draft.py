"""Drafts of whole files: how many guesses are right, what is accepted, what is never shown."""

import re
import tomllib
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.draft import made
from tests.draft.made import drafted
from therapport import codebook, draft, examples, simulator
from therapport.draft import Draft, Guess
from therapport.errors import OutputError
from training import design
from training import study as studies


def said(guess: Guess, like: str) -> str:
    if ":" not in like:
        return guess.role
    return f"{guess.role}:{guess.instrument if like.split(':')[1] == guess.instrument else guess.family}"


@pytest.mark.parametrize("name", made.files())
def test_nearly_every_column_of_five_styles_of_file_is_recognised(name: str, tmp_path: Path) -> None:
    cohort, right = made.files()[name]
    found = drafted(cohort, tmp_path)
    assert [guess.column for guess in found.guesses] == list(cohort.columns)
    wrong = {guess.column: said(guess, right[guess.column]) for guess in found.guesses}
    wrong = {column: role for column, role in wrong.items() if role != right[column]}
    assert not wrong


@pytest.mark.parametrize("name", made.files())
def test_a_draft_with_a_pair_is_accepted_and_can_be_carried_out(name: str, tmp_path: Path) -> None:
    found = drafted(made.files()[name][0], tmp_path)
    assert found.pairs
    assert not found.lacks
    study = studies.read(tmp_path / "mine" / "study.toml")
    assert study.cohort_path.resolve() == (tmp_path / "cohort.csv").resolve()
    assert len(design.read(study).targets) == 2


def compared(found: Draft, by_hand: codebook.Codebook) -> Counter[str]:
    """How many of the properties that a person wrote are drafted alike."""
    guesses = {guess.column: guess for guess in found.guesses}
    alike: Counter[str] = Counter()
    for name, factor in by_hand.factors.items():
        guess = guesses[name]
        for key in ("family", "kind", "instrument", "known_at"):
            alike[key] += getattr(guess, key) == getattr(factor, key)
        alike["modifiable"] += guess.modifiable == factor.modifiable
    alike["measure"] = sum(guesses[name].instrument == one.instrument for name, one in by_hand.measures.items())
    alike["group"] = sum(guesses[column].level == level for level, column in by_hand.groups.items())
    alike["id"] = int(guesses[by_hand.id].role == "id")
    return alike


def test_the_draft_of_the_trial_equals_the_codebook_by_hand(tmp_path: Path) -> None:
    examples.write("btheb", tmp_path / "by_hand")
    by_hand = codebook.read(tmp_path / "by_hand" / "codebook.toml")
    alike = compared(draft.write(tmp_path / "by_hand" / "cohort.csv", tmp_path / "mine"), by_hand)
    expected = {"family": 4, "kind": 4, "instrument": 4, "known_at": 4, "modifiable": 4, "measure": 4, "id": 1}
    assert alike == Counter(expected)


def test_the_draft_of_the_simulated_cohort_is_nearly_the_codebook_by_hand(tmp_path: Path) -> None:
    simulator.write(
        simulator.simulate(patients=600, therapists=24, sites=4, missing=0.05, seed=3), tmp_path / "by_hand"
    )
    by_hand = codebook.read(tmp_path / "by_hand" / "codebook.toml")
    alike = compared(draft.write(tmp_path / "by_hand" / "cohort.parquet", tmp_path / "mine"), by_hand)
    # Of 12. The episode in whole months and the competence in whole points are drafted as numbers, which is wider.
    assert alike["kind"] == 10
    for key in ("family", "instrument", "known_at", "modifiable"):
        assert alike[key] == 12, key
    assert (alike["measure"], alike["group"], alike["id"]) == (2, 2, 1)


def test_without_a_pair_the_study_says_what_to_fill_in(tmp_path: Path) -> None:
    cohort = made.files()["english"][0].drop(columns=["PHQ9Last", "GAD7Last", "WSASLast"])
    found = drafted(cohort, tmp_path)
    assert found.lacks == ("a first score and one at the end of treatment ([outcome] in study.toml)",)
    assert any("TO BE FILLED IN" in line for line in draft.summary(found))
    study = (tmp_path / "mine" / "study.toml").read_text()
    assert "TO BE FILLED IN" in study
    tomllib.loads(study)
    codebook.read(tmp_path / "mine" / "codebook.toml")
    # Filled in as the remarks say, it is read.
    described = (tmp_path / "mine" / "codebook.toml").read_text()
    described += '\n[measures.SomeLaterScore]\nlabel = "PHQ-9"\ninstrument = "phq9"\n'
    (tmp_path / "mine" / "codebook.toml").write_text(described)
    filled = re.sub(r"^# (severity|\[outcome\]|before|after|response|end_score)", r"\1", study, flags=re.MULTILINE)
    filled = filled.replace("name of the first score", "PHQ9First").replace("name of the last score", "SomeLaterScore")
    (tmp_path / "mine" / "study.toml").write_text(filled)
    assert studies.read(tmp_path / "mine" / "study.toml").outcome is not None


def test_without_an_id_the_draft_says_so(tmp_path: Path) -> None:
    cohort = made.files()["spss"][0].drop(columns="RESPNR")
    found = drafted(cohort, tmp_path)
    assert "a column that tells all patients apart (id in codebook.toml)" in found.lacks
    codebook.read(tmp_path / "mine" / "codebook.toml")


def test_a_measure_that_is_not_shipped_becomes_an_instrument_of_ones_own(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    cohort = pd.DataFrame(
        {
            "id": [f"P{place}" for place in range(100)],
            "distress_pre": random.integers(3, 44, 100),
            "distress_post": random.integers(0, 40, 100),
        }
    )
    found = drafted(cohort, tmp_path)
    assert [(pair.before, pair.after) for pair in found.pairs] == [("distress_pre", "distress_post")]
    study = studies.read(tmp_path / "mine" / "study.toml")
    assert study.instrument is not None
    assert study.instrument.range == (0, 50)
    assert study.outcome is None  # no threshold is known
    assert study.table.outcome.wants_end_score


def test_a_name_without_values_to_match_is_no_instrument(tmp_path: Path) -> None:
    cohort = made.files()["english"][0]
    cohort["PHQ9First"] = np.linspace(100, 900, len(cohort)).round(1)
    found = {guess.column: guess for guess in drafted(cohort, tmp_path).guesses}
    assert found["PHQ9First"].instrument != "phq9"
    assert found["GAD7First"].instrument == "gad7"


def test_what_could_be_known_late_is_not_used_at_intake(tmp_path: Path) -> None:
    drafted(made.files()["redcap"][0].assign(mystery=np.arange(made.PATIENTS) % 7), tmp_path)
    study = studies.read(tmp_path / "mine" / "study.toml")
    known_at = {name: factor.known_at.value for name, factor in study.codebook.factors.items()}
    assert known_at["srs_session1"] == "session1"
    assert known_at["wai_sr_bond_session3"] == "session3"
    assert known_at["logins_week4"] == "week4"
    assert known_at["mystery"] == "week4"
    assert not {"srs_session1", "logins_week4", "mystery"} & set(study.factors)


def test_where_there_is_a_t0_nothing_of_t1_becomes_a_factor(tmp_path: Path) -> None:
    cohort = made.files()["redcap"][0].drop(columns="gad7_total_t0")
    cohort["employment_t1"] = ["work", "none"] * (made.PATIENTS // 2)
    cohort["wsas_t1"], cohort["wsas_t2"] = cohort["gad7_total_t1"], cohort["phq9_total_t2"]
    found = drafted(cohort, tmp_path)
    guesses = {guess.column: guess.role for guess in found.guesses}
    assert guesses["gad7_total_t1"] == guesses["wsas_t1"] == guesses["wsas_t2"] == "measure"
    assert guesses["employment_t1"] == "ignored"
    assert [pair.instrument for pair in found.pairs] == ["phq9"]


def test_a_process_instrument_is_known_when_its_factor_is(tmp_path: Path) -> None:
    guesses = {guess.column: guess for guess in drafted(made.files()["spss"][0], tmp_path).guesses}
    assert guesses["CEQEXP"].known_at is codebook.Landmark.SESSION_1
    assert guesses["CEQEXP"].family == "social_influence"


def test_symptoms_during_treatment_are_early_change(tmp_path: Path) -> None:
    cohort = made.files()["english"][0].assign(PHQ9_session3=np.arange(made.PATIENTS) % 27)
    guesses = {guess.column: guess for guess in drafted(cohort, tmp_path).guesses}
    assert guesses["PHQ9_session3"].family == "early_change"
    assert guesses["PHQ9_session3"].known_at is codebook.Landmark.SESSION_3


def test_several_rows_of_one_patient_are_no_id(tmp_path: Path) -> None:
    cohort = made.files()["english"][0]
    cohort["ReferralID"] = [f"R{place // 2}" for place in range(len(cohort))]
    found = drafted(cohort.drop(columns=["NHSNumber", "ClinicalNotes"]), tmp_path)
    assert not any(guess.role == "id" for guess in found.guesses)
    assert "several rows of one patient" in found.codebook


def test_files_that_are_there_are_not_overwritten_unless_asked(tmp_path: Path) -> None:
    cohort = made.files()["spss"][0]
    drafted(cohort, tmp_path)
    (tmp_path / "mine" / "codebook.toml").write_text("reviewed")
    with pytest.raises(OutputError):
        drafted(cohort, tmp_path)
    assert (tmp_path / "mine" / "codebook.toml").read_text() == "reviewed"
    draft.write(tmp_path / "cohort.csv", tmp_path / "mine", overwrite=True)
    codebook.read(tmp_path / "mine" / "codebook.toml")


def test_a_large_file_is_guessed_from_a_sample_that_still_holds_extremes_and_rare_levels(tmp_path: Path) -> None:
    rows = 50_000
    cohort = pd.DataFrame(
        {
            "patient_id": np.arange(rows) + 1,
            "age": np.arange(rows) % 50 + 20,
            "income": [*(np.arange(rows - 1) % 900), 40_000],
            "gender": ["f", "m"] * (rows // 2 - 1) + ["f", "Zebrowski"],
        }
    )
    cohort.to_parquet(tmp_path / "cohort.parquet")
    found = draft.draft(tmp_path / "cohort.parquet", tmp_path / "mine")
    guesses = {guess.column: guess for guess in found.guesses}
    assert found.sampled == "Guessed from 20,000 of 50,000 patients, drawn at random."
    assert found.sampled in found.codebook
    assert guesses["income"].range == (0, 50_000)
    assert guesses["gender"].role == "ignored"


def test_values_of_odd_kinds_are_kept_out_or_left_to_check(tmp_path: Path) -> None:
    rows = 60
    cohort = pd.DataFrame(
        {
            "id": [f"P{place}" for place in range(rows)],
            "lists": [[place, 2] for place in range(rows)],
            "endless": [np.inf, *np.linspace(0, 1, rows - 1)],
            "huge": [1e300, *np.linspace(0, 1, rows - 1)],
            "times": pd.to_timedelta(range(rows), unit="D"),
            "coded": pd.Categorical([1, 2] * (rows // 2)),
        }
    )
    cohort.to_parquet(tmp_path / "cohort.parquet", index=False)
    found = draft.draft(tmp_path / "cohort.parquet", tmp_path / "mine")
    codebook.parse(found.codebook.encode(), name="draft")
    roles = {guess.column: guess.role for guess in found.guesses}
    assert roles == {
        "id": "id",
        "lists": "ignored",
        "endless": "factor",
        "huge": "ignored",
        "times": "ignored",
        "coded": "factor",
    }


def test_codes_with_leading_zeros_are_levels_as_the_file_writes_them(tmp_path: Path) -> None:
    lines = ["patient_id,gender", *(f"P{place},0{place % 2 + 1}" for place in range(60))]
    (tmp_path / "cohort.csv").write_text("\n".join(lines) + "\n")
    found = draft.draft(tmp_path / "cohort.csv", tmp_path / "mine")
    assert {guess.column: guess.levels for guess in found.guesses}["gender"] == ("01", "02")


NAMES = st.text(
    st.characters(codec="utf-8", exclude_characters='\r\n",;\t', exclude_categories=["Cs", "Nd"]), max_size=30
)
MARKS = st.sampled_from(["phq9_pre", "GAD7 post", "id", "[x]", "a.b", "#", "é ü", "\x7f", "naam", "x=1", "'q'", "  "])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(NAMES | MARKS, min_size=1, max_size=6, unique=True))
def test_whatever_the_columns_are_called_the_draft_is_read_and_knows_them(names: list[str], tmp_path: Path) -> None:
    random = np.random.default_rng(len(names))
    cohort = pd.DataFrame({name: random.integers(1, 9, 40) for name in names})
    cohort.to_parquet(tmp_path / "cohort.parquet", index=False)
    found = draft.draft(tmp_path / "cohort.parquet", tmp_path / "mine")
    described = codebook.parse(found.codebook.encode(), name="draft")
    assert set(names) <= described.columns()
    tomllib.loads(found.study)
