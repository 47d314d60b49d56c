"""The long table joined as of a landmark: factors from what is known by then, outcomes from what comes after."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from therapport.codebook import Clock, Codebook, Landmark, Measurements
from therapport.cohort.days import EpisodeDays
from therapport.cohort.files import load
from therapport.cohort.formats.contents import Contents
from therapport.cohort.measurements import sequence
from therapport.cohort.measurements.held import Held, held, notices
from therapport.cohort.measurements.reading import FloatArray, IntArray, LongTable, read
from therapport.cohort.measurements.summaries import summary
from therapport.cohort.rows import named_rows
from therapport.cohort.schema import violations
from therapport.errors import CohortError

DAYS_A_WEEK = 7


@dataclass(frozen=True)
class AsOf:
    """A long table, and the landmark as of which it is joined."""

    landmark: Landmark
    source: Path | pd.DataFrame
    encoding: str | None = None
    always: bool = False
    """Whether it is read even where no column needs it, to tell who was measured until when."""

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.source.name if isinstance(self.source, Path) else "the measurements"


@dataclass(frozen=True)
class Joined:
    """Columns for a cohort, each of shape (episodes,), or why there are none."""

    columns: dict[str, FloatArray] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    held: Held | None = None


def join(as_of: AsOf, codebook: Codebook, ids: "pd.Series[str]", days: EpisodeDays, wanted: Sequence[str]) -> Joined:
    """The factors and measures `wanted`, for the episodes of a cohort in its order.

    Raises ConfigurationError if the codebook cannot say what is known at the landmark, CohortError if the file cannot
    be read at all, or is of other episodes.
    """
    clock = codebook.clock(as_of.landmark)
    columns = codebook.measurements
    if columns is None:  # cannot be: the codebook has a clock
        return Joined()
    of_time = columns.session if clock is Clock.SESSION else columns.date
    slopes = any(name in codebook.factors and codebook.factors[name].summary == "slope" for name in wanted)
    filled = {of_time, (columns.session or columns.date) if slopes else of_time} - {None}
    contents = _contents(as_of, columns)
    table, problems, told = read(contents, codebook, columns, name=as_of.name, filled={str(one) for one in filled})
    place = _places(table, ids)
    measured = np.bincount(table.episode[table.measured], minlength=len(place)) > 0
    elsewhere = int((place[measured] < 0).sum())
    if elsewhere and elsewhere == measured.sum():
        raise CohortError(
            f"{as_of.name}: none of its episodes is in the cohort; its column {columns.episode} must hold "
            f"what {codebook.id} holds there."
        )
    birth = None if days.birth is None else np.append(days.birth, np.nan)[place]
    problems += sequence.problems(table, columns, birth=birth, birth_column=codebook.dates.birth or "")
    problems = [f"{as_of.name}: {problem}" for problem in problems]
    if clock is Clock.DATE:
        problems += _lacking_starts(days, codebook.dates.start or "")
    if problems or days.problems:
        return Joined(problems=tuple(problems))
    placed = _placed(table, place, clock, days.start, as_of.landmark)
    made = {
        name: _column(name, placed, codebook, per_session=columns.session is not None, episodes=len(ids))
        for name in wanted
    }
    last = np.full(len(ids), -np.inf)
    np.maximum.at(last, placed.episode, placed.time)
    last[np.isneginf(last)] = np.nan
    told += notices(as_of.landmark, last=last, limit=placed.limit, elsewhere=elsewhere)
    return Joined(
        columns=made,
        problems=tuple(
            f"{column} (from {as_of.name}): {text}: {named_rows(rows)}"
            for column, text, rows in violations(pd.DataFrame(made), codebook)
        ),
        notices=tuple(f"{as_of.name}: {notice}" for notice in told),
        held=held(
            codebook,
            as_of.landmark,
            wanted,
            measure=placed.measure,
            episode=placed.episode,
            known=placed.known,
            last=last,
            limit=placed.limit,
        ),
    )


@dataclass(frozen=True)
class _Placed:
    """The measurements of a cohort's episodes, sorted by episode and time; arrays of shape (measurements,)."""

    episode: IntArray
    measure: IntArray
    time: FloatArray
    session: FloatArray
    day: FloatArray
    value: FloatArray
    limit: int
    """The last time that is known at the landmark."""

    @property
    def known(self) -> NDArray[np.bool_]:
        """Whether it is known at the landmark."""
        return self.time <= self.limit


def _contents(as_of: AsOf, columns: Measurements) -> Contents:
    if isinstance(as_of.source, pd.DataFrame):
        return Contents(as_of.source)
    texts = (columns.episode, columns.factor)
    return load(as_of.source, text_columns=texts, encoding=as_of.encoding, rows="measurements")


def _places(table: LongTable, ids: "pd.Series[str]") -> IntArray:
    """The cohort's row of each of the table's episodes, -1 where it has none; of an id that stands twice, the first."""
    unique = ids[~ids.duplicated()]
    places = pd.Index(unique).get_indexer(pd.Index(table.names, dtype=object))
    return np.append(unique.index.to_numpy(), -1)[places].astype(np.int64)


def _lacking_starts(days: EpisodeDays, column: str) -> list[str]:
    if days.start is None:
        return [f"{column}: the measurements are dated from it, but the cohort's file does not have it"]
    return [f"{column}: must not be empty: {named_rows(days.without_start)}"] if days.without_start else []


def _placed(table: LongTable, place: IntArray, clock: Clock, start: FloatArray | None, landmark: Landmark) -> _Placed:
    rows = table.measured
    rows[rows] = place[table.episode[rows]] >= 0
    episode, session, day = place[table.episode[rows]], table.session[rows], table.day[rows]
    time, limit = session, landmark.session
    if clock is Clock.DATE and start is not None:
        time, limit = day - start[episode], landmark.days
    order = np.argsort(sequence.packed(episode, time, np.nan_to_num(session, nan=-1.0)))
    return _Placed(
        episode[order],
        table.measure[rows][order],
        time[order],
        session[order],
        day[order],
        table.value[rows][order],
        limit or 0,
    )


def _column(name: str, placed: _Placed, codebook: Codebook, *, per_session: bool, episodes: int) -> FloatArray:
    factor = codebook.factors.get(name)
    described = codebook.measures[name] if factor is None else factor
    measures = list(codebook.repeated_measures)
    # An outcome that is known at the landmark is none: only what comes after it counts.
    rows = (placed.known if factor is not None else ~placed.known) & (
        placed.measure == measures.index(described.repeated_measure or "")
    )
    kind = "last" if factor is None or factor.summary is None else factor.summary
    made = summary(
        kind,
        episode=placed.episode[rows],
        time=placed.session[rows] if per_session else placed.day[rows] / DAYS_A_WEEK,
        value=placed.value[rows],
        episodes=episodes,
    )
    # The mean of values at the end of the range may lie beyond it by a rounding error.
    return (
        np.clip(made, *codebook.repeated_measures[described.repeated_measure or ""].range) if kind == "mean" else made
    )
