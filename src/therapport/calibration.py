"""Affine calibration: calibrated = intercept + slope * score, so that contributions still add up."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LinearRegression, LogisticRegression

FloatArray = NDArray[np.float64]
TINY = 1e-9


@dataclass(frozen=True)
class Affine:
    """A straight line from the model's own score to the calibrated one; the slope is never negative."""

    intercept: float
    slope: float

    def of(self, score: FloatArray) -> FloatArray:
        """Calibrated log-odds, or points, of the same shape."""
        return self.intercept + self.slope * score


IDENTITY = Affine(0.0, 1.0)


def fit(score: FloatArray, outcome: FloatArray, *, binary: bool) -> Affine:
    """Platt's line (binary) or least squares (points) on scores of patients whom the model did not see.

    A score that orders patients the wrong way round out of fold has learned nothing: its slope becomes 0 and everyone
    gets the mean, rather than an explanation with its signs turned. A constant score keeps its own level.
    Source: Platt 1999; recalibration of intercept and slope, Steyerberg 2019, chapter 15.
    """
    if float(np.ptp(score)) < TINY:
        return IDENTITY
    model = LogisticRegression(C=np.inf, max_iter=1000) if binary else LinearRegression()
    # Standardised first: the optimiser then meets the same problem on every scale of score.
    center, spread = float(score.mean()), float(score.std())
    model.fit(((score - center) / spread)[:, None], outcome)
    slope = float(np.ravel(model.coef_)[0]) / spread
    if slope <= 0:
        return same_for_all(outcome, binary=binary)
    return Affine(float(np.ravel(model.intercept_)[0]) - slope * center, slope)


def same_for_all(outcome: FloatArray, *, binary: bool) -> Affine:
    """The line that gives everyone the mean: all that is left of a score that says nothing, or cannot be calibrated."""
    mean = float(outcome.mean())
    return Affine(float(np.log(mean / (1 - mean))) if binary else mean, 0.0)
