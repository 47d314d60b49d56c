"""A long table as arrays: episode, repeated measure, session, day and value of each row; and what could not be read."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from therapport.codebook import Codebook, Measurements
from therapport.cohort.days import as_days, unreadable
from therapport.cohort.formats.contents import Contents
from therapport.cohort.header import spelled_like
from therapport.cohort.rows import named_rows, refuse_repeated_columns, rows_of, shown
from therapport.cohort.schema import as_codes, as_number
from therapport.errors import CohortError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
ABSENT, IGNORED, UNKNOWN = -1, -2, -3
MOST_SESSIONS = 10_000
"""A larger number is a mistake in the file."""


@dataclass(frozen=True)
class LongTable:
    """The rows of a long table in the order of its file, each array of shape (rows,)."""

    names: Sequence[str]
    """The distinct episodes."""
    episode: IntArray
    """Place in `names`, or ABSENT."""
    measure: IntArray
    """Place among the codebook's repeated measures; ABSENT, IGNORED or UNKNOWN are below 0."""
    session: FloatArray
    """NaN where missing, or where the table has no sessions."""
    day: FloatArray
    """Days since 1970, in the same way."""
    value: FloatArray
    """NaN where nothing was measured."""

    @property
    def measured(self) -> NDArray[np.bool_]:
        """The rows that are a measurement of an episode."""
        return (self.episode >= 0) & (self.measure >= 0) & ~np.isnan(self.value)


def read(
    contents: Contents, codebook: Codebook, columns: Measurements, *, name: str, filled: Collection[str]
) -> tuple[LongTable, list[str], list[str]]:
    """The table, its problems by column and row, and notices; the columns in `filled` may have no empty cell.

    Raises CohortError if a column is missing: nothing else can be said then.
    """
    frame = contents.frame.reset_index(drop=True)
    present = [str(column) for column in frame.columns]
    refuse_repeated_columns(present, name=name)
    if missing := [column for column in columns.columns() if column not in present]:
        raise CohortError(
            f"{name}: {len(missing)} problem{'s' * (len(missing) > 1)}.",
            [
                f"{column}: [measurements] of the codebook names this column, but the file does not have it"
                f"{spelled_like(column, present) if len(missing) < len(columns.columns()) else ''}"
                for column in missing
            ],
        )
    episode, names = _text_codes(frame[columns.episode])
    measure = _measures(frame[columns.factor], contents, codebook, columns)
    session, day = _sessions(frame, columns.session), _days(frame, columns.date)
    table = LongTable(names, episode, measure, session, day, _numbers(frame[columns.value]))
    problems = list(_problems(frame, table, codebook, columns, filled))
    notices = list(contents.notices)
    if others := [column for column in present if column not in columns.columns()]:
        notices.append(f"Columns left out: {', '.join(others)}.")
    read_rows = measure != IGNORED
    if ignored := int((~read_rows).sum()):
        notices.append(f"Rows of ignored measures left out: {shown(ignored)}.")
    if empty := int((frame[columns.value].isna().to_numpy() & read_rows).sum()):
        notices.append(f"Rows without a value left out: {shown(empty)}.")
    return table, problems, notices


def _problems(
    frame: pd.DataFrame, table: LongTable, codebook: Codebook, columns: Measurements, filled: Collection[str]
) -> Iterator[str]:
    read_rows = table.measure != IGNORED

    def told(column: str, text: str, mask: NDArray[np.bool_]) -> Iterator[str]:
        if (mask & read_rows).any():
            yield f"{column}: {text}: {named_rows(rows_of(mask & read_rows))}"

    yield from told(columns.episode, "must not be empty", table.episode == ABSENT)
    yield from told(columns.factor, "must not be empty", table.measure == ABSENT)
    known = ", ".join(codebook.repeated_measures) or "none"
    unknown = f"no repeated measure of the codebook (it has {known}), nor ignored under [measurements]"
    yield from told(columns.factor, unknown, table.measure == UNKNOWN)
    lost = np.isnan(table.value) & frame[columns.value].notna().to_numpy()
    for place, (name, repeated) in enumerate(codebook.repeated_measures.items()):
        low, high = repeated.range
        of_it = table.measure == place
        yield from told(columns.value, f"must be a number from {low:g} to {high:g} for {name}", lost & of_it)
        beyond = (table.value < low) | (table.value > high)
        yield from told(columns.value, f"outside {low:g} to {high:g} for {name}", beyond & of_it)
    if columns.session is not None:
        unfit = np.isnan(table.session) & frame[columns.session].notna().to_numpy()
        yield from told(columns.session, f"must be a whole number from 0 to {MOST_SESSIONS}", unfit)
    if columns.date is not None:
        yield from unreadable(columns.date, frame[columns.date].where(pd.Series(read_rows)), table.day)
    for column in columns.columns():
        if column in filled:
            yield from told(column, "must not be empty", frame[column].isna().to_numpy())


def _text_codes(values: "pd.Series[Any]") -> tuple[IntArray, Sequence[str]]:
    """Each value's place among the distinct texts, ABSENT for missing; 1 and 1.0 are one text."""
    codes, distinct = pd.factorize(values)
    places, names = pd.factorize(as_codes(pd.Series(distinct)))
    return np.append(places, ABSENT)[codes], list(names)


def _measures(values: "pd.Series[Any]", contents: Contents, codebook: Codebook, columns: Measurements) -> IntArray:
    codes, names = _text_codes(values)
    places = {name: place for place, name in enumerate(codebook.repeated_measures)}
    places |= dict.fromkeys(columns.ignored, IGNORED)
    labels = contents.labels.get(columns.factor, {})
    # A code of SPSS or Stata may be called what the codebook calls the measure.
    found = [places.get(name, places.get(labels.get(name, ""), UNKNOWN)) for name in names]
    return np.array([*found, ABSENT])[codes]


def _numbers(values: "pd.Series[Any]") -> FloatArray:
    return np.asarray(as_number(values), dtype=np.float64)


def _sessions(frame: pd.DataFrame, column: str | None) -> FloatArray:
    if column is None:
        return np.full(len(frame), np.nan)
    numbers = _numbers(frame[column])
    whole = (numbers >= 0) & (numbers <= MOST_SESSIONS) & (numbers == np.round(numbers))
    return np.where(whole, numbers, np.nan)


def _days(frame: pd.DataFrame, column: str | None) -> FloatArray:
    return np.full(len(frame), np.nan) if column is None else as_days(frame[column])
