"""Rows and columns as messages name them: by their places, never by what stands there."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from therapport.errors import CohortError

ROWS_SHOWN = 8
SMALLEST_CELL = 10
"""A count of people below it could point at a person, so it is not told."""


def named_rows(rows: Sequence[int]) -> str:
    """Row numbers (1 = the first patient) for a message: the first few, and how many more."""
    shown = ", ".join(str(row) for row in rows[:ROWS_SHOWN])
    more = len(rows) - ROWS_SHOWN
    return f"row{'s' * (len(rows) > 1)} {shown}" + (f" and {more:,} more" if more > 0 else "")


def rows_of(mask: NDArray[np.bool_]) -> list[int]:
    """The row numbers (1 = the first) where a mask of shape (rows,) is true."""
    return [int(row) + 1 for row in np.flatnonzero(mask)]


def shown(count: int) -> str:
    """A count as it is told to people."""
    return f"fewer than {SMALLEST_CELL}" if 0 < count < SMALLEST_CELL else f"{count:,}"


def refuse_repeated_columns(header: Sequence[str], *, name: str) -> None:
    """Raise CohortError if two columns have one name; it is not shown, because a first line may be a patient."""
    if repeated := {column for column, times in Counter(header).items() if times > 1}:
        places = ", ".join(str(place + 1) for place, column in enumerate(header) if column in repeated)
        raise CohortError(f"{name}: the header names a column twice (columns {places} from the left).")
