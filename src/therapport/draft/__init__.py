"""From a file of patients to a draft of its codebook and study, every guess with its reason.

draft.write(Path("cohort.csv"), Path("mine"))
"""

import dataclasses
import os
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from therapport import files
from therapport.cohort.files import load
from therapport.draft.codebook_document import codebook_document
from therapport.draft.column import Column, column
from therapport.draft.defaults import DefaultFactor, default_codebook
from therapport.draft.glued import apart
from therapport.draft.guess import Draft, Guess, OwnInstrument, Pair
from therapport.draft.levels import with_levels
from therapport.draft.profile import profile
from therapport.draft.questions import questions
from therapport.draft.roles import roles
from therapport.draft.scores import scores
from therapport.draft.study_document import FOLDS, study_document
from therapport.draft.summary import summary
from therapport.errors import CohortError

__all__ = ["DefaultFactor", "Draft", "Guess", "OwnInstrument", "Pair", "default_codebook", "draft", "summary", "write"]

MOST_ROWS, FEWEST_ROWS, MOST_CELLS = 20_000, 2_000, 20_000_000
"""Of the sample from which columns are guessed: the more columns, the fewer rows."""
MOST_STEPS_UP = 2  # folders between study and cohort; from farther away the whole path is clearer


def draft(cohort: Path, folder: Path, *, encoding: str | None = None) -> Draft:
    """The draft for the file of patients, with the study to stand in the folder; writes nothing.

    `encoding` is for files that do not say it themselves, as `cohort.read` has it. Raises CohortError if the file
    cannot be read, or its first line looks like a patient.
    """
    contents = load(cohort, text_columns=(), encoding=encoding)
    table, labels = contents.frame, contents.labels
    names = [str(name) for name in table.columns]
    table.columns = pd.Index(names)
    rows = min(MOST_ROWS, max(FEWEST_ROWS, MOST_CELLS // len(names)))
    sample = table.sample(rows, random_state=1) if len(table) > rows else table
    sampled = "" if sample is table else f"Guessed from {rows:,} of {len(table):,} patients, drawn at random."
    _refuse_patient_as_header(cohort, sample)
    spelled = apart(names)
    columns = [column(name, profile(sample[name], table[name], labels.get(name)), spelled[name]) for name in names]
    found_scores = scores(columns)
    guesses = roles(columns, found_scores)
    guesses = _with_unique_id(guesses, table)
    guesses = with_levels(guesses, _as_written(cohort, table, guesses, encoding))
    # A score that was kept out, or became the id, is no half of a pair.
    kept = {guess.column for guess in guesses if guess.role in ("factor", "measure") and guess.instrument}
    pairs = tuple(pair for pair in found_scores.pairs if {pair.before, pair.after} <= kept)
    asked = questions(guesses, pairs)
    guesses = [
        dataclasses.replace(guess, required=bool(asked) and guess.column == asked[0].severity) for guess in guesses
    ]
    used = {guess.instrument for guess in guesses}
    own = [instrument for instrument in found_scores.own if instrument.name in used]
    name = _name(folder)
    return Draft(
        codebook_document(guesses, own, name=name, file=cohort.name, sampled=sampled),
        study_document(
            guesses,
            asked,
            name=name,
            cohort=_path(cohort, folder),
            encoding=encoding,
            group=_group(guesses, columns),
            sampled=sampled,
        ),
        tuple(guesses),
        pairs,
        tuple(question.about for question in asked),
        sampled,
    )


def write(cohort: Path, folder: Path, *, encoding: str | None = None, overwrite: bool = False) -> Draft:
    """Write `codebook.toml` and `study.toml` into the folder; the cohort stays where it is.

    Raises as `draft` does, and OutputError if one of the files is there already.
    """
    made = draft(cohort, folder, encoding=encoding)
    content = {"codebook.toml": made.codebook.encode(), "study.toml": made.study.encode()}
    files.write_into(folder, content, overwrite=overwrite)
    return made


def _refuse_patient_as_header(cohort: Path, sample: pd.DataFrame) -> None:
    """Without a header the first patient would be taken for names, and end in the draft."""
    texts = [name for name in sample.columns if not pd.api.types.is_numeric_dtype(sample[name])]
    occurring = [name for name in texts if bool(sample[name].astype(str).eq(name).any())]
    # One such name beside others is a habit: a column `control` with the levels control and treatment.
    occur = len(occurring) > 1 or 2 * len(occurring) >= max(len(texts), 1)
    if occur or any(re.fullmatch(r"\s*[-+]?\d+(?:[.,:/-]\d+)*\s*", name) for name in sample.columns):
        raise CohortError(
            f"{cohort}: the first line looks like a patient, not like the names of columns: "
            f"give every column a name that is not a number."
        )


def _with_unique_id(guesses: list[Guess], table: pd.DataFrame) -> list[Guess]:
    """The sample may not show that an identifier stands for two rows."""
    return [
        dataclasses.replace(
            guess, role="ignored", why="named like an identifier, but not different for every row, or empty in some"
        )
        if guess.role == "id" and not (table[guess.column].is_unique and table[guess.column].notna().all())
        else guess
        for guess in guesses
    ]


def _as_written(cohort: Path, table: pd.DataFrame, guesses: Sequence[Guess], encoding: str | None) -> pd.DataFrame:
    """The codes of categories as text: `01` was read as the number 1."""
    coded = [guess.column for guess in guesses if guess.kind == "category"]
    numbers = [name for name in coded if pd.api.types.is_numeric_dtype(table[name])]
    return load(cohort, text_columns=coded, encoding=encoding).frame if numbers else table


def _group(guesses: Sequence[Guess], columns: Sequence[Column]) -> str:
    distinct = {one.name: one.profile.distinct for one in columns}
    levels = [guess.level for guess in guesses if guess.role == "group" and distinct[guess.column] >= 2 * FOLDS]
    return next((level for level in ("therapist", "site") if level in levels), "patient")


def _path(cohort: Path, folder: Path) -> str:
    whole = cohort.resolve()
    try:
        relative = Path(os.path.relpath(whole, _real(folder)))
    except ValueError:  # on another drive
        return whole.as_posix()
    return (whole if relative.parts[: MOST_STEPS_UP + 1].count("..") > MOST_STEPS_UP else relative).as_posix()


def _real(folder: Path) -> Path:
    # Path.resolve raises on a link that leads to itself; that the folder cannot be written to is told later.
    return Path(os.path.realpath(folder))


def _name(folder: Path) -> str:
    """The folder's name as that of codebook, study and registered model."""
    plain = re.sub(r"[^a-z0-9_]+", "-", _real(folder).name.lower()).strip("-_")
    return plain if re.match(r"[a-z]", plain) else f"cohort-{plain}".rstrip("-")
