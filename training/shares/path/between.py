"""The path between patients, with one value per factor; and apart, of patients of one therapist and of therapists."""

from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from therapport.predictor.evidence import Figure
from training.shares import worth
from training.shares.path import bootstrap, effects
from training.shares.path.effects import Effects, Layout
from training.shares.path.moments import Incomplete
from training.shares.progress import Reached

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
MOST_DRAWS = 300
"""With gaps in the data every draw takes some iterations."""
SAME = 0.999
"""Share of variance between therapists from which on a factor is the therapist's own."""
FEWEST_THERAPISTS_PER_FACTOR = 5


@dataclass(frozen=True)
class Fitted:
    """Effects in everyone, and a figure for each of them in the order of `Effects.row`."""

    effects: Effects
    figures: list[Figure]
    moments: FloatArray

    def parts(self) -> tuple[list[Figure], ...]:
        """Total, direct, mediated, through (stage by stage), chain, arrows, rho, doors."""
        found = self.effects
        sizes = [part.size for part in (found.total, found.direct, found.mediated, found.through, found.chain)]
        ends = np.cumsum([*sizes, found.arrows.size, found.rho.size, found.doors.size])
        return tuple(self.figures[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True))


def fit(
    values: FloatArray, layout: Layout, cluster: IntArray, *, draws: int, seed: int, reached: Reached = lambda _: None
) -> Fitted:
    """`values` (patients, columns) with NaN for missing; column i is place i + 1 of the layout."""
    held = Incomplete.of(values)
    whole = held.moments()
    found = effects.effects(_in_deviations(whole, layout), layout)
    groups = int(cluster.max()) + 1
    weights = worth.draws(groups, number=min(draws, MOST_DRAWS), seed=seed)
    drawn = []
    parallel = Parallel(n_jobs=-1, return_as="generator")
    for row in parallel(delayed(_row)(held, layout, one[cluster], whole) for one in weights):
        drawn.append(row)
        reached(len(drawn) / len(weights))
    return Fitted(found, bootstrap.figures(found.row(), np.array(drawn), groups), whole)


def _row(held: Incomplete, layout: Layout, weight: FloatArray, start: FloatArray) -> FloatArray:
    return effects.effects(_in_deviations(held.moments(weight, start=start), layout), layout).row()


def _in_deviations(moments: FloatArray, layout: Layout) -> FloatArray:
    """In standard deviations of the very patients that were drawn; products are left as they are."""
    scale = _scale(moments)
    scale[list(layout.doors)] = 1.0
    return np.asarray(moments / np.outer(scale, scale))


def _scale(moments: FloatArray) -> FloatArray:
    scale = np.sqrt(np.maximum(np.diag(moments) - moments[0] ** 2, 1e-12))
    scale[0] = 1.0
    return np.asarray(scale)


@dataclass(frozen=True)
class AtLevels:
    """One beginning: share of variance between therapists, total within, total between."""

    between_share: float
    within: Figure | None
    between: Figure


def levels(
    values: FloatArray,
    layout: Layout,
    *,
    therapist: IntArray,
    cluster: IntArray,
    draws: int,
    seed: int,
    reached: Reached = lambda _: None,
) -> list[AtLevels] | None:
    """Mundlak's (1978) regression: each beginning beside its mean over the patients of a therapist.

    None where there are too few therapists for it.
    """
    count = int(therapist.max()) + 1
    if count < FEWEST_THERAPISTS_PER_FACTOR * (1 + len(layout.first)) or count == len(therapist):
        return None
    held = Incomplete.of(values)
    filled = held.expected(held.moments())[:, list(layout.first)]
    size = np.bincount(therapist)
    mean = np.column_stack([np.bincount(therapist, weights=one) / size for one in filled.T])[therapist]
    shares = [_icc(one, therapist) for one in filled.T]
    inner = [place for place, share in zip(layout.first, shares, strict=True) if share < SAME]
    both = Incomplete.of(np.column_stack([values, mean]))
    added = tuple(range(values.shape[1] + 1, values.shape[1] + 1 + mean.shape[1]))
    predictors = (0, *layout.background, *inner, *added)
    groups = int(cluster.max()) + 1

    def row(weight: FloatArray | None, start: FloatArray | None) -> FloatArray:
        moments = both.moments(weight, start=start)
        scale = _scale(moments)
        scale[list(added)] = scale[list(layout.first)]
        found = effects.regress(moments / np.outer(scale, scale), predictors, (layout.outcome,))[:, 0]
        within = found[1 + len(layout.background) : -len(added)]
        between = found[-len(added) :].copy()
        between[[layout.first.index(place) for place in inner]] += within
        return np.concatenate([within, between])

    start = both.moments()
    weights = worth.draws(groups, number=min(draws, MOST_DRAWS), seed=seed)
    drawn = []
    for one in weights:
        drawn.append(row(one[cluster], start))
        reached(len(drawn) / len(weights))
    figures = bootstrap.figures(row(None, start), np.array(drawn), groups)
    of_inner = dict(zip(inner, figures, strict=False))
    return [
        AtLevels(share, of_inner.get(place), between)
        for place, share, between in zip(layout.first, shares, figures[len(inner) :], strict=True)
    ]


def _icc(values: FloatArray, group: IntArray) -> float:
    """ICC1 from a one-way analysis of variance with unequal groups, never below 0 (Donner 1986)."""
    size = np.bincount(group)
    mean = np.bincount(group, weights=values) / size
    groups, patients = len(size), len(values)
    between = float(size @ (mean - values.mean()) ** 2) / (groups - 1)
    within = float(((values - mean[group]) ** 2).sum()) / max(patients - groups, 1)
    usual = (patients - float(size @ size) / patients) / (groups - 1)
    return max(0.0, (between - within) / (between + (usual - 1) * within)) if between > 0 else 0.0
