"""What was predicted against what was observed, in groups large enough to be shown."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from therapport.cohort.rows import SMALLEST_CELL
from therapport.performance.binary import check_binary
from therapport.performance.out_of_fold import Floats, Integers, OutOfFold

NORMAL_95 = 1.959963984540054
"""The 97.5th percentile of the standard normal distribution."""


@dataclass(frozen=True)
class CalibrationBin:
    """A group of patients with similar predictions."""

    predicted: float
    """Mean prediction: a probability, or points."""
    observed: float
    """Share who responded, or mean end score in points."""
    low: float
    high: float
    patients: int


def calibration_curve(out_of_fold: OutOfFold, *, bins: int = 10, smallest: int = SMALLEST_CELL) -> list[CalibrationBin]:
    """Observed share of responders by quantiles of the predicted probability, averaged over repeats.

    With Wilson's 95 % interval (1927), which takes patients as independent: beyond the bins it says nothing.
    Bins of fewer patients than `smallest`, or with fewer than SMALLEST_CELL responders or non-responders, whose number
    is the share times the patients, are merged with a neighbour; a cohort that is too small for one bin gives none.

    Raises ValueError if `smallest` is below SMALLEST_CELL, or the outcome is not binary.
    """
    check_binary(out_of_fold)
    curve = []
    for prediction, truth in _groups(out_of_fold, bins, smallest, classes=(0, 1)):
        low, high = _wilson(float(truth.mean()), len(truth))
        curve.append(CalibrationBin(float(prediction.mean()), float(truth.mean()), low, high, len(truth)))
    return curve


def score_curve(out_of_fold: OutOfFold, *, bins: int = 10, smallest: int = SMALLEST_CELL) -> list[CalibrationBin]:
    """The same for end scores: mean observed score, +/- 1.96 standard errors, in points.

    Here only the number of patients decides whether a bin is merged.
    """
    curve = []
    for prediction, truth in _groups(out_of_fold, bins, smallest, classes=()):
        observed = float(truth.mean())
        margin = NORMAL_95 * float(truth.std(ddof=1)) / len(truth) ** 0.5
        curve.append(
            CalibrationBin(float(prediction.mean()), observed, observed - margin, observed + margin, len(truth))
        )
    return curve


def _groups(out_of_fold: OutOfFold, bins: int, smallest: int, *, classes: Sequence[int]) -> list[tuple[Floats, Floats]]:
    """(predictions, truths) of each bin, by rising prediction; each holds a smallest cell of each of the classes."""
    if smallest < SMALLEST_CELL:
        raise ValueError(f"smallest: {smallest}, must be at least {SMALLEST_CELL}")
    prediction = out_of_fold.prediction.mean(axis=0)
    edges = np.quantile(prediction, np.linspace(0, 1, bins + 1)[1:-1])
    # Equal predictions share a bin, so that the order of the patients does not matter.
    bin_of = np.searchsorted(edges, prediction, side="left")
    merged = _merge(bin_of, smallest, [out_of_fold.truth == value for value in classes])
    return [(prediction[places], out_of_fold.truth[places]) for places in merged]


def _merge(bin_of: Integers, smallest: int, classes: Sequence[NDArray[np.bool_]]) -> list[Integers]:
    """The places of each bin's patients: small bins join the next, a small last one the one before."""
    merged: list[Integers] = []
    waiting = np.empty(0, dtype=np.int64)
    for code in np.unique(bin_of):
        waiting = np.concatenate([waiting, np.flatnonzero(bin_of == code)])
        if len(waiting) >= smallest and all(belongs[waiting].sum() >= SMALLEST_CELL for belongs in classes):
            merged.append(waiting)
            waiting = np.empty(0, dtype=np.int64)
    if merged and len(waiting):
        merged[-1] = np.concatenate([merged[-1], waiting])
    return merged


def _wilson(share: float, patients: int) -> tuple[float, float]:
    weight = NORMAL_95**2 / patients
    middle = (share + weight / 2) / (1 + weight)
    margin = NORMAL_95 / (1 + weight) * (share * (1 - share) / patients + weight / (4 * patients)) ** 0.5
    # At shares of 0 and 1, rounding would leave the end 1e-16 beyond them or short of them.
    return max(0.0, min(share, middle - margin)), min(1.0, max(share, middle + margin))
