"""Item 1 of the debate: shares out of sample, unique and shared parts, overlap; with intervals.

Estimand: what the procedure (this model, refitted to cohorts of this size) is expected to explain in new patients of
new groups, and how that is shared out among the families. Intervals are those of a cluster bootstrap of the out-of-fold
errors, widened for models that another cohort would have made different (see docs/decisions/0023).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

from therapport.explanation import shapley
from therapport.predictor.evidence import Figure
from training.shares import refits, worth
from training.shares.coalitions import Predictions
from training.shares.material import Material
from training.shares.progress import Done
from training.shares.results import FamilyShare, Overlap, Partition
from training.shares.worth import Measure, Worth

FloatArray = NDArray[np.float64]
DEFINED_SHARE = 0.95
"""Of the draws; below it there is no interval."""


@dataclass(frozen=True)
class Functionals:
    """The figures of a game as sums over coalition values, in a fixed order of columns."""

    families: int

    def table(self) -> FloatArray:
        """Shape (coalitions, figures): values @ table = shares, unique, shared, alone, overlaps, total."""
        count, everyone = self.families, (1 << self.families) - 1
        share = shapley.weights(count)
        unique, alone = np.zeros_like(share), np.zeros_like(share)
        for family in range(count):
            unique[everyone, family], unique[everyone ^ (1 << family), family] = 1.0, -1.0
            alone[1 << family, family], alone[0, family] = 1.0, -1.0
        total = np.zeros((1 << count, 1))
        total[everyone, 0], total[0, 0] = 1.0, -1.0
        overlap = -shapley.interaction_weights(count)
        return np.hstack([share, unique, share - unique, alone, overlap, total])

    def parted(self, figures: list[Figure]) -> tuple[list[Figure], ...]:
        """Back from one row to shares, unique, shared, alone, overlaps and [total]."""
        ends = np.cumsum([self.families] * 4 + [len(shapley.pairs(self.families)), 1])
        return tuple(figures[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True))


def widening(material: Material, *, draws: int, seed: int, done: Done = lambda: None) -> FloatArray:
    """For each figure: how much wider intervals become when a linear model is refitted to every draw; at least 1."""
    fixed, refitted = refits.drawn(material, draws=draws, seed=seed, done=done)
    table = Functionals(len(material.families)).table()
    narrow, wide = (np.nanstd(values @ table, axis=0, ddof=1) for values in (fixed, refitted))
    ratio = np.divide(wide, narrow, out=np.ones_like(wide), where=narrow > 0)
    return np.asarray(np.maximum(ratio, 1.0))


def resampled(material: Material) -> float:
    """What Nadeau and Bengio's correction widens by, given folds and repeats: for models that are not refitted."""
    repeats, folds = len(material.fold), len(np.unique(material.fold[0]))
    return float(np.sqrt(1 / repeats + folds / (folds - 1)))


def partition(predictions: Predictions, measure: Measure, *, widened: FloatArray, draws: int, seed: int) -> Partition:
    """Share out one measure; `widened` holds a factor for each figure's interval."""
    game = worth.worth(predictions, measure)
    material = predictions.material
    if predictions.model != "linear":
        widened = np.maximum(widened, resampled(material))
    drawn = worth.draws(game.groups, number=draws, seed=seed)
    figures = _figures(game, drawn, widened, len(material.families))
    share, unique, shared, alone, overlap, (total,) = Functionals(len(material.families)).parted(figures)
    pairs = shapley.pairs(len(material.families))
    return Partition(
        measure=measure,
        total=total,
        families={
            family: FamilyShare(share=share[place], unique=unique[place], shared=shared[place], alone=alone[place])
            for place, family in enumerate(material.families)
        },
        overlaps=tuple(
            Overlap(one=material.families[one], other=material.families[other], overlap=figure)
            for (one, other), figure in zip(pairs, overlap, strict=True)
        ),
        widened=float(widened[-1]),
    )


def _figures(game: Worth, drawn: FloatArray, widened: FloatArray, families: int) -> list[Figure]:
    table = Functionals(families).table()
    values, each = game.value @ table, game.of(drawn) @ table
    return [figure(*one, game.groups) for one in zip(values, each.T, widened, strict=True)]


def figure(value: float, drawn: FloatArray, widened: float, groups: int) -> Figure:
    """Value -/+ t x widened standard deviation of the draws, for so many groups; none where too few draws define it.

    With few groups a bootstrap of groups is too narrow: t on groups - 1 degrees of freedom, and the spread that a
    draw of n from n lacks (Cameron, Gelbach and Miller 2008).
    """
    defined = drawn[~np.isnan(drawn)]
    if len(defined) < DEFINED_SHARE * len(drawn):
        return Figure(value=float(value))
    spread = float(defined.std(ddof=1)) * np.sqrt(groups / (groups - 1))
    half = float(t.ppf(0.975, groups - 1) * widened * spread)
    return Figure(value=float(value), low=float(value) - half, high=float(value) + half)
