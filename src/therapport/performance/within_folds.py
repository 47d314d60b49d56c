"""Figures within folds, averaged over folds and repeats, for all draws at once.

Pooling predictions of different folds mixes models: a fold with few responders was trained on many, so its
predictions are higher where its outcomes are lower (Forman and Scholz 2010).
"""

import numpy as np

from therapport.performance.out_of_fold import Floats, Integers, OutOfFold


def means(out_of_fold: OutOfFold, values: Floats, weights: Floats) -> Floats:
    """Weighted mean of the values (repeats, patients) in each fold: (draws, folds of all repeats)."""
    return ratios(sums(out_of_fold, values, weights), sums(out_of_fold, np.ones_like(values), weights))


def sums(out_of_fold: OutOfFold, values: Floats, weights: Floats) -> Floats:
    """Weighted sum of the values (repeats, patients) in each fold: (draws, folds of all repeats)."""
    by_repeat = [
        weights @ (membership(fold) * row[:, np.newaxis]) for fold, row in zip(out_of_fold.fold, values, strict=True)
    ]
    return np.hstack(by_repeat)


def membership(fold: Integers) -> Floats:
    """1 where the patient is tested in the fold of one repeat, else 0: (patients,) -> (patients, folds)."""
    return np.asarray(fold[:, np.newaxis] == np.unique(fold), dtype=np.float64)


def centred(values: Floats, member: Floats) -> Floats:
    """The values (patients,) of one repeat less their mean in the patient's fold, everybody counted once."""
    return np.asarray(values - member @ (values @ member / member.sum(axis=0)))


def ratios(numerators: Floats, denominators: Floats) -> Floats:
    """Their quotient; NaN where the denominator is not above zero."""
    undefined = np.full_like(numerators, np.nan)
    return np.divide(numerators, denominators, out=undefined, where=denominators > 0)


def average(figures: Floats) -> Floats:
    """Mean over the folds that define the figure, each counted once: (draws, folds) -> (draws,).

    NaN for a draw in which no fold defines it.
    """
    defined = ~np.isnan(figures)
    return ratios(np.where(defined, figures, 0.0).sum(axis=1), defined.sum(axis=1, dtype=np.float64))
