"""Values that mean missing: recognised, kept out of the range, written down, so that `check` passes."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.cohort import written_files
from tests.draft import made
from tests.draft.made import drafted
from therapport import codebook, draft
from therapport.draft.profile import profile
from training import design
from training import study as studies

ROWS = 240


@pytest.mark.parametrize(
    ("values", "codes", "form"),
    [
        ([18, 45, 60, 999, 999], (999,), "integer"),
        ([18, 45, 60, 998, 999, 998], (998, 999), "integer"),
        ([0.5, 2.25, -999], (-999,), "number"),
        ([0, 3, 10, -9], (-9,), "integer"),
        ([1, 2, 3, 4, 5, 99], (99,), "integer"),
        ([0, 1, 1, 9, 9], (9,), "truth"),
        ([1, 2, 2, 9, 9], (9,), "integer"),
        (["Ja", "Nee", "onbekend"], ("onbekend",), "truth"),
        (["1", "2.5"] * 20 + ["."], (".",), "number"),
        (["1", "2", "?"] * 5, ("?",), "integer"),
        # Values, not codes
        ([20, 40, 99, 70], (), "integer"),
        ([0, 1, 2, 7], (), "integer"),
        ([0, 2, 4, 6, 9, 9], (), "integer"),
        ([-9, -3, 4, 12], (), "integer"),
        ([0, 500, 1000, 999], (), "integer"),
        ([10, 20, 77], (), "integer"),
        (["work", "none", "unknown"], (), "text"),
    ],
)
def test_codes_are_told_from_values(values: list[object], codes: tuple[object, ...], form: str) -> None:
    found = profile(pd.Series(values))
    assert found.codes == codes
    assert found.form == form
    assert not set(found.numbers.tolist()) & {code for code in codes if not isinstance(code, str)}


def coded_cohort() -> pd.DataFrame:
    make = np.random.default_rng(2)

    def some(code: object, values: "np.ndarray[tuple[int], np.dtype[np.int64]] | list[str]") -> list[object]:
        return [code if place % 20 == 3 else value for place, value in enumerate(np.asarray(values).tolist())]

    return pd.DataFrame(
        {
            "patient_id": [f"P{place}" for place in range(ROWS)],
            "age": some(999, make.integers(18, 80, ROWS)),
            "prior_treatments": some(-9, make.integers(0, 6, ROWS)),
            "gender": some(9, make.integers(1, 3, ROWS)),
            "on_medication": some("Unknown", make.choice(["Yes", "No"], ROWS)),
            "bdi_pre": some(99, make.integers(10, 60, ROWS)),
            "bdi_post": some(99, make.integers(0, 60, ROWS)),
            "distress_pre": some(-999, make.integers(0, 40, ROWS)),
            "distress_post": some(-999, make.integers(0, 40, ROWS)),
            "sessions_attended": some(99, make.integers(0, 20, ROWS)),
            "dropped_out": some(9, make.integers(0, 2, ROWS)),
        }
    )


def test_a_file_full_of_codes_passes_the_check_as_it_was_drafted(tmp_path: Path) -> None:
    found = drafted(coded_cohort(), tmp_path)
    assert {guess.column: guess.missing_codes for guess in found.guesses if guess.missing_codes} == {
        "age": (999,),
        "prior_treatments": (-9,),
        "gender": (9,),
        "on_medication": ("Unknown",),
        "bdi_pre": (99,),
        "bdi_post": (99,),
        "distress_pre": (-999,),
        "distress_post": (-999,),
        "sessions_attended": (99,),
        "dropped_out": (9,),
    }
    study = studies.read(tmp_path / "mine" / "study.toml")
    assert study.codebook.factors["age"].range == (18, 100)
    assert study.codebook.factors["bdi_pre"].range == (0, 63)
    assert study.codebook.factors["distress_pre"].range == (0, 50)
    assert study.codebook.factors["gender"].levels.keys() == {"1", "2"}
    table = design.read(study).cohort.table
    expected = np.arange(ROWS) % 20 == 3
    for column in (*study.codebook.factors, *study.codebook.measures):
        assert table[column].isna().tolist() == expected.tolist(), column
    summary = "\n".join(draft.summary(found))
    assert "Taken for codes of missing values: age (999), prior_treatments (-9), gender (9)" in summary


def test_a_code_that_no_sampled_patient_has_is_found_too(tmp_path: Path) -> None:
    rows = 30_000
    age = np.arange(rows) % 60 + 18
    age[12_345] = 999
    pd.DataFrame({"patient_id": np.arange(rows) + 1, "age": age}).to_parquet(tmp_path / "cohort.parquet")
    found = draft.draft(tmp_path / "cohort.parquet", tmp_path / "mine")
    assert {guess.column: guess.missing_codes for guess in found.guesses}["age"] == (999,)


def test_what_a_file_labels_as_refused_is_missing_and_its_other_labels_become_levels(tmp_path: Path) -> None:
    make = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "patient_id": np.arange(ROWS) + 1.0,
            "gender": make.choice([1.0, 2.0, 8.0], ROWS),
            "living": make.choice([1.0, 2.0, 3.0], ROWS),
            "insured": make.choice([1.0, 2.0, 7.0], ROWS),
            "phq9_pre": make.integers(5, 28, ROWS).astype(float),
            "phq9_post": make.integers(0, 28, ROWS).astype(float),
        }
    )
    labels = {
        "gender": {1.0: "Female", 2.0: "Male", 8.0: "Refused"},
        "living": {1.0: "Alone", 2.0: "With a partner", 3.0: "With others"},
        "insured": {1.0: "Nee", 2.0: "Ja", 7.0: "Weet niet"},
    }
    written_files.spss(
        frame.assign(phq9_pre=frame["phq9_pre"].where(np.arange(ROWS) % 9 > 0, 88.0)),
        tmp_path / "cohort.sav",
        variable_value_labels=labels,
        missing_ranges={"phq9_pre": [88.0]},
    )
    draft.write(tmp_path / "cohort.sav", tmp_path / "mine")
    study = studies.read(tmp_path / "mine" / "study.toml")
    factors = study.codebook.factors
    assert factors["gender"].levels == {"1": "Female", "2": "Male"}
    assert factors["gender"].missing_codes == (8,)
    assert factors["living"].kind == "category"
    assert factors["living"].levels == {"1": "Alone", "2": "With a partner", "3": "With others"}
    assert (factors["insured"].kind, factors["insured"].missing_codes) == ("boolean", (7,))
    assert factors["phq9_pre"].missing_codes == ()  # declared in the file, so it is missing already
    table = design.read(study).cohort.table
    assert table["insured"].isna().tolist() == frame["insured"].eq(7).tolist()
    assert table["insured"].eq(1).tolist() == frame["insured"].eq(2).tolist()
    assert table["phq9_pre"].isna().tolist() == (np.arange(ROWS) % 9 == 0).tolist()


@pytest.mark.parametrize(
    ("yes", "no"),
    [("Ja", "Nee"), ("Yes", "No"), ("Y", "N"), ("Oui", "Non"), ("ja", "nein"), ("J", "N"), ("TRUE", "FALSE")],
)
def test_two_words_for_yes_and_no_are_a_boolean_that_the_reader_reads(yes: str, no: str, tmp_path: Path) -> None:
    cohort = made.files()["english"][0].assign(LongTermCondition=[yes, no, no] * (made.PATIENTS // 3))
    drafted(cohort, tmp_path)
    study = studies.read(tmp_path / "mine" / "study.toml")
    assert study.codebook.factors["LongTermCondition"].kind == "boolean"
    assert design.read(study).cohort.table["LongTermCondition"].tolist() == [1.0, 0.0, 0.0] * (made.PATIENTS // 3)


def test_two_words_that_are_not_yes_and_no_are_levels(tmp_path: Path) -> None:
    drafted(made.files()["english"][0].assign(Gender=["male", "female"] * (made.PATIENTS // 2)), tmp_path)
    described = codebook.read(tmp_path / "mine" / "codebook.toml").factors["Gender"]
    assert (described.kind, described.levels) == ("category", {"female": "female", "male": "male"})
