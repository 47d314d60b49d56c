"""What another cohort would have changed: linear models refitted to groups drawn with replacement, in the same folds.

A group that is drawn twice counts twice where it is learned from and where it is tested, always in the same fold, so
that no patient is predicted by a model that met the patient's copy. Beside it the same draws with the models as they
are: the ratio of the two spreads is what fixed models leave out.
"""

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.special import expit

from training.shares import linear, progress, worth
from training.shares.material import Material, Part
from training.shares.progress import Done

FloatArray = NDArray[np.float64]
WEIGHT = 6
"""Steps of progress for each fold."""


def drawn(material: Material, *, draws: int, seed: int, done: Done = lambda: None) -> tuple[FloatArray, FloatArray]:
    """R2 (or scaled Brier) of every coalition, shape (draws, coalitions): models as they are, and models refitted.

    The first repeat's folds. A step of the infinitesimal jackknife stands in for each refit.
    """
    groups = int(material.cluster.max()) + 1
    weights = worth.draws(groups, number=draws, seed=seed)
    parts = [part for part in material.parts() if part.repeat == 0]
    each = []
    for one in Parallel(n_jobs=-1, return_as="generator")(delayed(_part)(material, part, weights) for part in parts):
        each.append(one)
        progress.many(done, WEIGHT)
    fixed, refitted = (np.array([one[kind] for one in each]) for kind in (0, 1))
    return _mean(fixed), _mean(refitted)


def steps(folds: int) -> int:
    """How many times `drawn` reports progress, for so many folds of one repeat."""
    return folds * WEIGHT


def _part(material: Material, part: Part, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    inputs, outcome = material.inputs(part, impute=True), material.target.outcome
    seen, truth = outcome[part.seen], outcome[part.tested]
    fitted = linear.fit(inputs.seen, seen, inputs.mask(len(material.families)), binary=material.binary)
    learned, tested = (weights[:, material.cluster[places]] for places in (part.seen, part.tested))
    mean = (learned @ seen) / np.maximum(learned.sum(axis=1), 1)
    group = material.cluster[part.seen]
    own, columns = linear.with_intercept(inputs.seen), linear.with_intercept(inputs.tested)
    found = np.zeros((2, len(weights), material.coalitions))
    base = ((truth - seen.mean()) ** 2, (truth - mean[:, np.newaxis]) ** 2)
    as_they_are = (truth[:, np.newaxis] - fitted.predict(inputs.tested)) ** 2
    below = tested @ base[0]
    found[0] = 1 - _quotient(tested @ as_they_are, below[:, np.newaxis])
    below = np.einsum("dp,dp->d", tested, base[1])
    for coalition in range(1, material.coalitions):
        score = linear.steps(fitted, own, seen, coalition, weights, group) @ columns.T
        error = (truth - (expit(score) if material.binary else score)) ** 2
        found[1, :, coalition] = 1 - _quotient(np.einsum("dp,dp->d", tested, error), below)
    found[:, :, 0] = 0.0
    return found[0], found[1]


def _quotient(above: FloatArray, below: FloatArray) -> FloatArray:
    undefined = np.full(np.broadcast_shapes(above.shape, below.shape), np.nan)
    return np.asarray(np.divide(above, below, out=undefined, where=below > 0))


def _mean(folds: FloatArray) -> FloatArray:
    """Over the folds that a draw defines, (folds, draws, coalitions) -> (draws, coalitions)."""
    defined = ~np.isnan(folds)
    return np.asarray(np.where(defined, folds, 0.0).sum(axis=0) / np.maximum(defined.sum(axis=0), 1))
