"""Which candidate to keep: the simplest one that is not shown to be worse than the best."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from therapport.performance import estimate, reach, within_folds
from therapport.performance.binary import check_binary
from therapport.performance.estimate import Estimate
from therapport.performance.out_of_fold import Floats, OutOfFold

Loss = Literal["brier", "squared_error"]
"""The same square: of a probability's error, or of points."""


@dataclass(frozen=True)
class Choice:
    """The candidate to keep, and what the others would have cost or brought."""

    chosen: str
    best: str
    """The candidate of lowest mean loss."""
    differences: dict[str, Estimate]
    """Candidate -> its mean loss minus that of the best; zero for the best itself."""


def paired_difference(a: OutOfFold, b: OutOfFold, weights: ArrayLike, *, loss: Loss) -> Estimate:
    """Mean loss of a minus that of b, over the same draws of the same patients: below zero, a is better.

    Means are taken within folds, so that the difference of two Brier scores is that of the two reported figures.

    Raises ValueError if the patients differ, or do not fit the loss.
    """
    if not np.array_equal(a.truth, b.truth):
        raise ValueError("only predictions for the same patients, in the same order, can be compared")
    checked = estimate.check_weights(a, weights)
    value = _mean_loss(a, loss) - _mean_loss(b, loss)
    drawn = _drawn_loss(a, checked, loss) - _drawn_loss(b, checked, loss)
    return estimate.with_interval(value, drawn, reach=reach.of(a, checked))


def paired_differences(
    candidates: Mapping[str, OutOfFold], baselines: Sequence[str], weights: ArrayLike, *, loss: Loss
) -> dict[str, dict[str, Estimate]]:
    """Candidate -> baseline -> `paired_difference`, for baselines that are among the candidates.

    Raises ValueError if the patients differ, or do not fit the loss.
    """
    first = next(iter(candidates.values()))
    if not all(np.array_equal(one.truth, first.truth) for one in candidates.values()):
        raise ValueError("only predictions for the same patients, in the same order, can be compared")
    checked = estimate.check_weights(first, weights)
    drawn = {name: _drawn_loss(one, checked, loss) for name, one in candidates.items()}
    mean = {name: _mean_loss(one, loss) for name, one in candidates.items()}
    stretch = reach.of(first, checked)
    return {
        name: {
            base: estimate.with_interval(mean[name] - mean[base], drawn[name] - drawn[base], reach=stretch)
            for base in baselines
            if base in candidates
        }
        for name in candidates
    }


def simplest_unbeaten(candidates: Mapping[str, OutOfFold], weights: ArrayLike, *, loss: Loss) -> Choice:
    """The first candidate whose difference to the best has an interval that contains zero, or the best itself.

    The candidates are ordered from the simplest to the most complex; of equally good ones, the simplest is the best.

    Raises ValueError if there are no candidates, or they cannot be compared.
    """
    if not candidates:
        raise ValueError("no candidates to choose from")
    best = min(candidates, key=lambda name: _mean_loss(candidates[name], loss))
    differences = {
        name: paired_difference(candidate, candidates[best], weights, loss=loss)
        for name, candidate in candidates.items()
    }
    chosen = next(name for name in candidates if name == best or differences[name].contains(0))
    return Choice(chosen=chosen, best=best, differences=differences)


def _mean_loss(out_of_fold: OutOfFold, loss: Loss) -> float:
    return float(_drawn_loss(out_of_fold, np.ones((1, out_of_fold.patients)), loss)[0])


def losses(out_of_fold: OutOfFold, loss: Loss) -> Floats:
    """The loss of every prediction, (repeats, patients); ValueError if it does not fit them."""
    if loss not in ("brier", "squared_error"):
        raise ValueError(f"unknown loss {loss}; known: brier, squared_error")
    if loss == "brier":
        check_binary(out_of_fold)
    return np.asarray((out_of_fold.truth - out_of_fold.prediction) ** 2)


def _drawn_loss(out_of_fold: OutOfFold, weights: Floats, loss: Loss) -> Floats:
    return within_folds.average(within_folds.means(out_of_fold, losses(out_of_fold, loss), weights))
