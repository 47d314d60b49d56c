"""Total, direct and mediated parts of a linear path, from second moments alone.

Every stage is regressed on the background, on where the path begins and on all stages before it. Then the parts of
least squares add up exactly: total = direct + what passes through each stage (MacKinnon 2008, on three-path models
Taylor, MacKinnon and Tein 2008). What passes through a stage is what the coefficient of a beginning loses when that
stage is added to the stages before it: everything that runs through it and not through an earlier one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
STEADYING = 1e-9


@dataclass(frozen=True)
class Layout:
    """Where in the moments everything stands; place 0 is the constant."""

    background: tuple[int, ...]
    first: tuple[int, ...]
    stages: tuple[tuple[int, ...], ...]
    outcome: int
    doors: tuple[int, ...] = ()
    """Products of technique and resistance, if there are any."""


@dataclass(frozen=True)
class Effects:
    """Coefficients in the units of the columns; arrays over beginnings have shape (first,)."""

    total: FloatArray
    direct: FloatArray
    through: FloatArray
    """Shape (stages, first)."""
    chain: FloatArray
    """Through all stages one after the other."""
    arrows: FloatArray
    """Every path coefficient, in the order of `arrows`."""
    rho: FloatArray
    """Shape (stages,): the partial correlation of a stage's part of the outcome with the outcome."""
    doors: FloatArray
    """Coefficients of the products."""

    @property
    def mediated(self) -> FloatArray:
        """Through whatever stage, shape (first,)."""
        return np.asarray(self.through.sum(axis=0))

    def row(self) -> FloatArray:
        """All figures one after the other, for a bootstrap."""
        parts = (self.total, self.direct, self.mediated, self.through, self.chain, self.arrows, self.rho, self.doors)
        return np.concatenate([part.ravel() for part in parts])


def regress(moments: FloatArray, predictors: Sequence[int], targets: Sequence[int]) -> FloatArray:
    """Least squares, shape (predictors, targets)."""
    held = list(predictors)
    system = moments[np.ix_(held, held)] + STEADYING * np.eye(len(held))
    return np.asarray(np.linalg.solve(system, moments[np.ix_(held, list(targets))]))


def arrows(layout: Layout) -> tuple[tuple[int, int], ...]:
    """(from, to) of every path coefficient: into each stage and the outcome from all that comes before."""
    before, found = list(layout.first), []
    for stage in (*layout.stages, (layout.outcome,)):
        found += [(source, target) for target in stage for source in before]
        before += stage
    return tuple(found)


def effects(moments: FloatArray, layout: Layout) -> Effects:
    """Every part of the path."""
    fixed = (0, *layout.background)
    outcome = (layout.outcome,)
    held, coefficients, paths, rho = [*fixed, *layout.first], [], [], []
    begin = slice(len(fixed), len(fixed) + len(layout.first))
    chain, previous = np.eye(len(layout.first)), layout.first
    for stage in layout.stages:
        coefficients.append(regress(moments, held, outcome)[begin, 0])
        into = regress(moments, held, stage)
        paths.append(into[len(fixed) :].T.ravel())
        chain = chain @ into[-len(previous) :]
        rho.append(_partial(moments, held, stage, layout.outcome))
        previous = stage
        held += stage
    last = regress(moments, held, outcome)[:, 0]
    coefficients.append(last[begin])
    paths.append(last[len(fixed) :])
    steps = np.array(coefficients)
    with_doors = regress(moments, [*held, *layout.doors], outcome)[:, 0]
    return Effects(
        total=steps[0],
        direct=steps[-1],
        through=steps[:-1] - steps[1:],
        chain=np.asarray(chain @ last[-len(previous) :]),
        arrows=np.concatenate(paths),
        rho=np.array(rho),
        doors=with_doors[len(held) :],
    )


def _partial(moments: FloatArray, held: Sequence[int], stage: Sequence[int], outcome: int) -> float:
    """Partial correlation of the outcome with what the stage says of it, given what comes before (never below 0)."""
    left = [*stage, outcome]
    onto = regress(moments, held, left)
    rest = moments[np.ix_(left, left)] - moments[np.ix_(left, list(held))] @ onto
    own, with_outcome = rest[:-1, :-1], rest[:-1, -1]
    explained = with_outcome @ np.linalg.solve(own + STEADYING * np.eye(len(own)), with_outcome)
    return float(np.sqrt(np.clip(explained / max(rest[-1, -1], STEADYING), 0.0, 1.0)))
