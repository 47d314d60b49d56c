"""A sequential alarm on calibration: whenever and however often one looks, it is false at most so often as stated.

The null hypothesis: each patient's log-odds are off by no more than the tolerance, in the alarm's direction. Against it
stand shifts beyond it, beginning in any month. The likelihood ratio of such a shift to the edge of the null is a
non-negative supermartingale under the null, because it is monotone in the outcome; so is the weighted mean over shifts
and months. It reaches 1 / level with a probability of at most `level`, at any time (Ville 1939; Ramdas et al. 2023).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logsumexp

Floats = NDArray[np.float64]
LEVEL = 0.05
TOLERANCE = 0.2
"""On the log-odds: at even chances 5 of 100 people."""
SHIFTS = (0.4, 0.8)
"""Beyond the tolerance."""


@dataclass(frozen=True)
class Alarm:
    """One direction: more people reach the outcome than predicted (`more`), or fewer."""

    direction: str
    evidence: Floats
    """Log of the mean likelihood ratio after each patient, in order of time; shape (patients,)."""
    limit: float
    """Beyond this log the alarm goes off."""

    @property
    def at(self) -> int | None:
        """The first patient beyond the limit."""
        beyond = np.flatnonzero(self.evidence >= self.limit)
        return int(beyond[0]) if len(beyond) else None


def alarms(
    log_odds: Floats, truth: Floats, month: NDArray[np.int64], *, level: float = LEVEL, tolerance: float = TOLERANCE
) -> tuple[Alarm, Alarm]:
    """Both directions, each at half the level; patients in order of time, `month` counted from 0."""
    limit = float(np.log(2 / level))
    return (
        Alarm("more", _evidence(log_odds, truth, month, 1.0, tolerance), limit),
        Alarm("fewer", _evidence(log_odds, truth, month, -1.0, tolerance), limit),
    )


def _evidence(log_odds: Floats, truth: Floats, month: NDArray[np.int64], sign: float, tolerance: float) -> Floats:
    edge = log_odds + sign * tolerance
    steps = np.stack([_log_ratio(edge + sign * shift, edge, truth) for shift in SHIFTS])
    summed = np.cumsum(steps, axis=1)
    months = np.arange(int(month[-1]) + 1)
    before = np.concatenate([np.zeros((len(SHIFTS), 1)), summed], axis=1)[:, np.searchsorted(month, months)]
    # The ratio of a shift that begins in month b is exp(sum now - sum before b): what belongs to b is a factor that no
    # later patient changes, so one running sum serves all months that have begun.
    begun = np.logaddexp.accumulate(-np.log((months + 1.0) * (months + 2.0)) - before, axis=1)
    # Months that are still to come keep their weight, with a ratio of one: 1/((m+2)(m+3)) + … is 1/(m+2).
    to_come = -np.log(month + 2.0)
    found: Floats = np.logaddexp(logsumexp(summed + begun[:, month], axis=0) - np.log(len(SHIFTS)), to_come)
    return found


def _log_ratio(shifted: Floats, edge: Floats, truth: Floats) -> Floats:
    then, now = expit(shifted), expit(edge)
    found: Floats = np.where(truth > 0, np.log(then / now), np.log1p(-then) - np.log1p(-now))
    return found
