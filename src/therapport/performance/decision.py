"""Net benefit: whether acting on the predictions does better than acting on everybody, or on nobody."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from therapport.performance import estimate, reach, within_folds
from therapport.performance.binary import check_binary
from therapport.performance.caseload import poor_outcome
from therapport.performance.estimate import Estimate
from therapport.performance.out_of_fold import Floats, OutOfFold

THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(2, 19))
"""From 10 % to 90 %."""
ROUNDING = 1e-12
"""1 - 0.8 is a little less than 0.2; it still reaches the threshold."""


@dataclass(frozen=True)
class NetBenefit:
    """One point of a decision curve; acting on nobody has a net benefit of 0."""

    threshold: float
    model: Estimate
    all: Estimate
    """Of acting on everybody."""


def decision_curve(
    out_of_fold: OutOfFold, weights: ArrayLike, *, favourable: bool, thresholds: Sequence[float] = THRESHOLDS
) -> tuple[NetBenefit, ...]:
    """Net benefit at each threshold of the predicted probability of the *poor* outcome, with intervals.

    (found - needlessly * t / (1 - t)) / patients, where `found` are those with the poor outcome whose probability
    reaches t, and `needlessly` the others whose does; t is the probability at which acting and not acting seem equally
    good to the one who decides. Within folds, averaged over folds and repeats.

    Raises ValueError if a threshold is not between 0 and 1, or the outcome is not binary.
    Source: Vickers and Elkin 2006, doi:10.1177/0272989X06295361.
    """
    check_binary(out_of_fold)
    if not all(0 < threshold < 1 for threshold in thresholds):
        raise ValueError("thresholds: must be between 0 and 1")
    poor = poor_outcome(out_of_fold, favourable=favourable)
    everyone = np.ones((1, poor.patients))
    drawn = estimate.check_weights(poor, weights)
    stretch = reach.of(poor, drawn)
    of_one, of_draws = _curve(poor, everyone, thresholds), _curve(poor, drawn, thresholds)
    return tuple(
        NetBenefit(
            threshold,
            *(
                estimate.with_interval(float(value[0, place]), draws[:, place], reach=stretch)
                for value, draws in zip(of_one, of_draws, strict=True)
            ),
        )
        for place, threshold in enumerate(thresholds)
    )


def _curve(poor: OutOfFold, weights: Floats, thresholds: Sequence[float]) -> tuple[Floats, Floats]:
    """Net benefit (draws, thresholds) of the model and of acting on everybody."""
    patients = within_folds.sums(poor, np.ones_like(poor.prediction), weights)
    have = np.broadcast_to(poor.truth, poor.prediction.shape)
    share = within_folds.ratios(within_folds.sums(poor, have, weights), patients)
    model, everybody = [], []
    for threshold in thresholds:
        odds = threshold / (1 - threshold)
        acted = np.where(poor.prediction >= threshold - ROUNDING, have - (1 - have) * odds, 0.0)
        model.append(within_folds.average(within_folds.ratios(within_folds.sums(poor, acted, weights), patients)))
        everybody.append(within_folds.average(share - (1 - share) * odds))
    return np.column_stack(model), np.column_stack(everybody)
