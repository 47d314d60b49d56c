"""Nadeau and Bengio's corrected resampled t: a difference over folds that share most of their training patients."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import t

from therapport.performance.choice import Loss, losses
from therapport.performance.out_of_fold import OutOfFold


@dataclass(frozen=True)
class CorrectedDifference:
    """Mean loss of one candidate minus that of another, over repeats x folds."""

    value: float
    low: float
    high: float
    p_value: float
    """Two-sided."""


def corrected_difference(a: OutOfFold, b: OutOfFold, *, loss: Loss) -> CorrectedDifference:
    """The difference of a to b with a 95 % interval for training parts that differ: below zero, a is better.

    Variance s^2 (1 / J + n_test / n_train) of the J = folds x repeats differences, on J - 1 degrees of freedom; the
    plain s^2 / J takes models for independent that were fitted to nearly the same patients. It speaks of another
    training cohort of this size, the bootstrap of other patients to predict: the two intervals answer different doubts.

    Raises ValueError if the patients or their folds differ, or there is one fold only.
    Source: Nadeau and Bengio 2003, doi:10.1023/A:1024068626366; Bouckaert and Frank 2004 for repeated folds.
    """
    if not (np.array_equal(a.truth, b.truth) and np.array_equal(a.fold, b.fold)):
        raise ValueError("only predictions for the same patients in the same folds can be compared")
    difference = losses(a, loss) - losses(b, loss)
    members = list(a.members())
    by_fold = np.array([difference[repeat, places].mean() for repeat, places in members])
    if len(by_fold) < 2:  # noqa: PLR2004 - one difference has no spread
        raise ValueError("one fold of one repeat has no spread to learn from")
    tested = np.array([len(places) for _, places in members])
    ratio = float(np.mean(tested / np.maximum(a.patients - tested, 1)))
    value = float(by_fold.mean())
    error = float(np.sqrt(by_fold.var(ddof=1) * (1 / len(by_fold) + ratio)))
    freedom = len(by_fold) - 1
    margin = float(t.ppf(0.975, freedom)) * error
    if error == 0:
        return CorrectedDifference(value, value, value, 1.0 if value == 0 else 0.0)
    return CorrectedDifference(value, value - margin, value + margin, float(2 * t.sf(abs(value) / error, freedom)))
