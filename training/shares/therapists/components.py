"""Share of variance between therapists, and between sites, with profile-likelihood intervals."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.optimize import brentq, minimize_scalar

from therapport.models.variance_components import Components, Equations, deviance, restricted_likelihood
from therapport.predictor.evidence import Figure

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
DROP = float(stats.chi2.ppf(0.95, 1))
HIGHEST = 0.95
"""No share of variance between groups is looked for beyond this."""
WIDEST = 3.0
"""Largest standard deviation of another level over the residual one."""


@dataclass(frozen=True)
class Shares:
    """The first level's share, the second's if there is one, and the solution of the mixed model."""

    shares: tuple[Figure, ...]
    components: Components


def shares(fixed: FloatArray, outcome: FloatArray, levels: Sequence[IntArray]) -> Shares:
    """Restricted maximum likelihood; `fixed` (patients, columns) without the constant, `levels` one or two codings.

    A share is a level's variance over the sum of all variances. Its interval holds the values at which the profile of
    the restricted likelihood is not lower than chance allows (Venzon and Moolgavkar 1988); it may begin at 0.
    """
    columns = np.column_stack([np.ones(len(outcome)), fixed])
    equations = Equations.of(columns, outcome, levels, np.ones(len(outcome)))
    found = restricted_likelihood(equations, residual=None)
    variance = found.ratios**2
    estimate = variance / (1 + variance.sum())
    best = deviance(equations, found.ratios, residual=None)
    return Shares(tuple(_interval(equations, place, float(share), best) for place, share in enumerate(estimate)), found)


def _interval(equations: Equations, place: int, share: float, best: float) -> Figure:
    profile = {value: _profile(equations, place, value) for value in (share, 0.0)}
    # The search over all ratios may have stopped a hair above the profile.
    best = min(best, *profile.values())

    def above(value: float) -> float:
        return _profile(equations, place, value) - best - DROP

    low = 0.0 if profile[0.0] - best <= DROP else float(brentq(above, 0.0, share, xtol=1e-5))
    high = HIGHEST if above(HIGHEST) <= 0 else float(brentq(above, share, HIGHEST, xtol=1e-5))
    share = 0.0 if share < 1e-6 else share  # noqa: PLR2004 - where the search for ratios ends
    return Figure(value=share, low=min(low, share), high=high)


def _profile(equations: Equations, place: int, share: float) -> float:
    """The deviance at this share, least over the other level's variance."""
    levels = len(equations.order)

    def at(other: float) -> float:
        ratios = np.full(levels, other)
        rest = other**2 if levels > 1 else 0.0
        ratios[place] = np.sqrt(share / (1 - share) * (1 + rest))
        return deviance(equations, ratios, residual=None)

    if levels == 1:
        return at(0.0)
    found = minimize_scalar(at, bounds=(0.0, WIDEST), method="bounded", options={"xatol": 1e-4})
    return min(float(found.fun), at(0.0))
