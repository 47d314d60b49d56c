"""The rules on two scores of one measure, as functions over arrays of shape (patients,).

Each gives 1 or 0, and NaN where a score that it needs is missing or its denominator leaves the patient out.
"""

from enum import StrEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Better = Literal["lower", "higher"]
DECIMALS = 9
"""Scores are decimal fractions: without rounding, 10.2 - 5.2 is a hair below 5."""


class ChangeClass(StrEnum):
    """Jacobson and Truax's four classes of change."""

    RECOVERED = "recovered"
    IMPROVED = "improved"
    UNCHANGED = "unchanged"
    DETERIORATED = "deteriorated"


def is_case(score: FloatArray, *, cutoff: float, better: Better) -> FloatArray:
    """On the clinical side of the cut-off: at it or above where lower is better, below it where higher is better."""
    score, cutoff = np.round(score, DECIMALS), round(cutoff, DECIMALS)
    return _where_known(score >= cutoff if better == "lower" else score < cutoff, score)


def below_cutoff(after: FloatArray, *, cutoff: float, better: Better) -> FloatArray:
    """No case at the end, wherever the patient began."""
    return 1.0 - is_case(after, cutoff=cutoff, better=better)


def remission(after: FloatArray, *, threshold: float, better: Better) -> FloatArray:
    """Beyond the threshold of remission at the end, wherever the patient began."""
    return below_cutoff(after, cutoff=threshold, better=better)


def recovery(before: FloatArray, after: FloatArray, *, cutoff: float, better: Better) -> FloatArray:
    """No case at the end; only for those who began as one."""
    began = is_case(before, cutoff=cutoff, better=better)
    return np.where(began == 1, below_cutoff(after, cutoff=cutoff, better=better), np.nan)


def reliable_improvement(
    before: FloatArray, after: FloatArray, *, reliable_change: float, better: Better
) -> FloatArray:
    """Better by the reliable change or more."""
    gain = _gain(before, after, better)
    return _where_known(gain >= round(reliable_change, DECIMALS), gain)


def reliable_deterioration(
    before: FloatArray, after: FloatArray, *, reliable_change: float, better: Better
) -> FloatArray:
    """Worse by the reliable change or more."""
    return reliable_improvement(after, before, reliable_change=reliable_change, better=better)


def clinically_significant_change(
    before: FloatArray, after: FloatArray, *, cutoff: float, reliable_change: float, better: Better
) -> FloatArray:
    """Recovery by a reliable change; only for those who began as a case."""
    recovered = recovery(before, after, cutoff=cutoff, better=better)
    return recovered * reliable_improvement(before, after, reliable_change=reliable_change, better=better)


def half_drop(before: FloatArray, after: FloatArray) -> FloatArray:
    """At most half of the first score at the end; undefined from a first score of zero or less."""
    halved = np.round(after, DECIMALS) <= np.round(before / 2, DECIMALS)
    return np.where(before > 0, _where_known(halved, before, after), np.nan)


def classes(
    before: FloatArray, after: FloatArray, *, cutoff: float, reliable_change: float, better: Better
) -> NDArray[np.str_]:
    """The ChangeClass of each patient by its value, shape (patients,); empty text where a score is missing.

    Everyone with both scores has exactly one. Whoever improves reliably without having begun as a case is improved:
    the cut-off was not crossed.
    """
    improved = reliable_improvement(before, after, reliable_change=reliable_change, better=better)
    worse = reliable_deterioration(before, after, reliable_change=reliable_change, better=better)
    recovered = recovery(before, after, cutoff=cutoff, better=better) * improved
    return np.select(
        [np.isnan(improved), recovered == 1, improved == 1, worse == 1],
        ["", ChangeClass.RECOVERED.value, ChangeClass.IMPROVED.value, ChangeClass.DETERIORATED.value],
        ChangeClass.UNCHANGED.value,
    )


def _gain(before: FloatArray, after: FloatArray, better: Better) -> FloatArray:
    """The change for the better, in points."""
    return np.round(before - after if better == "lower" else after - before, DECIMALS)


def _where_known(holds: NDArray[np.bool_], *scores: FloatArray) -> FloatArray:
    unknown = np.logical_or.reduce([np.isnan(score) for score in scores])
    return np.where(unknown, np.nan, holds.astype(np.float64))
