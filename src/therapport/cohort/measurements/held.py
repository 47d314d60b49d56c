"""What a long table held of the episodes of a cohort: how much of what, and how much of it by the landmark."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from therapport.codebook import Codebook, Landmark
from therapport.cohort.measurements.reading import FloatArray, IntArray
from therapport.cohort.rows import shown


@dataclass(frozen=True)
class HeldMeasure:
    """One repeated measure."""

    label: str
    measurements: int
    by_landmark: int
    """Of them, those known at the landmark."""
    episodes: int
    """Episodes with one or more."""
    median: float
    """Measurements per episode, of those episodes; NaN without any."""


@dataclass(frozen=True)
class Held:
    """The measurements of a cohort's episodes."""

    landmark: Landmark
    columns: tuple[str, ...]
    """The factors and measures that were made of them."""
    nothing_later: int
    """Episodes of which something was measured, but nothing after the landmark."""
    measures: tuple[HeldMeasure, ...]
    last: FloatArray = field(compare=False)
    """Session or day of each episode's last measurement, whichever decides; NaN without any. Shape (episodes,)."""
    limit: int
    """Session or day of the landmark."""


def held(
    codebook: Codebook,
    landmark: Landmark,
    columns: Sequence[str],
    *,
    measure: IntArray,
    episode: IntArray,
    known: NDArray[np.bool_],
    last: FloatArray,
    limit: int,
) -> Held:
    """A count of measurements, each with its measure, its episode, and whether it is known at the landmark.

    `last` and `limit` are as Held has them.
    """
    rows = []
    for place, repeated in enumerate(codebook.repeated_measures.values()):
        of_it = measure == place
        number = np.bincount(episode[of_it])
        number = number[number > 0]
        median = float(np.median(number)) if len(number) else np.nan
        rows.append(HeldMeasure(repeated.label, int(of_it.sum()), int(known[of_it].sum()), len(number), median))
    nothing_later = len(np.unique(episode)) - len(np.unique(episode[~known]))
    return Held(landmark, tuple(columns), nothing_later, tuple(rows), last, limit)


def notices(landmark: Landmark, *, last: FloatArray, limit: int, elsewhere: int) -> Iterator[str]:
    """What a reader should know; `last` is the time of each episode's last measurement, NaN without any.

    `limit` is the time of the landmark, `elsewhere` how many episodes of the long table the cohort does not have.
    """
    if elsewhere:
        yield f"Episodes that the cohort does not have, left out: {shown(elsewhere)}."
    if without := int(np.isnan(last).sum()):
        yield f"Episodes of the cohort without any measurement: {shown(without)}; what rests on them is missing there."
    if landmark is not Landmark.INTAKE and (ended := int((last < limit).sum())):
        yield (
            f"Episodes whose last measurement is before {landmark.value}: {shown(ended)}. They may have ended by then; "
            f"a prediction at {landmark.value} is about those who are still in treatment."
        )
