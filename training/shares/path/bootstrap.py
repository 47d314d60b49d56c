"""Intervals of paths: groups drawn again, percentiles, a little further out where groups are few."""

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from therapport.predictor.evidence import Figure

FloatArray = NDArray[np.float64]
DEFINED = 0.95


def figures(values: FloatArray, drawn: FloatArray, groups: int) -> list[Figure]:
    """A figure for each of the values (figures,), from their draws (draws, figures).

    Percentiles, because a product of coefficients is not symmetric; expanded for few groups (Hesterberg 2015): at the
    normal quantile that belongs to t with groups - 1 degrees of freedom and a spread with divisor groups - 1.
    """
    reach = stats.t.ppf(0.975, groups - 1) * np.sqrt(groups / (groups - 1))
    tail = float(100 * stats.norm.cdf(-reach))
    found = []
    for value, own in zip(values, drawn.T, strict=True):
        defined = own[np.isfinite(own)]
        if len(defined) < DEFINED * len(own):
            found.append(Figure(value=float(value)))
            continue
        low, high = np.percentile(defined, [tail, 100 - tail])
        # A share near an end of its scale may lie outside its own percentiles.
        found.append(Figure(value=float(value), low=float(min(low, value)), high=float(max(high, value))))
    return found
