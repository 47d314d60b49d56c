"""How far an interval reaches: what draws of whole clusters leave out where clusters are few, or a fold has few."""

import math

import numpy as np
from scipy.stats import t

from therapport.performance.bootstrap import FEWEST_CLUSTERS
from therapport.performance.out_of_fold import Floats, Integers, OutOfFold

TAIL = 0.025
ALIKE = 0.05
"""Assumed correlation of two patients of one cluster; .01 or .2 would change the reach by a tenth at most."""
ROUNDING = 1e-9
MANY = 400
"""Clusters beyond which folds leave nothing out that matters."""


def reach(cluster: Integers, fold: Integers, weights: Floats, counted: Floats | None = None) -> float:
    """Half the width of a 95 % interval in standard deviations of the draws: 1.96 of very many clusters, else more.

    `cluster` (patients,), `fold` (repeats, patients), `weights` (draws, patients) of the cluster bootstrap, `counted`
    (patients,) for how many each patient stands, one unless given. Infinite for one cluster.

    The draws of a figure that is a mean within folds vary too little: in each fold, clusters are held against the mean
    of the few that happen to be there, so that of 3 clusters a fold a third of the variance is lost, and more with
    several repeats. By how much, and how well so few clusters tell their own spread, follows from the design alone: for
    a mean within folds of a value whose variance in clusters is known, the variance of the figure, what the draws make
    of it, and Satterthwaite's degrees of freedom of the latter.

    Source: Bell and McCaffrey 2002, Imbens and Kolesár 2016 (doi:10.1162/REST_a_00552) for the variance of few clusters
    and its degrees of freedom; Rao and Wu 1988 for the bootstrap in strata.
    """
    _, first, place = np.unique(cluster, return_index=True, return_inverse=True)
    own_count = np.ones(len(cluster)) if counted is None else counted
    patients = np.bincount(place, weights=own_count)
    clusters = len(patients)
    if clusters < FEWEST_CLUSTERS:
        return float("inf")
    plain = math.sqrt(clusters / (clusters - 1)) * float(t.isf(TAIL, clusters - 1))
    if clusters > MANY or len(weights) < FEWEST_CLUSTERS:
        return plain
    error = np.sqrt(ALIKE + (1 - ALIKE) / patients)
    drawn = _shares(weights[:, first], place, fold, own_count) * error
    own = float((_shares(np.ones((1, clusters)), place, fold, own_count) ** 2 @ error**2)[0])
    drawn -= drawn.mean(axis=0)
    products = drawn @ drawn.T / (len(drawn) - 1)
    variance = float(np.trace(products))
    if variance < ROUNDING * own:  # all draws alike: nothing to stretch
        return plain
    # Of a finite number of draws, the square is too large by about one draw's share.
    inverse = float((products**2).sum()) / variance**2 - 1 / len(drawn)
    freedom = min(clusters - 1, 1 / inverse) if inverse > 0 else clusters - 1
    return math.sqrt(own / variance) * float(t.isf(TAIL, max(1.0, freedom)))


def of(out_of_fold: OutOfFold, weights: Floats, counted: Floats | None = None) -> float:
    """The reach of figures that are made of these predictions."""
    return reach(out_of_fold.cluster, out_of_fold.fold, weights, counted)


def _shares(counts: Floats, place: Integers, fold: Integers, counted: Floats) -> Floats:
    """What each cluster counts in the mean over folds of the means within them, (draws, clusters)."""
    shares, defined = np.zeros(counts.shape), np.zeros((len(counts), 1))
    for row in fold:
        for number in np.unique(row):
            inside = row == number
            patients = np.bincount(place[inside], weights=counted[inside], minlength=counts.shape[1])
            held = counts * patients
            total = held.sum(axis=1, keepdims=True)
            shares += np.divide(held, total, out=np.zeros_like(held), where=total > 0)
            defined += total > 0
    return np.asarray(shares / np.maximum(defined, 1))
