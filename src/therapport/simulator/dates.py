"""When episodes start, and what the outcome gains or loses over the years."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from therapport.simulator.design import POINTS_PER_SD, Design
from therapport.simulator.path_model import OUTCOME

Values = npt.NDArray[np.float64]
FIRST_DAY = np.datetime64("2021-01-01")
DAYS_PER_YEAR = 365.25


def draw(patients: int, design: Design, generator: np.random.Generator) -> Values:
    """Whole days from the first day to the start of each episode, evenly over the design's years."""
    days: Values = np.floor(generator.random(patients) * design.layers.years * DAYS_PER_YEAR)
    return days


def start(days: Values) -> npt.NDArray[np.datetime64]:
    """The day on which each episode starts."""
    return FIRST_DAY + days.astype("timedelta64[D]")


def as_text(days: Values) -> "pd.Series[str]":
    """The same as 2021-01-01: text, which every kind of file and request can hold."""
    return pd.Series(np.datetime_as_string(start(days)), dtype="str")


def moved(design: Design, days: Values, alliance: Values) -> Values:
    """What time has added to the standardised outcome: the drift, and what of the alliance's path has faded."""
    years = days / DAYS_PER_YEAR
    # A path cannot fade below nothing.
    faded = np.minimum(design.layers.alliance_fading * years, 1.0)
    path = design.model.equations[OUTCOME]["alli3"]
    return design.layers.drift / POINTS_PER_SD * years - faded * path * alliance
