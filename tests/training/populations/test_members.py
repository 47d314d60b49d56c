"""Who is in which subgroup."""

import numpy as np
import pandas as pd
import pytest

from therapport.codebook import Audit
from training.populations.members import band_labels, levels

AGES = pd.Series([18.0, 29.0, 30.0, 49.0, 50.0, np.nan])


def test_bands_begin_at_their_cuts() -> None:
    column = Audit(label="Age", kind="integer", range=(18, 100), unit="years")
    found = {level.label: np.flatnonzero(level.members).tolist() for level in levels(AGES, column, (30.0, 50.0))}
    assert found == {
        "under 30 years": [0, 1],
        "30 to 49 years": [2, 3],
        "50 years or more": [4],
        "not known": [5],
    }


def test_numbers_with_fractions_are_bounded_without_a_gap() -> None:
    column = Audit(label="Score", kind="number", range=(0, 10))
    assert band_labels(column, (2.0, 4.5)) == ("under 2", "2 to under 4.5", "4.5 or more")


def test_without_cuts_there_are_thirds() -> None:
    column = Audit(label="Decile", kind="integer", range=(1, 10))
    values = pd.Series(np.arange(1.0, 10.0))
    found = {level.label: values[level.members].tolist() for level in levels(values, column, ())}
    assert found == {"lowest third": [1, 2, 3], "middle third": [4, 5, 6], "highest third": [7, 8, 9]}


@pytest.mark.parametrize("kind", ["category", "boolean"])
def test_levels_have_their_labels_and_others_are_those_who_are_known(kind: str) -> None:
    if kind == "category":
        column = Audit(label="Gender", levels={"w": "Woman", "m": "Man", "x": "Other"})
        values, labels = pd.Series(["w", "m", None, "w"]), ["Woman", "Man", "not known"]
    else:
        column = Audit(label="Interpreter", kind="boolean")
        values, labels = pd.Series([1.0, 0.0, np.nan, 1.0]), ["yes", "no", "not known"]
    found = list(levels(values, column, ()))
    assert [level.label for level in found] == labels
    assert [level.members.tolist() for level in found] == [
        [True, False, False, True],
        [False, True, False, False],
        [False, False, True, False],
    ]
    assert [level.others.tolist() for level in found] == [
        [False, True, False, False],
        [True, False, False, True],
        [True, True, False, True],
    ]
