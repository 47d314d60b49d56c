"""Symptom measures: range, direction, cut-off and reliable change, each with its source."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from therapport import tomlfile
from therapport.tomlfile import Strict

DATA = Path(__file__).parent / "instruments.toml"


class Instrument(Strict):
    """A measure of symptoms. No item texts: many scales are licensed."""

    label: str
    full_name: str
    range: tuple[float, float]
    better: Literal["lower", "higher"]
    step: float
    """The smallest difference between two possible scores, in points."""
    cutoff: float
    """A score on the clinical side of it, or on it, counts as a case."""
    cutoff_source: str
    reliable_change: float
    """The smallest change in points that counts as reliable."""
    reliable_change_source: str
    certainty: Literal["read", "read in a secondary source", "recalled"]
    """How sure the figures are; recalled ones should be checked before they are relied upon."""
    licence: str

    def is_case(self, score: float) -> bool:
        """Whether one score is on the clinical side of the cut-off."""
        return score >= self.cutoff if self.better == "lower" else score < self.cutoff


class _Instruments(Strict):
    instruments: dict[str, Instrument]


@functools.cache
def all_instruments() -> Mapping[str, Instrument]:
    """Every instrument that is shipped, by its short name."""
    return tomlfile.read(DATA, _Instruments).instruments


def instrument(name: str) -> Instrument:
    """The instrument of that short name."""
    return all_instruments()[name]
