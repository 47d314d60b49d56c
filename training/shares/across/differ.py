"""Whether shares differ between kinds of delivery: a permutation test, corrected for all families and splits at once.

In a small stratum a model learns from fewer patients and explains less. So the strata are held against strata of the
same sizes to which patients were dealt anew, with the same linear model: that is the only difference that counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from therapport.explanation import shapley
from training.shares import linear
from training.shares.across.results import DifferentShare
from training.shares.material import Material, Part
from training.shares.progress import Reached

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
PERMUTATIONS = 199
JOBS = 10
"""Steps of progress."""
NOBODY = -1


@dataclass(frozen=True)
class _Game:
    """One split: what a linear model reads, and who is in which stratum."""

    columns: FloatArray
    outcome: FloatArray
    """Both cleared of the means of the strata, which are no part of what a stratum explains."""
    mask: BoolArray
    fold: IntArray
    stratum: IntArray
    """-1 for those in none; shape (patients,)."""
    cluster: IntArray
    weights: FloatArray
    """Of Shapley, shape (coalitions, families)."""

    def statistic(self, stratum: IntArray) -> FloatArray:
        """Standard deviation of each family's shares over the strata, weighted by patients; shape (families,)."""
        sizes = np.bincount(stratum[stratum >= 0])
        shares = np.array([self._shares(stratum == one) for one in range(len(sizes))])
        weight = (sizes / sizes.sum())[:, np.newaxis]
        mean = (weight * shares).sum(axis=0)
        return np.asarray(np.sqrt((weight * (shares - mean) ** 2).sum(axis=0)))

    def _shares(self, own: BoolArray) -> FloatArray:
        gained, base = np.zeros(len(self.mask)), 0.0
        for number in np.unique(self.fold):
            seen, tested = own & (self.fold != number), own & (self.fold == number)
            if not seen.any() or not tested.any():
                continue
            fitted = linear.fit(self.columns[seen], self.outcome[seen], self.mask, binary=False)
            truth = self.outcome[tested]
            off = (truth - self.outcome[seen].mean()) ** 2
            error = (truth[:, np.newaxis] - fitted.predict(self.columns[tested])) ** 2
            gained += (off[:, np.newaxis] - error).sum(axis=0)
            base += float(off.sum())
        return np.asarray((gained / base if base > 0 else gained) @ self.weights)


def differ(
    material: Material,
    splits: Mapping[str, Mapping[str, BoolArray]],
    *,
    seed: int,
    permutations: int = PERMUTATIONS,
    reached: Reached = lambda _: None,
) -> tuple[DifferentShare, ...]:
    """Every family in every split (split -> kind -> its patients) of at least two kinds.

    For an outcome that happens or not, a linear probability model stands in for the logistic one.
    """
    games = {name: _game(material, list(kinds.values())) for name, kinds in splits.items() if len(kinds) > 1}
    if not games:
        return ()
    observed = np.concatenate([game.statistic(game.stratum) for game in games.values()])
    seeds = np.random.SeedSequence(seed).spawn(permutations)
    chunks = [seeds[start::JOBS] for start in range(JOBS)]
    rows = []
    parallel = Parallel(n_jobs=-1, return_as="generator")
    for chunk in parallel(delayed(_dealt)(list(games.values()), chunk) for chunk in chunks if chunk):
        rows.append(chunk)
        reached(len(rows) / JOBS)
    dealt = np.vstack(rows)
    alone, adjusted = p_values(observed, dealt)
    names = [(split, family) for split in games for family in material.families]
    return tuple(
        DifferentShare(split=split, family=family, spread=float(value), p_value=float(p), adjusted=float(corrected))
        for (split, family), value, p, corrected in zip(names, observed, alone, adjusted, strict=True)
    )


def p_values(observed: FloatArray, dealt: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Of statistics (tests,) among those of permutations (permutations, tests): alone, and by the largest of all.

    Single-step maxT on statistics standardised by their permutations (Westfall and Young 1993).
    """
    center, spread = dealt.mean(axis=0), dealt.std(axis=0, ddof=1)
    spread = np.where(spread > 0, spread, np.inf)
    largest = ((dealt - center) / spread).max(axis=1)
    standard = (observed - center) / spread
    count = len(dealt) + 1
    alone = (1 + (dealt >= observed).sum(axis=0)) / count
    return alone, (1 + (largest[:, np.newaxis] >= standard).sum(axis=0)) / count


def dealt_anew(stratum: IntArray, cluster: IntArray, generator: np.random.Generator) -> IntArray:
    """Strata dealt anew among those who are in one.

    Within groups where groups hold several kinds; else a group takes the kinds of another, so that a kind that is
    given to whole groups stays with whole groups.
    """
    new, inside = stratum.copy(), np.flatnonzero(stratum >= 0)
    order = inside[np.argsort(cluster[inside], kind="stable")]
    blocks = np.split(order, np.flatnonzero(np.diff(cluster[order])) + 1)
    mixed = sum(len(block) for block in blocks if len(np.unique(stratum[block])) > 1)
    if 2 * mixed >= len(inside):
        for block in blocks:
            new[block] = generator.permutation(stratum[block])
        return new
    for block, other in zip(blocks, generator.permutation(len(blocks)), strict=True):
        new[block] = np.resize(stratum[blocks[other]], len(block))
    return new


def _dealt(games: Sequence[_Game], seeds: Sequence[np.random.SeedSequence]) -> FloatArray:
    rows = []
    for seed in seeds:
        generator = np.random.default_rng(seed)
        rows.append(
            np.concatenate([game.statistic(dealt_anew(game.stratum, game.cluster, generator)) for game in games])
        )
    return np.array(rows)


def _game(material: Material, kinds: Sequence[BoolArray]) -> _Game:
    """Encoded once for everyone, without a look at the outcome; the same for the strata as they are and as dealt."""
    everyone = np.arange(len(material.target.outcome))
    inputs = material.inputs(Part(0, 0, everyone, everyone), impute=True)
    stratum = np.full(len(everyone), NOBODY)
    columns, outcome = inputs.seen.copy(), material.target.outcome.copy()
    for place, own in enumerate(kinds):
        stratum[own] = place
        columns[own] -= columns[own].mean(axis=0)
        outcome[own] -= outcome[own].mean()
    families = len(material.families)
    return _Game(
        columns, outcome, inputs.mask(families), material.fold[0], stratum, material.cluster, shapley.weights(families)
    )
