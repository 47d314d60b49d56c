"""Henderson's mixed-model equations for random intercepts, and the variances under which they are most likely."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
RIDGE = 1e-6
"""On fixed effects but the intercept: one-hot columns add up to the intercept, and would leave no unique solution."""
START, LEAST, MOST = 0.2, -9.0, 3.0
"""Of a random intercept's standard deviation over the residual one; the ends are logarithms."""


@dataclass(frozen=True)
class Components:
    """The solution of the equations at the most likely variances."""

    fixed: FloatArray
    effects: tuple[FloatArray, ...]
    """Each level's random intercepts, (groups,)."""
    ratios: FloatArray
    """Each level's standard deviation over the residual one, (levels,)."""
    residual: float
    """The residual standard deviation."""


@dataclass(frozen=True)
class Equations:
    """Weighted cross-products; patients themselves are gone, so that each trial of variances is cheap.

    The level with the most groups comes first in the equations: its block is diagonal and is eliminated by division.
    """

    patients: int
    columns: int
    order: tuple[int, ...]
    """The levels as given, in the order of the equations: the largest first."""
    groups: tuple[int, ...]
    own: FloatArray
    """Sum of weights in each group of the first level."""
    mixed: FloatArray
    """First level by the rest."""
    rest: FloatArray
    own_outcome: FloatArray
    rest_outcome: FloatArray
    outcome: float

    @classmethod
    def of(cls, fixed: FloatArray, outcome: FloatArray, levels: Sequence[IntArray], weight: FloatArray) -> "Equations":
        """The equations of patients; `fixed` (patients, columns) begins with the constant."""
        sizes = [int(codes.max()) + 1 for codes in levels]
        order = tuple(int(place) for place in np.argsort([-size for size in sizes], kind="stable"))
        others = [_indicators(levels[place], sizes[place]) for place in order[1:]]
        rest = np.column_stack([*others, fixed])
        weighted = rest * weight[:, np.newaxis]
        if order:
            first = levels[order[0]]
            own, own_outcome = _sums(first, weight), _sums(first, weight * outcome)
            mixed = np.zeros((sizes[order[0]], rest.shape[1]))
            np.add.at(mixed, first, weighted)
        else:
            own, own_outcome, mixed = np.empty(0), np.empty(0), np.empty((0, rest.shape[1]))
        return cls(
            patients=len(outcome),
            columns=fixed.shape[1],
            order=order,
            groups=tuple(sizes[place] for place in order),
            own=own,
            mixed=mixed,
            rest=rest.T @ weighted,
            own_outcome=own_outcome,
            rest_outcome=weighted.T @ outcome,
            outcome=float(weight @ outcome**2),
        )

    def solve(self, ratios: FloatArray) -> tuple[FloatArray, FloatArray, float, float]:
        """First level's effects, the other unknowns, the penalised sum of squares, the log-determinant.

        Both kinds of effects come back in units of the outcome. Raises LinAlgError where there is no solution.
        """
        ordered = ratios[list(self.order)]
        largest = float(ordered[0]) if len(ordered) else 0.0
        scale = np.concatenate(
            [*(np.full(size, ratio) for size, ratio in zip(self.groups[1:], ordered[1:], strict=True)),
             np.ones(self.columns)]
        )  # fmt: skip
        penalty = np.ones(len(scale))
        penalty[-self.columns :] = RIDGE
        penalty[-self.columns] = 0.0
        diagonal = 1 + largest**2 * self.own
        share = largest**2 / diagonal
        mixed = self.mixed * scale
        left = self.rest * np.outer(scale, scale) - mixed.T @ (mixed * share[:, np.newaxis]) + np.diag(penalty)
        right = self.rest_outcome * scale - mixed.T @ (share * self.own_outcome)
        factor = cho_factor(left)
        unknown = cho_solve(factor, right)
        effects = share * (self.own_outcome - mixed @ unknown)
        squares = self.outcome - float(share @ self.own_outcome**2) - float(right @ unknown)
        determinant = float(np.log(diagonal).sum() + 2 * np.log(np.diag(factor[0])).sum())
        return effects, unknown * scale, squares, determinant


def restricted_likelihood(
    equations: Equations, *, residual: float | None, start: FloatArray | None = None
) -> Components:
    """The most likely variances by restricted likelihood, and the effects under them.

    `residual` is the residual standard deviation where it is known (1 for the working outcome of a response), None
    where it is estimated too. The search is Nelder and Mead's; where it ends early, its best place is kept.
    Raises LinAlgError where there is no solution.
    """
    freedom = max(equations.patients - equations.columns, 1)

    def surprise(log_ratios: FloatArray) -> float:
        return deviance(equations, np.exp(np.clip(log_ratios, LEAST, MOST)), residual=residual)

    ratios = np.full(len(equations.order), START) if start is None else start
    if len(ratios):
        begin = np.log(np.maximum(ratios, np.exp(LEAST)))
        simplex = np.vstack([begin, *(begin + 0.5 * one for one in np.eye(len(begin)))])
        found = minimize(
            surprise,
            begin,
            method="Nelder-Mead",
            options={"initial_simplex": simplex, "xatol": 1e-3, "fatol": 1e-6, "maxfev": 150},
        )
        ratios = np.exp(np.clip(found.x, LEAST, MOST))
    own, unknown, squares, _ = equations.solve(ratios)
    others = np.split(unknown, np.cumsum(equations.groups[1:]))
    effects: list[FloatArray] = [np.empty(0)] * len(equations.order)
    for place, values in zip(equations.order, (own, *others[:-1]), strict=True) if equations.order else ():
        effects[place] = values
    size = float(np.sqrt(max(squares, 0.0) / freedom)) if residual is None else residual
    return Components(others[-1], tuple(effects), ratios, size)


def deviance(equations: Equations, ratios: FloatArray, *, residual: float | None) -> float:
    """Minus twice the restricted log-likelihood at these ratios, up to a constant; infinite without a solution.

    `residual` as `restricted_likelihood` has it.
    """
    try:
        _, _, squares, determinant = equations.solve(ratios)
    except np.linalg.LinAlgError:
        return np.inf
    if residual is None:
        freedom = max(equations.patients - equations.columns, 1)
        return freedom * float(np.log(max(squares, 1e-300))) + determinant
    return squares / residual**2 + determinant


def _sums(codes: IntArray, values: FloatArray) -> FloatArray:
    return np.asarray(np.bincount(codes, weights=values), dtype=np.float64)


def _indicators(codes: IntArray, groups: int) -> FloatArray:
    return np.asarray(codes[:, np.newaxis] == np.arange(groups), dtype=np.float64)
