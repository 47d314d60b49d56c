"""One thing that the gate asks, and what it found."""

from dataclasses import dataclass
from typing import Literal

Standing = Literal["passed", "failed", "not assessed"]


@dataclass(frozen=True)
class Check:
    """One thing that the gate asks."""

    name: str
    standing: Standing
    figure: str
    """What was found, in a few words; without a patient's value."""
    required: bool = True
    """Whether `not assessed` keeps the challenger out, too."""

    @property
    def stops(self) -> bool:
        """Whether this check alone keeps the challenger out."""
        return self.standing == "failed" or (self.required and self.standing == "not assessed")
