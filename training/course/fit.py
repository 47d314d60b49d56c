"""The band of one moment: straight lines for middle and scale, ends moved by group-aware conformal errors.

Conformalised quantile regression (Romano, Patterson and Candès 2019, arXiv:1905.03222), with quantiles that are lines
times a scale, and whole groups as units (see `therapport.conformal`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from therapport import conformal
from therapport.performance import SMALLEST_CELL
from therapport.predictor.course import Shape

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
FEWEST = 2 * SMALLEST_CELL
"""Patients of one moment: a line and its spread from fewer say nothing."""
LEAST_SHARE = 0.25
"""Of the mean scale: a line that falls may not promise a spread of nothing."""


@dataclass(frozen=True)
class _Lines:
    """Middle and scale."""

    intercept: float
    slope: float
    scale: float
    scale_slope: float
    least: float

    def standardised(self, intake: FloatArray, score: FloatArray) -> FloatArray:
        middle = self.intercept + self.slope * intake
        return (score - middle) / np.maximum(self.scale + self.scale_slope * intake, self.least)


def shape(intake: FloatArray, score: FloatArray, cluster: IntArray, fold: IntArray, *, level: float) -> Shape | None:
    """The band from these patients, arrays (patients,); None where they or their groups are too few to bear it out.

    The lines are those of everyone, the errors those of lines that had not met the patient's fold.
    """
    if len(score) < FEWEST:
        return None
    error = np.empty(len(score))
    for number in np.unique(fold):
        tested = fold == number
        if (~tested).sum() < SMALLEST_CELL:
            return None
        lines = _lines(intake[~tested], score[~tested])
        low, high = _ends(lines.standardised(intake[~tested], score[~tested]), level)
        beyond = lines.standardised(intake[tested], score[tested])
        error[tested] = np.maximum(low - beyond, beyond - high)
    further = conformal.half_width(error[np.newaxis], cluster, level=level)
    if not np.isfinite(further):
        return None
    lines = _lines(intake, score)
    low, high = _ends(lines.standardised(intake, score), level)
    low, high = low - further, high + further
    if low > high:
        low = high = (low + high) / 2
    return Shape(
        intercept=lines.intercept,
        slope=lines.slope,
        scale=lines.scale,
        scale_slope=lines.scale_slope,
        least_scale=lines.least,
        low=low,
        high=high,
    )


def _lines(intake: FloatArray, score: FloatArray) -> _Lines:
    intercept, slope = _line(intake, score)
    apart = np.abs(score - intercept - slope * intake)
    scale, scale_slope = _line(intake, apart)
    # Where all scores lie on the line any scale will do.
    least = LEAST_SHARE * float(apart.mean()) if apart.any() else 1.0
    return _Lines(intercept, slope, scale, scale_slope, max(least, 1e-6))


def _line(across: FloatArray, up: FloatArray) -> tuple[float, float]:
    """Least squares; level where nothing differs across."""
    centred = across - across.mean()
    spread = float(centred @ centred)
    slope = float(centred @ up) / spread if spread > 0 else 0.0
    return float(up.mean() - slope * across.mean()), slope


def _ends(standardised: FloatArray, level: float) -> tuple[float, float]:
    low, high = np.quantile(standardised, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
