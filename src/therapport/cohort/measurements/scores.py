"""The scores of one instrument in a long table, by session, or by week where it only has dates."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from therapport.codebook import Clock, Codebook
from therapport.cohort.files import load
from therapport.cohort.formats.contents import Contents
from therapport.cohort.measurements.join import AsOf
from therapport.cohort.measurements.reading import FloatArray, IntArray, read
from therapport.errors import CohortError

Unit = Literal["session", "week"]
DAYS_A_WEEK = 7


@dataclass(frozen=True)
class Scores:
    """Scores in the order of episode and time, one for each moment; arrays of shape (scores,)."""

    unit: Unit
    episode: IntArray
    """Place among the ids."""
    when: IntArray
    """Session, or week: the seven days that end with day 7 are week 1. 0 is before the first session."""
    value: FloatArray


def scores(
    as_of: AsOf, codebook: Codebook, ids: "pd.Series[str]", measures: Collection[str], start: FloatArray | None = None
) -> Scores | None:
    """All scores of these repeated measures, whatever the landmark; the landmark only says which clock counts.

    `start` is the day on which each episode began, shape (ids,), for weeks. None where the table has no such measure,
    or weeks cannot be counted. Of several scores in one week the last one stands.

    Raises CohortError with every problem of the table.
    """
    columns = codebook.measurements
    if columns is None or not measures:
        return None
    clock = codebook.clock(as_of.landmark)
    if clock is Clock.DATE and start is None:
        return None
    source = as_of.source
    texts = (columns.episode, columns.factor)
    contents = (
        Contents(source)
        if isinstance(source, pd.DataFrame)
        else load(source, text_columns=texts, encoding=as_of.encoding, rows="measurements")
    )
    table, problems, _ = read(contents, codebook, columns, name=as_of.name, filled=())
    if problems:
        raise CohortError(f"{as_of.name}: {len(problems)} problem{'s' * (len(problems) > 1)}.", problems)
    places = np.append(pd.Index(ids).get_indexer(pd.Index(table.names, dtype=object)), -1).astype(np.int64)
    wanted = [place for place, name in enumerate(codebook.repeated_measures) if name in measures]
    time = table.session
    if clock is Clock.DATE and start is not None:
        time = table.day - np.append(start, np.nan)[places[table.episode]]
    rows = np.flatnonzero(
        table.measured & np.isin(table.measure, wanted) & (places[table.episode] >= 0) & ~np.isnan(time)
    )
    episode, exact = places[table.episode[rows]], time[rows]
    unit: Unit = "session" if clock is Clock.SESSION else "week"
    when = np.maximum(exact if unit == "session" else np.ceil(exact / DAYS_A_WEEK), 0).astype(np.int64)
    order = np.lexsort((exact, when, episode))
    episode, when, value = episode[order], when[order], table.value[rows][order]
    last = np.append((np.diff(episode) != 0) | (np.diff(when) != 0), True) if len(order) else np.zeros(0, dtype=bool)
    return Scores(unit, episode[last], when[last], value[last])
