"""Where settings of a candidate are looked for when a study tunes them."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Range:
    """From `low` to `high`, both included."""

    low: float
    high: float
    log: bool = False
    """Whether halving and doubling are steps of the same size."""
    whole: bool = False


Space = Mapping[str, Range]
