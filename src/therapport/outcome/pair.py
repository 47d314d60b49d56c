"""Outcomes of NHS Talking Therapies: a measure of depression and one of anxiety, first and last score of each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from therapport.errors import ConfigurationError
from therapport.instruments import Instrument
from therapport.language import figure
from therapport.language import gettext as _
from therapport.outcome import nhs
from therapport.outcome.binary import FloatArray, columns_of
from therapport.outcome.response import Response, Worded

_RULES: Mapping[Response, Callable[[nhs.Change, nhs.Change], FloatArray]] = {
    Response.NHS_RECOVERY: nhs.recovery,
    Response.NHS_RELIABLE_IMPROVEMENT: nhs.reliable_improvement,
    Response.NHS_RELIABLE_RECOVERY: nhs.reliable_recovery,
    Response.NHS_RELIABLE_DETERIORATION: nhs.reliable_deterioration,
}


@dataclass(frozen=True)
class PairOutcome(Worded):
    """One outcome on two measures, by the thresholds of the instruments.

    `specific` are measures of single anxiety disorders, in order of preference: each patient counts by the first of
    them that has both scores, and by `anxiety` (GAD-7) if none has.

    Raises ConfigurationError if the response is none of NHS Talking Therapies, or an instrument lacks a threshold.
    """

    response: Response
    depression: Instrument
    anxiety: Instrument
    specific: tuple[Instrument, ...] = ()
    checks_finished: bool = True
    """Whether the cohort says of whom treatment ended and after how many contacts; if not, it is taken for granted."""

    def __post_init__(self) -> None:
        if self.response.rests_on != "two measures":
            raise ConfigurationError(f"{self.label} is not an outcome on two measures.")
        # Every threshold is there, so that a wrong study fails here and not in the middle of a run.
        for instrument in self.instruments:
            _ = instrument.cutoff, instrument.reliable_change

    @property
    def definition(self) -> str:
        """The rule in one sentence; it stands beside every result and every explanation."""
        healthy = _("both measures end in the healthy range, in patients who began at or beyond either cut-off")
        improve = _("one measure or both improve reliably and neither worsens reliably")
        worsen = _("one measure or both worsen reliably and neither improves reliably")
        match self.response:
            case Response.NHS_RECOVERY:
                return f"{healthy}: {self._each(_cutoff)}"
            case Response.NHS_RELIABLE_IMPROVEMENT:
                return f"{improve}: {self._each(_change)}"
            case Response.NHS_RELIABLE_DETERIORATION:
                return f"{worsen}: {self._each(_change)}"
            case _:
                return f"{healthy}; {improve}: {self._each(_both)}"

    @property
    def denominator(self) -> str:
        """Whom a rate counts, in one sentence; everyone else is NaN."""
        granted = "" if self.checks_finished else " (taken for granted of everyone in this cohort)"
        finished = f"Referrals that ended after {nhs.CONTACTS} attended treatment contacts or more{granted}"
        cases = ", at caseness on either at first"
        at_caseness = cases if self.response in (Response.NHS_RECOVERY, Response.NHS_RELIABLE_RECOVERY) else ""
        return f"{finished}, with a first and a last recorded score on both measures{at_caseness}."

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        """The measures that it rests on: of depression, of anxiety in general, of single anxiety disorders."""
        return (self.depression, self.anxiety, *self.specific)

    @property
    def measures(self) -> tuple[str, ...]:
        """The names of the measures in the roles: depression, anxiety, specific, specific_2 and so on."""
        several = (f"specific_{place}" for place in range(2, len(self.specific) + 1))
        return ("depression", "anxiety", *(("specific", *several) if self.specific else ()))

    @property
    def roles(self) -> tuple[str, ...]:
        """The columns that `of_columns` needs: first and last score of every measure, and whether it is finished."""
        scores = (f"{measure}_{moment}" for measure in self.measures for moment in ("before", "after"))
        return (*scores, *(("ended", "contacts") if self.checks_finished else ()))

    def of_columns(self, columns: Mapping[str, FloatArray]) -> FloatArray:
        """1 where it happened, 0 where not, NaN outside the denominator; shape (patients,).

        `ended` is 1 if the referral has ended, `contacts` the number of attended treatment contacts. Raises
        ConfigurationError if a role has no column.
        """
        found = columns_of(self, columns)
        changes = [
            nhs.change(found[2 * place], found[2 * place + 1], instrument)
            for place, instrument in enumerate(self.instruments)
        ]
        depression, anxiety, *specific = changes
        for preferred in reversed(specific):
            anxiety = nhs.or_else(preferred, anxiety)
        happened = _RULES[self.response](depression, anxiety)
        if not self.checks_finished:
            return happened
        ended, contacts = found[-2:]
        return np.where(nhs.finished(ended, contacts) == 1, happened, np.nan)

    def _each(self, says: Callable[[Instrument], str]) -> str:
        """What is said of each measure, in the order in which one stands in for the one before."""
        anxiety = _(", else ").join(map(says, (*self.specific, self.anxiety)))
        return f"{says(self.depression)}; {anxiety}"


def _cutoff(instrument: Instrument) -> str:
    name, threshold = instrument.label, figure(f"{instrument.cutoff:g}")
    if instrument.better == "lower":
        return _("{name} below {threshold}", name=name, threshold=threshold)
    return _("{name} {threshold} or above", name=name, threshold=threshold)


def _change(instrument: Instrument) -> str:
    return _("{name} by {points} points or more", name=instrument.label, points=_points(instrument))


def _both(instrument: Instrument) -> str:
    return _("{cutoff} and by {points} points or more", cutoff=_cutoff(instrument), points=_points(instrument))


def _points(instrument: Instrument) -> str:
    return figure(f"{instrument.reliable_change:g}")
