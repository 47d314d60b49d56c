"""Jacobson and Truax's formulas for cut-offs and reliable change.

Source: Jacobson & Truax 1991, doi:10.1037/0022-006X.59.1.12.
"""

import math
from typing import Literal


def reliable_change(*, standard_deviation: float, reliability: float, confidence: float = 1.96) -> float:
    """The smallest reliable change in points: 1.96 x sqrt(2) x SD x sqrt(1 - reliability)."""
    return confidence * math.sqrt(2.0) * standard_deviation * math.sqrt(1.0 - reliability)


def cutoff_a(*, clinical: tuple[float, float], better: Literal["lower", "higher"]) -> float:
    """Two standard deviations from the clinical mean, towards health, of a (mean, standard deviation) pair."""
    mean, sd = clinical
    return mean - 2 * sd if better == "lower" else mean + 2 * sd


def cutoff_b(*, functional: tuple[float, float], better: Literal["lower", "higher"]) -> float:
    """Two standard deviations from the functional mean, towards illness, of a (mean, standard deviation) pair."""
    mean, sd = functional
    return mean + 2 * sd if better == "lower" else mean - 2 * sd


def cutoff_c(*, clinical: tuple[float, float], functional: tuple[float, float]) -> float:
    """The cut-off between two (mean, standard deviation) pairs, in points; the same for both directions.

    Preferred where the distributions overlap: each mean is weighted with the *other* group's spread.
    """
    (clinical_mean, clinical_sd), (functional_mean, functional_sd) = clinical, functional
    return (clinical_sd * functional_mean + functional_sd * clinical_mean) / (clinical_sd + functional_sd)
