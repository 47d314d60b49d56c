"""What counts as response: reliable improvement, recovery, below the cut-off, a 50 % drop; and the end score."""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from therapport.instruments import Instrument

FloatArray = NDArray[np.float64]


class Response(StrEnum):
    """The binary outcomes; each is a different question, and severity can even change its sign between them."""

    RELIABLE_IMPROVEMENT = "reliable_improvement"
    RECOVERY = "recovery"
    BELOW_CUTOFF = "below_cutoff"
    HALF_DROP = "half_drop"


@dataclass(frozen=True)
class Outcome:
    """One binary outcome on one instrument, with the thresholds that decide it."""

    response: Response
    instrument: Instrument
    cutoff: float
    reliable_change: float

    @property
    def label(self) -> str:
        """The name of the outcome in running text."""
        return {
            Response.RELIABLE_IMPROVEMENT: "reliable improvement",
            Response.RECOVERY: "recovery",
            Response.BELOW_CUTOFF: "a score in the healthy range",
            Response.HALF_DROP: "a 50 % drop",
        }[self.response]

    @property
    def definition(self) -> str:
        """The rule in one sentence; it stands beside every result and every explanation."""
        name, falls = self.instrument.label, self.instrument.better == "lower"
        healthy = f"below {self.cutoff:g}" if falls else f"{self.cutoff:g} or above"
        clinical = f"{self.cutoff:g} or above" if falls else f"below {self.cutoff:g}"
        return {
            Response.RELIABLE_IMPROVEMENT: (
                f"{name} {'falls' if falls else 'rises'} by {self.reliable_change:g} points or more"
            ),
            Response.RECOVERY: f"{name} is {healthy} at the end, in patients who began at {clinical}",
            Response.BELOW_CUTOFF: f"{name} is {healthy} at the end",
            Response.HALF_DROP: f"{name} at the end is at most half of what it was at the start",
        }[self.response]

    def of(self, before: FloatArray, after: FloatArray) -> FloatArray:
        """1 where the patient responded, 0 where not, NaN where the outcome is undefined; shape (patients,).

        It is undefined without both scores (without the end score alone, for `below_cutoff`), for recovery also in
        those who did not begin on the clinical side of the cut-off, and for a 50 % drop from a score of zero.
        """
        sign = 1.0 if self.instrument.better == "lower" else -1.0
        healthy_after = after < self.cutoff if sign > 0 else after >= self.cutoff
        clinical_before = before >= self.cutoff if sign > 0 else before < self.cutoff
        match self.response:
            case Response.RELIABLE_IMPROVEMENT:
                # Scores are decimal fractions: without rounding, 10.2 - 5.2 is a hair below 5.
                responded = np.round(sign * (before - after), 9) >= self.reliable_change
                defined = ~np.isnan(before) & ~np.isnan(after)
            case Response.RECOVERY:
                responded = healthy_after
                defined = clinical_before & ~np.isnan(after)
            case Response.BELOW_CUTOFF:
                responded = healthy_after
                defined = ~np.isnan(after)
            case Response.HALF_DROP:
                responded = after <= before / 2
                defined = (before > 0) & ~np.isnan(after)
        return np.where(defined, responded.astype(np.float64), np.nan)


def reliable_change(*, standard_deviation: float, reliability: float, confidence: float = 1.96) -> float:
    """The smallest reliable change in points: 1.96 x sqrt(2) x SD x sqrt(1 - reliability).

    Source: Jacobson & Truax 1991, doi:10.1037/0022-006X.59.1.12.
    """
    return confidence * math.sqrt(2.0) * standard_deviation * math.sqrt(1.0 - reliability)


def cutoff_c(*, clinical: tuple[float, float], functional: tuple[float, float]) -> float:
    """Jacobson and Truax's cut-off c between two (mean, standard deviation) pairs, in points.

    Preferred where the distributions overlap: each mean is weighted with the *other* group's spread.
    """
    (clinical_mean, clinical_sd), (functional_mean, functional_sd) = clinical, functional
    return (clinical_sd * functional_mean + functional_sd * clinical_mean) / (clinical_sd + functional_sd)
