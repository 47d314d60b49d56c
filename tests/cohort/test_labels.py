"""SPSS and Stata files: value labels beside the codebook's levels, and values declared missing."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from tests import codebooks
from tests.cohort import written_files
from therapport import codebook, cohort
from therapport.codebook import Codebook
from therapport.errors import CohortError

FILES = {"cohort.sav": written_files.spss, "cohort.dta": written_files.stata}
CODES = {1.0: "Face to face", 2.0: "BLENDED ", 3.0: "On line"}
CODED_LEVELS = 'levels = { 1 = "Face to face", 2 = "Blended", 3 = "Online" }'


def coded() -> Codebook:
    """The mixed codebook with codes as levels."""
    text = codebooks.TEXT.replace(
        'levels = { face = "Face to face", blended = "Blended", online = "Online" }', CODED_LEVELS
    )
    return codebook.parse(text.encode(), name="codebook.toml")


def patients() -> pd.DataFrame:
    return codebooks.frame(4, seed=1).assign(mode=[1.0, 2.0, 3.0, np.nan])


@pytest.mark.parametrize("name", FILES)
def test_codes_stay_codes_where_the_levels_of_the_codebook_are_codes(name: str, tmp_path: Path) -> None:
    FILES[name](patients(), tmp_path / name, variable_value_labels={"mode": CODES})
    assert cohort.read(tmp_path / name, coded()).table["mode"].tolist() == ["1", "2", "3", None]


@pytest.mark.parametrize("name", FILES)
def test_codes_become_levels_by_their_labels_where_the_levels_are_words(name: str, tmp_path: Path) -> None:
    FILES[name](patients(), tmp_path / name, variable_value_labels={"mode": {**CODES, 2.0: "blended"}})
    assert cohort.read(tmp_path / name, codebooks.mixed()).table["mode"].tolist() == ["face", "blended", "online", None]


@pytest.mark.parametrize("name", FILES)
def test_labels_that_contradict_the_codebook_are_named_by_column_and_level(name: str, tmp_path: Path) -> None:
    swapped = {1.0: "Online", 2.0: "blended", 3.0: "Zebrowski"}
    frame = patients().assign(end=8642.75)
    FILES[name](frame, tmp_path / name, variable_value_labels={"mode": swapped})
    with pytest.raises(CohortError) as caught:
        cohort.read(tmp_path / name, coded())
    assert caught.value.problems == (
        "mode: level 1: the file's value labels call it something else than the codebook does",
        "mode: level 3: the file's value labels call it something else than the codebook does",
        "end: outside 0 to 27: rows 1, 2, 3, 4",
    )


@pytest.mark.parametrize("name", FILES)
def test_labels_of_columns_that_are_not_asked_for_contradict_nothing(name: str, tmp_path: Path) -> None:
    FILES[name](patients(), tmp_path / name, variable_value_labels={"mode": {1.0: "Online"}})
    assert cohort.read(tmp_path / name, coded(), factors=["severity"]).table.shape == (4, 4)


@pytest.mark.parametrize("name", FILES)
def test_a_label_or_a_code_that_the_codebook_does_not_know_is_named_by_row(name: str, tmp_path: Path) -> None:
    FILES[name](patients(), tmp_path / name, variable_value_labels={"mode": {1.0: "Online", 2.0: "Zebrowski"}})
    with pytest.raises(CohortError) as caught:
        cohort.read(tmp_path / name, codebooks.mixed())
    assert caught.value.problems == ("mode: allowed levels: face, blended, online: rows 2, 3",)


@pytest.mark.parametrize("name", FILES)
def test_a_boolean_is_what_its_labels_say_whatever_the_codes(name: str, tmp_path: Path) -> None:
    frame = codebooks.frame(3, seed=1).assign(trained=[1.0, 2.0, np.nan])
    FILES[name](frame, tmp_path / name, variable_value_labels={"trained": {1.0: "No", 2.0: "Yes"}})
    trained = cohort.read(tmp_path / name, codebooks.mixed()).table["trained"]
    assert trained[:2].tolist() == [0.0, 1.0]
    assert np.isnan(trained[2])


def test_user_missing_values_of_spss_are_missing(tmp_path: Path) -> None:
    frame = codebooks.frame(4, seed=1).assign(months=[-9.0, 3.0, 999.0, 998.0], mode=["face", "none", "online", ""])
    missing = {"months": [999, {"lo": -9, "hi": -1}], "mode": ["none"]}
    written_files.spss(frame, tmp_path / "cohort.sav", missing_ranges=missing)
    with pytest.raises(CohortError) as caught:
        cohort.read(tmp_path / "cohort.sav", codebooks.mixed())
    assert caught.value.problems == ("months: outside 0 to 480: row 4",)  # 998 was not declared
    made = cohort.read(tmp_path / "cohort.sav", codebooks.mixed(), factors=["mode"])
    assert made.table["mode"].tolist() == ["face", None, "online", None]


def test_extended_missing_values_of_stata_are_missing(tmp_path: Path) -> None:
    frame = codebooks.frame(3, seed=1).assign(months=pd.Series([4, "a", "z"], dtype=object))
    pyreadstat.write_dta(frame, str(tmp_path / "cohort.dta"), missing_user_values={"months": ["a", "z"]})
    months = cohort.read(tmp_path / "cohort.dta", codebooks.mixed()).table["months"]
    assert months.isna().tolist() == [False, True, True]


@pytest.mark.parametrize("name", FILES)
def test_a_date_in_a_number_column_is_no_number(name: str, tmp_path: Path) -> None:
    frame = codebooks.frame(2, seed=1).assign(months=pd.to_datetime(["2020-08-06", "2020-08-07"]).date)
    FILES[name](frame, tmp_path / name)
    with pytest.raises(CohortError, match="months: must be a number from 0 to 480: rows 1, 2"):
        cohort.read(tmp_path / name, codebooks.mixed())


@pytest.mark.parametrize("name", FILES)
def test_an_encoding_that_nobody_knows_is_refused(name: str, tmp_path: Path) -> None:
    FILES[name](patients(), tmp_path / name)
    with pytest.raises(CohortError, match="no such encoding is known"):
        cohort.read(tmp_path / name, codebooks.mixed(), encoding="utf-13")
    assert len(cohort.read_table(tmp_path / name, text_columns=[], encoding="latin-1")) == 4
