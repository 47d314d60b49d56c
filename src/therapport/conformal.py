"""Group-aware conformal intervals: how far an end score may lie from its prediction, for patients of new groups."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
LEVEL = 0.8
"""Share of patients whose end score the interval holds, unless a study states another."""


def half_width(errors: FloatArray, cluster: IntArray, *, level: float) -> float:
    """The points around a prediction within which the share `level` of patients of new groups ends.

    `errors` are absolute and out of fold, shape (repeats, patients); `cluster` (patients,) is their group. What is
    exchangeable is the group: each of the K groups has the mass 1 / (K + 1), shared by its patients and repeats, and
    the new group, of which nothing is known, has the last one. Infinite if level > K / (K + 1): so few groups bear out
    no interval. With every patient alone this is the usual conformal quantile, the ceil((n + 1) level)-th smallest.

    It holds for a patient drawn from a group that is drawn like these: where groups differ in size, small ones count
    as much as large ones. It does not carry over to services that differ from all of these. The errors are those of
    models that were fitted to part of the patients, while the prediction comes from all of them: that makes it a little
    wide, and it rests on a model that a fold more or less hardly changes (no proof holds without that).

    Raises ValueError if the level is no share, or the shapes do not fit.
    Source: Lee, Barber and Willett 2023, arXiv:2306.06342 (hierarchical conformal prediction); Barber et al. 2021,
    doi:10.1214/20-AOS1965 (intervals from cross-validation).
    """
    if not 0 < level < 1:
        raise ValueError("level: must be a share, between 0 and 1")
    if errors.ndim != 2 or errors.shape[1:] != cluster.shape:  # noqa: PLR2004 - repeats and patients
        raise ValueError(f"errors: shape {errors.shape}, must be (repeats, patients) of {cluster.shape[0]} patients")
    _, place, patients = np.unique(cluster, return_inverse=True, return_counts=True)
    mass = np.broadcast_to(1 / ((len(patients) + 1) * patients[place] * len(errors)), errors.shape).ravel()
    order = np.argsort(errors, axis=None)
    reached = np.cumsum(mass[order])
    # Sums of many small masses fall short of the level by rounding.
    at = int(np.searchsorted(reached, level * (1 - 1e-9)))
    return float(errors.ravel()[order[at]]) if at < len(order) else float("inf")


def covered(errors: FloatArray, cluster: IntArray, fold: IntArray, *, level: float) -> FloatArray:
    """1 where the interval that the other folds bear out holds the patient's end score; shape (repeats, patients).

    No patient's own error, nor one of the same group, has a part in the width that is held against it: this is what
    the interval did for groups that it had not met.
    """
    held = np.empty(errors.shape)
    for repeat, row in enumerate(fold):
        for number in np.unique(row):
            tested = row == number
            width = half_width(errors[repeat : repeat + 1, ~tested], cluster[~tested], level=level)
            held[repeat, tested] = errors[repeat, tested] <= width
    return held
