"""The area under the ROC curve, within folds."""

import numpy as np

from therapport.performance import within_folds
from therapport.performance.out_of_fold import Floats, OutOfFold


def auc(out_of_fold: OutOfFold, weights: Floats) -> Floats:
    """Chance that of two patients of one fold the responder has the higher prediction; ties count half.

    Shape (draws,). A fold without responders, or without others, contributes nothing to that draw.
    """
    return within_folds.average(
        np.column_stack(
            [
                _auc_of_fold(out_of_fold.truth[places], out_of_fold.prediction[repeat, places], weights[:, places])
                for repeat, places in out_of_fold.members()
            ]
        )
    )


def _auc_of_fold(truth: Floats, prediction: Floats, weights: Floats) -> Floats:
    """The weighted Mann-Whitney statistic of every draw, by one sort that all draws share."""
    others = np.flatnonzero(truth == 0)
    others = others[np.argsort(prediction[others])]
    responders = np.flatnonzero(truth == 1)
    weight_up_to = np.zeros((len(weights), len(others) + 1))
    np.cumsum(weights[:, others], axis=1, out=weight_up_to[:, 1:])
    below = np.searchsorted(prediction[others], prediction[responders], side="left")
    not_above = np.searchsorted(prediction[others], prediction[responders], side="right")
    weight_beaten = (weight_up_to[:, below] + weight_up_to[:, not_above]) / 2
    weight_of_responders = weights[:, responders]
    won = np.einsum("dr,dr->d", weight_of_responders, weight_beaten)
    return within_folds.ratios(won, weight_of_responders.sum(axis=1) * weight_up_to[:, -1])
