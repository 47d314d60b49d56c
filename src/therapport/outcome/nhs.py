"""The rules of NHS Talking Therapies on two measures, one of depression and one of anxiety.

Arrays of shape (patients,) of 1, 0 and NaN. Whatever is not known of either measure leaves the outcome unknown:
to decide only those cases that a missing score leaves open would count failures and lose successes.

Sources: pairs of measures and fallback, PMC5942544 Table 2; caseness and finished courses, glossary of
fingertips.phe.org.uk; denominators, public SQL of NHS England. The logic of reliable change is recalled.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from therapport.instruments import Instrument
from therapport.outcome import rules

FloatArray = NDArray[np.float64]
CONTACTS = 2
"""A course of treatment is finished if it ended after this many attended treatment contacts or more."""


class Change(NamedTuple):
    """What the first and the last score on one measure say; NaN in all four if either is missing."""

    case_first: FloatArray
    case_last: FloatArray
    improved: FloatArray
    """Changed for the better by the reliable change or more."""
    worsened: FloatArray


def change(first: FloatArray, last: FloatArray, instrument: Instrument) -> Change:
    """The change on one measure, by the instrument's own thresholds."""
    cutoff, points, better = instrument.cutoff, instrument.reliable_change, instrument.better
    found = (
        rules.is_case(first, cutoff=cutoff, better=better),
        rules.is_case(last, cutoff=cutoff, better=better),
        rules.reliable_improvement(first, last, reliable_change=points, better=better),
        rules.reliable_deterioration(first, last, reliable_change=points, better=better),
    )
    incomplete = np.isnan(first) | np.isnan(last)
    return Change(*(np.where(incomplete, np.nan, flags) for flags in found))


def or_else(preferred: Change, fallback: Change) -> Change:
    """The preferred measure where it has both scores, the other one elsewhere: never a score of each."""
    lacking = np.isnan(preferred.case_first)
    return Change(*(np.where(lacking, other, own) for own, other in zip(preferred, fallback, strict=True)))


def caseness(depression: Change, anxiety: Change) -> FloatArray:
    """At the threshold or beyond it on either measure at first."""
    return np.maximum(depression.case_first, anxiety.case_first)


def recovery(depression: Change, anxiety: Change) -> FloatArray:
    """Below the threshold on both measures at last; only for those who were at caseness at first."""
    below_both = 1.0 - np.maximum(depression.case_last, anxiety.case_last)
    return np.where(caseness(depression, anxiety) == 1, below_both, np.nan)


def reliable_improvement(depression: Change, anxiety: Change) -> FloatArray:
    """Reliably better on one measure at least, and on neither reliably worse."""
    better = np.maximum(depression.improved, anxiety.improved)
    return better * (1.0 - np.maximum(depression.worsened, anxiety.worsened))


def reliable_deterioration(depression: Change, anxiety: Change) -> FloatArray:
    """The mirror: reliably worse on one measure at least, and on neither reliably better."""
    worse = np.maximum(depression.worsened, anxiety.worsened)
    return worse * (1.0 - np.maximum(depression.improved, anxiety.improved))


def reliable_recovery(depression: Change, anxiety: Change) -> FloatArray:
    """Recovery and reliable improvement; only for those who were at caseness at first."""
    return recovery(depression, anxiety) * reliable_improvement(depression, anxiety)


def no_reliable_change(depression: Change, anxiety: Change) -> FloatArray:
    """Neither reliable improvement nor reliable deterioration; so also better on one and worse on the other."""
    return 1.0 - reliable_improvement(depression, anxiety) - reliable_deterioration(depression, anxiety)


def finished(ended: FloatArray, contacts: FloatArray) -> FloatArray:
    """Whether the course is finished: it ended, after enough attended treatment contacts."""
    unknown = np.isnan(ended) | np.isnan(contacts)
    return np.where(unknown, np.nan, ((ended == 1) & (contacts >= CONTACTS)).astype(np.float64))
