"""How far two distributions over the same cells lie apart, and how far chance alone would put them."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Counts = NDArray[np.int64]
Verdict = Literal["as before", "within chance", "watch", "shifted", "too few"]
WATCH, SHIFTED = 0.1, 0.25
"""Customary limits of the population stability index; they come from credit scoring and no theory."""
LEVEL = 0.99
FEWEST = 50


@dataclass(frozen=True)
class Distance:
    """Between the training cohort and what was scored."""

    psi: float
    """Population stability index: sum of (now - then) * log(now / then)."""
    ks: float
    """The largest difference of the cumulative shares over the cells."""
    chance: float
    """So large the index gets in 1 of 100 comparisons in which nothing has changed."""

    def verdict(self, patients: int) -> Verdict:
        """In one word."""
        if patients < FEWEST:
            return "too few"
        if self.psi < WATCH:
            return "as before"
        if self.psi <= self.chance:
            return "within chance"
        return "shifted" if self.psi >= SHIFTED else "watch"


def distance(shares: tuple[float, ...], then: int, counts: Counts) -> Distance:
    """Of counts now from the shares of `then` patients, cell by cell; half a patient is added to each cell.

    Without a change the index times n * N / (n + N) is about chi-squared with cells - 1 degrees of freedom
    (Yurdakul and Naranjo 2020).
    """
    now, cells = int(counts.sum()), len(shares)
    whole = np.asarray(shares) / max(sum(shares), 1e-12)
    before = (whole * then + 0.5) / (then + 0.5 * cells)
    after = (counts + 0.5) / (now + 0.5 * cells)
    psi = float(((after - before) * np.log(after / before)).sum())
    plain = counts / max(now, 1)
    ks = float(np.abs(np.cumsum(plain - whole)).max())
    chance = float(stats.chi2.ppf(LEVEL, cells - 1) * (1 / max(now, 1) + 1 / max(then, 1))) if cells > 1 else 0.0
    return Distance(psi, ks, chance)
