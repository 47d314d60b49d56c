"""What a set of families is worth: R2, scaled Brier or AUC within folds, for everyone and for groups drawn again.

Each is a sum of quotients of sums over patients. So what counts is kept per group once, a bootstrap draw is one product
of matrices, and no prediction is looked at twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from training.shares.coalitions import Predictions

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Measure = Literal["r2", "scaled_brier", "auc"]
CHANCE = 0.5
AT_ONCE = 200
"""Draws that are held in memory together."""


@dataclass(frozen=True)
class Quotient:
    """Sums over the patients of each group in one fold: numerator (groups, coalitions) over denominator (groups,)."""

    numerator: FloatArray
    denominator: FloatArray

    def of(self, weights: FloatArray) -> FloatArray:
        """(draws, groups) -> (draws, coalitions); NaN for a draw whose denominator is not above 0."""
        below = weights @ self.denominator
        undefined = np.full((len(weights), self.numerator.shape[1]), np.nan)
        above, defined = weights @ self.numerator, (below > 0)[:, np.newaxis]
        return np.asarray(np.divide(above, below[:, np.newaxis], out=undefined, where=defined))


@dataclass(frozen=True)
class Fold:
    """One fold of one repeat: which groups it tests, and the quotients whose sum, less the rest, is its worth."""

    groups: IntArray
    quotients: tuple[Quotient, ...]
    less: FloatArray
    """Shape (coalitions,)."""

    def of(self, weights: FloatArray) -> FloatArray:
        """(draws, all groups) -> (draws, coalitions)."""
        own = weights[:, self.groups]
        return np.asarray(sum(one.of(own) for one in self.quotients) - self.less)


@dataclass(frozen=True)
class Worth:
    """The worth of every coalition on one measure."""

    measure: Measure
    folds: tuple[Fold, ...]
    groups: int

    def of(self, weights: FloatArray) -> FloatArray:
        """Mean over the folds that define it, (draws, groups) -> (draws, coalitions)."""
        return np.vstack([self._of(weights[start : start + AT_ONCE]) for start in range(0, len(weights), AT_ONCE)])

    def _of(self, weights: FloatArray) -> FloatArray:
        total, defined = np.zeros((len(weights), self.coalitions)), np.zeros((len(weights), self.coalitions))
        for fold in self.folds:
            each = fold.of(weights)
            total += np.nan_to_num(each)
            defined += ~np.isnan(each)
        return np.divide(total, defined, out=np.full_like(total, np.nan), where=defined > 0)

    @property
    def coalitions(self) -> int:
        """How many columns there are."""
        return len(self.folds[0].less)

    @property
    def value(self) -> FloatArray:
        """For everyone as they are, shape (coalitions,)."""
        return np.asarray(self.of(np.ones((1, self.groups)))[0])

    @property
    def by_fold(self) -> FloatArray:
        """Shape (folds of all repeats, coalitions)."""
        everyone = np.ones((1, self.groups))
        return np.vstack([fold.of(everyone) for fold in self.folds])


def measures(*, binary: bool) -> tuple[Measure, ...]:
    """The first is a share of squared error, in which the game is played for every outcome."""
    return ("scaled_brier", "auc") if binary else ("r2",)


def worth(predictions: Predictions, measure: Measure) -> Worth:
    """The worth of all coalitions; for squared errors that of no family is 0, for the AUC worth is what exceeds .5."""
    cluster = predictions.material.cluster
    make = _auc if measure == "auc" else _gain
    folds = tuple(make(predictions, repeat, places) for repeat, places in _members(predictions))
    return Worth(measure, folds, int(cluster.max()) + 1)


def of_gains(gain: FloatArray, base: FloatArray, fold: IntArray, cluster: IntArray) -> Worth:
    """The same of gains (repeats, patients, columns) over base errors (repeats, patients)."""
    folds = []
    for repeat, numbers in enumerate(fold):
        for number in np.unique(numbers):
            places = np.flatnonzero(numbers == number)
            folds.append(_quotient_fold(gain[repeat, places], base[repeat, places], cluster[places]))
    return Worth("r2", tuple(folds), int(cluster.max()) + 1)


def draws(groups: int, *, number: int, seed: int) -> FloatArray:
    """How often each group is drawn, with replacement, shape (draws, groups)."""
    generator = np.random.default_rng(seed)
    return generator.multinomial(groups, np.full(groups, 1 / groups), size=number).astype(np.float64)


def _members(predictions: Predictions) -> Iterator[tuple[int, IntArray]]:
    return ((part.repeat, part.tested) for part in predictions.material.parts())


def _gain(predictions: Predictions, repeat: int, places: IntArray) -> Fold:
    truth = predictions.material.target.outcome[places]
    base = (truth - predictions.training_mean[repeat, places]) ** 2
    error = (truth[:, np.newaxis] - predictions.prediction[repeat, places].astype(np.float64)) ** 2
    gain = base[:, np.newaxis] - error
    gain[:, 0] = 0.0  # the mean of those seen, in single precision
    return _quotient_fold(gain, base, predictions.material.cluster[places])


def _auc(predictions: Predictions, repeat: int, places: IntArray) -> Fold:
    """The AUC by its placement values, so that it too is a mean over patients (DeLong 1988)."""
    truth = predictions.material.target.outcome[places] == 1
    score, cluster = predictions.prediction[repeat, places], predictions.material.cluster[places]
    responders, others = int(truth.sum()), int((~truth).sum())
    coalitions = score.shape[1]
    place: FloatArray = np.full((len(places), coalitions), CHANCE)
    if responders and others:
        among_all = rankdata(score, axis=0)
        place[truth] = (among_all[truth] - rankdata(score[truth], axis=0)) / others
        place[~truth] = 1 - (among_all[~truth] - rankdata(score[~truth], axis=0)) / responders
    groups, _ = np.unique(cluster, return_inverse=True)
    quotients = tuple(
        _quotient(np.where(kind[:, np.newaxis], place, 0.0), kind.astype(np.float64), cluster)
        for kind in (truth, ~truth)
    )
    middle = place[truth].mean(axis=0) if responders else np.full(coalitions, CHANCE)
    return Fold(groups, quotients, middle + CHANCE)


def _quotient_fold(gain: FloatArray, base: FloatArray, cluster: IntArray) -> Fold:
    return Fold(np.unique(cluster), (_quotient(gain, base, cluster),), np.zeros(gain.shape[1]))


def _quotient(above: FloatArray, below: FloatArray, cluster: IntArray) -> Quotient:
    groups, place = np.unique(cluster, return_inverse=True)
    numerator, denominator = np.zeros((len(groups), above.shape[1])), np.zeros(len(groups))
    np.add.at(numerator, place, above)
    np.add.at(denominator, place, below)
    return Quotient(numerator, denominator)
