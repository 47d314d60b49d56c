"""Levels of categories, written only if enough patients share each of them: a rare level is a patient's value."""

import dataclasses
from collections.abc import Iterable
from typing import Any

import pandas as pd

from therapport.draft import missing_codes
from therapport.draft.guess import Guess

ENOUGH = 10  # patients, for a level to be written
MOST = 30  # levels


def with_levels(guesses: Iterable[Guess], table: pd.DataFrame) -> list[Guess]:
    """The guesses, where each category has its levels or is kept out; `table` has the codes as the file writes them."""
    return [_with_levels(guess, table[guess.column]) if guess.kind == "category" else guess for guess in guesses]


def _with_levels(guess: Guess, values: "pd.Series[Any]") -> Guess:
    counts = _codes(missing_codes.without(values, guess.missing_codes)).value_counts()
    rare = int((counts < ENOUGH).sum())
    if rare or not 2 <= len(counts) <= MOST:  # noqa: PLR2004 - one level says nothing
        rarely = f", {rare} of them in fewer than {ENOUGH} patients" if rare else ""
        why = (
            f"{guess.why}; {len(counts)} levels{rarely}: not written here; merge them, or describe the column yourself"
        )
        return dataclasses.replace(guess, role="ignored", kind=None, why=why)
    levels = tuple(sorted(counts.index))
    unlabelled = "" if set(levels) <= guess.level_labels.keys() else "; give each level a label"
    return dataclasses.replace(guess, levels=levels, why=f"{guess.why}{unlabelled}")


def _codes(values: "pd.Series[Any]") -> "pd.Series[str]":
    present = values.dropna()
    if pd.api.types.is_float_dtype(present) and bool((present == present.round()).all()):
        present = present.astype("Int64")  # codes come as 1.0 and 2.0 where a value is missing
    return present.astype(str)
