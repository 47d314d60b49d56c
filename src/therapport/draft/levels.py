"""Levels of categories, written only if enough patients share each of them: a rare level is a patient's value."""

import dataclasses
from collections.abc import Iterable
from typing import Any

import pandas as pd

from therapport.draft import missing_codes
from therapport.draft.guess import Guess
from therapport.draft.vocabulary import words

ENOUGH = 10  # patients, for a level to be written
MOST = 30  # levels
FORMS = ("behandelvorm", "therapievorm", "modality", "type")
"""Words of a name that may mean either; an arm of a trial stands for all that was done in it."""
WAYS = (
    *("face to face", "face-to-face", "face_to_face", "f2f", "in person", "video", "beeldbel", "phone", "telefo"),
    *("online", "internet", "digita", "e-health", "ehealth", "blended", "guided", "begeleid"),
    *("zelfhulp", "self-help", "self help"),
)
"""Parts of words that say how a treatment is delivered, not what is done in it."""


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
    if guess.family == "technique" and set(FORMS) & set(words(guess.column)) and _says_how(levels):
        why = f"{guess.why}, but most of its levels say how treatment is delivered"
        guess = dataclasses.replace(guess, family="delivery", why=why, sure="likely")
    unlabelled = "" if set(levels) <= guess.level_labels.keys() else "; give each level a label"
    return dataclasses.replace(guess, levels=levels, why=f"{guess.why}{unlabelled}")


def _says_how(levels: tuple[str, ...]) -> bool:
    """Whether more than half of the levels are ways of delivery: `behandelvorm` may be CBT, or online."""
    return 2 * sum(any(way in level.casefold() for way in WAYS) for level in levels) > len(levels)


def _codes(values: "pd.Series[Any]") -> "pd.Series[str]":
    present = values.dropna()
    if pd.api.types.is_float_dtype(present) and bool((present == present.round()).all()):
        present = present.astype("Int64")  # codes come as 1.0 and 2.0 where a value is missing
    return present.astype(str)
