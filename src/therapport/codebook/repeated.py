"""What a codebook says of a long table of measurements beside the cohort: one row per measurement."""

from enum import StrEnum
from typing import Literal

from therapport.codebook.landmark import Landmark
from therapport.errors import ConfigurationError
from therapport.tomlfile import Strict

Summary = Literal["last", "first", "mean", "change", "slope", "count"]
"""Of the measurements up to the landmark. `change` is last minus first, `slope` the straight line of least squares per
session (per week where the table has no sessions); both are unknown for a single measurement."""
SCORES: tuple[Summary, ...] = ("last", "first", "mean")
"""The summaries that are themselves scores of the instrument."""


class Clock(StrEnum):
    """By which column a measurement lies before or after a landmark."""

    SESSION = "session"
    DATE = "date"


class Dates(Strict):
    """[dates]: columns of the cohort's own file that hold days."""

    start: str | None = None
    """Of the episode: what weeks are counted from."""
    birth: str | None = None
    """Only held against the other dates; it is never a factor."""

    def columns(self) -> tuple[str, ...]:
        """Those that are named."""
        return tuple(column for column in (self.start, self.birth) if column is not None)


class Measurements(Strict):
    """[measurements]: the columns of the long table."""

    episode: str
    """Holds what the id of the cohort's file holds."""
    session: str | None = None
    date: str | None = None
    factor: str
    """Holds the names of repeated measures."""
    value: str
    ignored: tuple[str, ...] = ()
    """Names that stand in the factor column and are not read."""

    def columns(self) -> tuple[str, ...]:
        """Those that are named."""
        every = (self.episode, self.session, self.date, self.factor, self.value)
        return tuple(column for column in every if column is not None)

    def clock(self, landmark: Landmark, dates: Dates) -> Clock:
        """The column that decides what is known at the landmark: the session where both could.

        Raises ConfigurationError if none can.
        """
        if landmark.session is None and landmark.days is None:
            raise ConfigurationError(f"Nothing is measured after {landmark.value}: take an earlier landmark.")
        if self.session is not None and landmark.session is not None:
            return Clock.SESSION
        if self.date is None or landmark.days is None:
            has, lacks = ("sessions", "dates") if self.date is None else ("dates", "sessions")
            raise ConfigurationError(
                f"The table of measurements has {has} only, and what is known at {landmark.value} is a matter of "
                f"{lacks}: name a column with them under [measurements], or take another landmark."
            )
        if dates.start is None:
            raise ConfigurationError(
                f"What is known at {landmark.value} is counted from the start of the episode: "
                f"name the column of the cohort that holds it under [dates] as start."
            )
        return Clock.DATE


class RepeatedMeasure(Strict):
    """Something that is measured again and again; its name is what stands in the factor column."""

    label: str
    range: tuple[float, float]
    instrument: str | None = None
    unit: str = ""
