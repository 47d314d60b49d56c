"""Outcomes on two scores of one measure, with the thresholds that decide them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from therapport.errors import ConfigurationError
from therapport.instruments import Instrument
from therapport.language import figure
from therapport.language import gettext as _
from therapport.outcome import rules
from therapport.outcome.binary import FloatArray, columns_of
from therapport.outcome.response import Response, Worded

_NEEDS: Mapping[Response, tuple[str, ...]] = {
    Response.RELIABLE_IMPROVEMENT: ("reliable_change",),
    Response.RECOVERY: ("cutoff",),
    Response.BELOW_CUTOFF: ("cutoff",),
    Response.HALF_DROP: (),
    Response.REMISSION: ("remission",),
    Response.CLINICALLY_SIGNIFICANT_CHANGE: ("cutoff", "reliable_change"),
    Response.RELIABLE_DETERIORATION: ("reliable_change",),
}
"""The outcomes on one measure, each with the thresholds that its rule needs."""


@dataclass(frozen=True)
class Outcome(Worded):
    """One binary outcome on one instrument, with the thresholds that decide it.

    A threshold that is not given is the instrument's own; it is NaN if there is none and the rule needs none. Raises
    ConfigurationError if the rule needs one that nobody states, if it is a 50 % drop on an instrument where higher is
    better, or if the response is not one on a single measure.
    """

    response: Response
    instrument: Instrument
    cutoff: float = math.nan
    reliable_change: float = math.nan
    remission: float = math.nan

    def __post_init__(self) -> None:
        if self.response.rests_on != "one measure":
            raise ConfigurationError(f"{self.label} is not an outcome on two scores of one measure.")
        if self.response is Response.HALF_DROP and self.instrument.better == "higher":
            raise ConfigurationError(f"a 50 % drop has no meaning on {self.instrument.label}, where higher is better.")
        for name in ("cutoff", "reliable_change", "remission"):
            if math.isnan(getattr(self, name)):
                own: float | None = getattr(self.instrument, f"stated_{name}")
                if own is None and name in _NEEDS[self.response]:
                    own = getattr(self.instrument, name)  # Raises the error that says what is lacking.
                object.__setattr__(self, name, math.nan if own is None else own)

    @classmethod
    def stated(
        cls,
        response: Response,
        instrument: Instrument,
        *,
        cutoff: float | None,
        reliable_change: float | None,
        remission: float | None = None,
    ) -> Self:
        """The outcome with the thresholds that a study states; None stands for the instrument's own."""
        given = (math.nan if threshold is None else threshold for threshold in (cutoff, reliable_change, remission))
        return cls(response, instrument, *given)

    @property
    def known_cutoff(self) -> float | None:
        """The cut-off, or None if there is none: for what can do without."""
        return None if math.isnan(self.cutoff) else self.cutoff

    @property
    def definition(self) -> str:
        """The rule in one sentence; it stands beside every result and every explanation."""
        name, points = self.instrument.label, figure(f"{self.reliable_change:g}")
        falls = _("{name} falls by {points} points or more", name=name, points=points)
        rises = _("{name} rises by {points} points or more", name=name, points=points)
        better, worse = (falls, rises) if self.instrument.better == "lower" else (rises, falls)
        healthy, clinical = self._healthy(self.cutoff), self._clinical()
        return {
            Response.RELIABLE_IMPROVEMENT: better,
            Response.RECOVERY: _(
                "{name} is {healthy} at the end, in patients who began at {clinical}",
                name=name, healthy=healthy, clinical=clinical,
            ),
            Response.BELOW_CUTOFF: _("{name} is {healthy} at the end", name=name, healthy=healthy),
            Response.HALF_DROP: _("{name} at the end is at most half of what it was at the start", name=name),
            Response.REMISSION: _(
                "{name} is {healthy} at the end", name=name, healthy=self._healthy(self.remission)
            ),
            Response.CLINICALLY_SIGNIFICANT_CHANGE: _(
                "{better}; it is {healthy} at the end, in patients who began at {clinical}",
                better=better, healthy=healthy, clinical=clinical,
            ),
            Response.RELIABLE_DETERIORATION: worse,
        }[self.response]  # fmt: skip

    @property
    def denominator(self) -> str:
        """Whom a rate counts, in one sentence; everyone else is NaN."""
        at_end = f"Patients whose {self.instrument.label} is known at the end, wherever they began."
        both = f"Patients whose {self.instrument.label} is known at start and end"
        cases = f"{both}, who began at {self._clinical()}."
        return {
            Response.RELIABLE_IMPROVEMENT: f"{both}.",
            Response.RECOVERY: cases,
            Response.BELOW_CUTOFF: at_end,
            Response.HALF_DROP: f"{both}, who began above 0.",
            Response.REMISSION: at_end,
            Response.CLINICALLY_SIGNIFICANT_CHANGE: cases,
            Response.RELIABLE_DETERIORATION: f"{both}.",
        }[self.response]

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        """The one measure that it rests on."""
        return (self.instrument,)

    @property
    def roles(self) -> tuple[str, ...]:
        """The columns that `of_columns` needs."""
        return ("before", "after")

    def of(self, before: FloatArray, after: FloatArray) -> FloatArray:
        """1 where it happened, 0 where not, NaN outside the denominator; shape (patients,)."""
        better, cutoff, change = self.instrument.better, self.cutoff, self.reliable_change
        match self.response:
            case Response.RELIABLE_IMPROVEMENT:
                happened = rules.reliable_improvement(before, after, reliable_change=change, better=better)
            case Response.RELIABLE_DETERIORATION:
                happened = rules.reliable_deterioration(before, after, reliable_change=change, better=better)
            case Response.RECOVERY:
                happened = rules.recovery(before, after, cutoff=cutoff, better=better)
            case Response.CLINICALLY_SIGNIFICANT_CHANGE:
                happened = rules.clinically_significant_change(
                    before, after, cutoff=cutoff, reliable_change=change, better=better
                )
            case Response.REMISSION:
                happened = rules.remission(after, threshold=self.remission, better=better)
            case Response.HALF_DROP:
                happened = rules.half_drop(before, after)
            case _:
                happened = rules.below_cutoff(after, cutoff=cutoff, better=better)
        return happened

    def of_columns(self, columns: Mapping[str, FloatArray]) -> FloatArray:
        """The same from the columns `before` and `after`; raises ConfigurationError if one is missing."""
        before, after = columns_of(self, columns)
        return self.of(before, after)

    def _healthy(self, threshold: float) -> str:
        lower = self.instrument.better == "lower"
        return _below(threshold) if lower else _or_above(threshold)

    def _clinical(self) -> str:
        return _or_above(self.cutoff) if self.instrument.better == "lower" else _below(self.cutoff)


def _below(threshold: float) -> str:
    return _("below {threshold}", threshold=figure(f"{threshold:g}"))


def _or_above(threshold: float) -> str:
    return _("{threshold} or above", threshold=figure(f"{threshold:g}"))
