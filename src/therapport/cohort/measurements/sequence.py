"""Measurements held against each other and against their episode's dates: doubles, and time that runs backwards."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from therapport.codebook import Measurements
from therapport.cohort.measurements.reading import IGNORED, FloatArray, IntArray, LongTable
from therapport.cohort.rows import named_rows, rows_of


def problems(table: LongTable, columns: Measurements, *, birth: FloatArray | None, birth_column: str) -> Iterator[str]:
    """Every problem by column and row; `birth` has the day of birth for each of the table's episodes, or NaN."""
    measured = table.measured
    dated, in_session = ~np.isnan(table.day), ~np.isnan(table.session)
    who = f"{columns.episode}, {columns.factor}"
    twice = _repeated(measured & in_session, table.episode, table.measure, table.session)
    if twice.any():
        yield f"{who}, {columns.session}: measured twice in one session: {named_rows(rows_of(twice))}"
    # Of two measurements on one day, only their sessions can say which came first.
    twice = measured & dated & ~in_session
    if twice.any():
        twice &= _repeated(measured & dated, table.episode, table.measure, table.day)
    if twice.any():
        where = "" if columns.session is None else " without a session"
        yield f"{who}, {columns.date}: measured twice on one day{where}: {named_rows(rows_of(twice))}"
    backwards = _backwards(table, (table.episode >= 0) & (table.measure >= 0) & dated & in_session)
    if backwards.any():
        yield (
            f"{columns.session}, {columns.date}: dated before an earlier session of the episode: "
            f"{named_rows(rows_of(backwards))}"
        )
    if birth is not None and len(birth):
        unborn = (table.episode >= 0) & (table.measure != IGNORED) & (table.day < birth[table.episode])
        if unborn.any():
            yield f"{columns.date}: before {birth_column}: {named_rows(rows_of(unborn))}"


def packed(*columns: NDArray[np.int64] | FloatArray) -> IntArray:
    """One whole number per row that orders rows as the columns do, the first one first; columns hold whole numbers.

    Three columns fit into 63 bits: 100 million episodes, 10,000 sessions or measures, and the days of 9,999 years.
    """
    key = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        if len(column):
            whole = column.astype(np.int64)
            whole -= whole.min()
            key = key * (int(whole.max()) + 1) + whole
    return key


def _repeated(rows: NDArray[np.bool_], *columns: NDArray[np.int64] | FloatArray) -> NDArray[np.bool_]:
    """Whether a row, of those asked for, has the same in all columns as another of them."""
    found = np.zeros(len(rows), dtype=np.bool_)
    key = packed(*(column[rows] for column in columns))
    ordered = np.sort(key)
    if (ordered[1:] == ordered[:-1]).any():  # which rows takes much longer to say than whether there are any
        found[rows] = pd.Series(key).duplicated(keep=False).to_numpy()
    return found


def _backwards(table: LongTable, rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether a row's day is before that of an earlier session of its episode."""
    found = np.zeros(len(rows), dtype=np.bool_)
    episode, session, day = (column[rows] for column in (table.episode, table.session, table.day))
    if not len(episode):
        return found
    # Within a session by day, so that the largest day so far is of an earlier session wherever it is larger.
    order = np.argsort(packed(episode, session, day))
    when = packed(episode, day)[order]
    late = np.zeros(len(when), dtype=np.bool_)
    late[1:] = np.maximum.accumulate(when)[:-1] > when[1:]  # a later episode is larger than any day before it
    of_rows = np.empty_like(late)
    of_rows[order] = late
    found[rows] = of_rows
    return found
