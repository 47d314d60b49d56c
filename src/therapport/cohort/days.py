"""Dates as whole days: what is a date in a file, and the dates of an episode."""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from therapport.codebook import Codebook
from therapport.cohort import allowed
from therapport.cohort.allowed import Violation
from therapport.cohort.rows import named_rows, rows_of

FloatArray = NDArray[np.float64]
ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?")
EPOCH = datetime.date(1970, 1, 1).toordinal()


def as_days(values: "pd.Series[Any]") -> FloatArray:
    """Days since 1970 as written (times of day and zones are left out); NaN for what is missing or no date."""
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        values = values.dt.tz_localize(None)
    if pd.api.types.is_datetime64_any_dtype(values):
        days = values.to_numpy().astype("datetime64[D]")
        return np.where(np.isnat(days), np.nan, days.astype(np.int64).astype(np.float64))
    # Many measurements fall on few days: each day is read once.
    codes, distinct = pd.factorize(values)
    return np.array([*(_day(day) for day in distinct), np.nan], dtype=np.float64)[codes]


def _day(value: object) -> float:
    if isinstance(value, datetime.date):
        return float(value.toordinal() - EPOCH)
    if isinstance(value, str) and ISO.fullmatch(value.strip()):
        try:
            return float(datetime.date.fromisoformat(value.strip()[:10]).toordinal() - EPOCH)
        except ValueError:  # the 30th of February
            return np.nan
    return np.nan


@dataclass(frozen=True)
class EpisodeDays:
    """The dates of each episode of a cohort, in days since 1970; None where the file does not have the column."""

    start: FloatArray | None
    birth: FloatArray | None
    without_start: tuple[int, ...]
    """Rows whose cell for the start is empty (1 = the first episode)."""
    violations: tuple[Violation, ...]

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with them, in sentences."""
        return tuple(f"{column}: {text}: {named_rows(rows)}" for column, text, rows in self.violations)


def episode_days(frame: pd.DataFrame, codebook: Codebook) -> EpisodeDays:
    """The columns under [dates] that a cohort's file has, and what is wrong with them."""
    dates = codebook.dates
    found = {
        column: as_days(frame[column].reset_index(drop=True)) for column in dates.columns() if column in frame.columns
    }
    start, birth = (None if column is None else found.get(column) for column in (dates.start, dates.birth))
    violations = [one for column, days in found.items() for one in _lost(column, frame[column], days)]
    if dates.start and dates.birth and start is not None and birth is not None and (early := start < birth).any():
        violations.append((dates.start, allowed.before(dates.birth), rows_of(early)))
    empty = () if start is None else tuple(rows_of(frame[dates.start].isna().to_numpy()))
    return EpisodeDays(start, birth, empty, tuple(violations))


def unreadable(column: str, values: "pd.Series[Any]", days: FloatArray) -> Iterator[str]:
    """A problem, if a cell of the column is neither a date nor missing."""
    for _, text, rows in _lost(column, values, days):
        yield f"{column}: {text}: {named_rows(rows)}"


def _lost(column: str, values: "pd.Series[Any]", days: FloatArray) -> Iterator[Violation]:
    lost = np.isnan(days) & values.notna().to_numpy()
    if lost.any():
        yield column, allowed.DAY, rows_of(lost)
