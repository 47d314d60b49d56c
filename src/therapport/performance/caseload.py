"""Sensitivity and specificity where a service can follow up a fixed share of its patients."""

from dataclasses import replace
from typing import Literal

import numpy as np

from therapport.performance import within_folds
from therapport.performance.out_of_fold import Floats, OutOfFold


def poor_outcome(out_of_fold: OutOfFold, *, favourable: bool) -> OutOfFold:
    """The same predictions as those of the poor outcome, which is what a service acts on."""
    if not favourable:
        return out_of_fold
    return replace(
        out_of_fold,
        truth=1 - out_of_fold.truth,
        prediction=1 - out_of_fold.prediction,
        training_mean=1 - out_of_fold.training_mean,
    )


def found_at_capacity(poor: OutOfFold, weights: Floats, *, capacity: float, among: Literal["poor", "others"]) -> Floats:
    """Share of those with (or without) the poor outcome whom the service would follow up, within folds; (draws,).

    `poor` holds the poor outcome as 1 and its predicted probability. In each fold the service follows up the `capacity`
    share with the highest probability; patients who tie at the boundary are drawn by lot, of which this is the mean.
    A fold in which nobody belongs to `among` contributes nothing.
    """
    wanted = poor.truth == (1 if among == "poor" else 0)
    by_fold = [
        _share(wanted[places], poor.prediction[repeat, places], weights[:, places], capacity)
        for repeat, places in poor.members()
    ]
    return within_folds.average(np.column_stack(by_fold))


def _share(wanted: np.ndarray, prediction: Floats, weights: Floats, capacity: float) -> Floats:
    order = np.argsort(-prediction, kind="stable")
    ends = np.flatnonzero(np.r_[np.diff(prediction[order]) != 0, True])
    ranked = weights[:, order]
    everyone, those = (
        np.column_stack([np.zeros(len(weights)), np.cumsum(values, axis=1)[:, ends]])
        for values in (ranked, ranked * wanted[order])
    )
    places = capacity * everyone[:, -1]
    # The group of equal predictions in which the last place is given away.
    last = np.maximum((everyone < places[:, np.newaxis]).sum(axis=1), 1)[:, np.newaxis]
    before, after, those_before, those_after = (
        np.take_along_axis(sums, at, axis=1)[:, 0] for sums in (everyone, those) for at in (last - 1, last)
    )
    lot = within_folds.ratios(places - before, after - before)
    return within_folds.ratios(those_before + lot * (those_after - those_before), those[:, -1])
