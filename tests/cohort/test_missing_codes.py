"""Codes for missing values that a codebook declares: emptied before anything is checked, in every kind of column."""

import json
from pathlib import Path

import pandas as pd
import pytest

from tests import codebooks
from tests.cohort import written_files
from therapport import codebook, cohort
from therapport.codebook import Codebook
from therapport.cohort.missing_codes import emptied
from therapport.errors import CohortError, ConfigurationError

DOCUMENT = """
format = 1
name = "coded"
title = "Coded"
source = "made"
id = "patient_id"

[factors.age]
label = "Age"
family = "patient"
kind = "integer"
known_at = "intake"
range = [18, 100]
missing_codes = [999, -9]

[factors.married]
label = "Married"
family = "patient"
kind = "boolean"
known_at = "intake"
missing_codes = ["unknown", 9]

[factors.mode]
label = "Mode"
family = "delivery"
kind = "category"
known_at = "intake"
levels = { 1 = "Face to face", 2 = "Online" }
missing_codes = [9]

[measures.phq9_end]
label = "PHQ-9"
instrument = "phq9"
missing_codes = [99]
"""


def coded(document: str = DOCUMENT) -> Codebook:
    return codebook.parse(document.encode(), name="codebook.toml")


def patients(**changed: list[object]) -> pd.DataFrame:
    columns: dict[str, list[object]] = {
        "patient_id": ["a", "b", "c"],
        "age": [999, 30, -9],
        "married": ["yes", "unknown", "9"],
        "mode": ["1", "9", "2"],
        "phq9_end": [99.0, 12.0, 3.0],
    }
    return pd.DataFrame(columns | changed)


def test_codes_are_missing_in_numbers_truths_categories_and_scores() -> None:
    table = cohort.validate(patients(), coded()).table
    assert table["age"].isna().tolist() == [True, False, True]
    assert table["married"].fillna(-1).tolist() == [1.0, -1, -1]
    assert table["mode"].tolist() == ["1", None, "2"]
    assert table["phq9_end"].isna().tolist() == [True, False, False]


@pytest.mark.parametrize("ages", [[999.0, 30.0, -9.0], ["999", "30", "-9"], ["999.0", " 30", "-9.0"]])
def test_a_code_is_the_same_number_in_whatever_type(ages: list[object]) -> None:
    assert cohort.validate(patients(age=ages), coded()).table["age"].isna().tolist() == [True, False, True]


def test_a_code_that_is_not_declared_is_still_named_by_row() -> None:
    with pytest.raises(CohortError, match="age: outside 18 to 100: row 2"):
        cohort.validate(patients(age=[999, 99_999, -9]), coded())


def test_the_code_01_is_not_the_number_1() -> None:
    document = DOCUMENT.replace('levels = { 1 = "Face to face", 2 = "Online" }\nmissing_codes = [9]', LEADING_ZERO)
    table = cohort.validate(patients(mode=["01", "02", "9"]), coded(document)).table
    assert table["mode"].tolist() == ["01", "02", None]


LEADING_ZERO = 'levels = { 01 = "Face to face", 02 = "Online" }\nmissing_codes = [1, 9]'


def test_a_level_cannot_be_a_code_for_missing() -> None:
    with pytest.raises(ConfigurationError, match=r"line 29: factors.mode.missing_codes: .* is also a level: 2"):
        coded(DOCUMENT.replace("missing_codes = [9]\n", "missing_codes = [9, 2]\n"))


def test_labels_of_codes_for_missing_do_not_hide_that_the_others_say_yes_and_no(tmp_path: Path) -> None:
    labels = {"married": {1.0: "No", 2.0: "Yes", 9.0: "Refused"}}
    written_files.spss(patients(married=[1.0, 2.0, 9.0]), tmp_path / "cohort.sav", variable_value_labels=labels)
    table = cohort.read(tmp_path / "cohort.sav", coded()).table
    assert table["married"].fillna(-1).tolist() == [0.0, 1.0, -1]


def test_a_codebook_without_codes_keeps_the_digest_that_it_had() -> None:
    without = codebooks.mixed()
    assert "missing_codes" not in json.dumps(without.model_dump(mode="json"))
    empty = codebooks.TEXT.replace("known_at =", "missing_codes = []\nknown_at =")
    assert codebook.parse(empty.encode(), name="codebook.toml").digest() == without.digest()
    assert coded().digest() != coded(DOCUMENT.replace("[999, -9]", "[999]")).digest()


def test_a_codebook_with_codes_reads_back_from_what_an_artifact_stores() -> None:
    assert Codebook.model_validate_json(coded().model_dump_json()) == coded()


def test_a_table_without_codes_is_left_as_it_is() -> None:
    frame = patients(age=[20, 30, 40])
    assert emptied(frame, coded())["age"].tolist() == [20, 30, 40]
    assert frame["phq9_end"].tolist() == [99.0, 12.0, 3.0]
