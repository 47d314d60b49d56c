"""What of an answer is asked for: the more, the longer it takes."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Output(StrEnum):
    """A part of the answer; each beside probabilities and end scores, which always come."""

    PROBABILITIES = "probabilities"
    FAMILIES = "families"
    INTERVALS = "intervals"
    FACTORS = "factors"


@dataclass(frozen=True)
class Wanted:
    """The parts that are computed."""

    families: bool = True
    intervals: bool = True
    """Of the model's uncertainty, from its refits; those of the families need `families`."""
    factors: bool = False

    def holds(self, column: str) -> bool:
        """Whether a column of `answer.COLUMNS` is part of it."""
        if "<family>" in column and not self.families:
            return False
        of_refits = column.endswith(("_low", "_high")) and not column.startswith("end_score")
        return self.intervals or not of_refits


EVERYTHING_BUT_FACTORS = Wanted()
"""The answer of every other path."""


def wanted(outputs: Iterable[Output]) -> Wanted:
    """What the outputs named add up to; intervals and factors bring the families with them."""
    named = set(outputs)
    intervals, factors = Output.INTERVALS in named, Output.FACTORS in named
    return Wanted(Output.FAMILIES in named or intervals or factors, intervals, factors)
