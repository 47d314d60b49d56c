"""Attributes for audit in a file: checked where they are asked for, and never missed where they are not."""

import numpy as np
import pytest

from tests import codebooks
from tests.test_codebook import AUDIT
from therapport import codebook, cohort
from therapport.errors import CohortError

BOOK = codebook.parse((codebooks.TEXT + AUDIT).encode(), name="codebook.toml")


def test_they_are_read_and_checked_like_factors() -> None:
    frame = codebooks.frame(12, seed=1).assign(gender=["w", "m"] * 6, age=np.arange(20.0, 32.0))
    read = cohort.validate(frame, BOOK, audit=("gender", "age"))
    assert read.table["gender"].tolist() == ["w", "m"] * 6
    assert read.table["age"].dtype == float
    wrong = frame.assign(gender=["canary", *frame["gender"][1:]], age=[17.0, *frame["age"][1:]])
    with pytest.raises(CohortError) as caught:
        cohort.validate(wrong, BOOK, audit=("gender", "age"))
    assert set(caught.value.problems) == {
        "gender: allowed levels: w, m: row 1",
        "age: outside 18 to 100: row 1",
    }


def test_a_column_that_is_asked_for_must_be_there() -> None:
    with pytest.raises(CohortError) as caught:
        cohort.validate(codebooks.frame(5, seed=1), BOOK, audit=("gender",))
    assert "gender: the codebook describes this column, but the file does not have it" in str(caught.value.problems)


def test_where_they_are_not_asked_for_they_are_neither_needed_nor_kept() -> None:
    plain = codebooks.frame(5, seed=1)
    without = cohort.validate(plain, BOOK)
    beside = cohort.validate(plain.assign(gender="canary", age=1.0), BOOK)
    assert not {"gender", "age"} & {*beside.table}
    assert beside.notices == ("Attributes for audit left out: gender, age.",)
    assert beside.digest() == without.digest()


def test_they_are_no_part_of_the_digest() -> None:
    frame = codebooks.frame(5, seed=1).assign(gender="w", age=40.0)
    assert cohort.validate(frame, BOOK, audit=("gender", "age")).digest() == cohort.validate(frame, BOOK).digest()
