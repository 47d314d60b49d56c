"""What the band did for people whom it had not met: every part of it is made anew without their fold."""

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from therapport.performance import SMALLEST_CELL
from therapport.predictor.course import stepped
from therapport.predictor.evidence import Figure
from training.course.fit import shape

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
CONFIDENCE = 0.95


def held(
    intake: FloatArray,
    score: FloatArray,
    cluster: IntArray,
    fold: IntArray,
    *,
    level: float,
    allowed: tuple[float, float],
    step: float,
) -> FloatArray | None:
    """1 where the band that the other folds bear out, as a page shows it, holds the score, else 0; shape (patients,).

    None where some of the folds leave too few to bear one out: then it cannot be said how good the band is.
    """
    found = np.empty(len(score))
    for number in np.unique(fold):
        tested = fold == number
        made = shape(intake[~tested], score[~tested], cluster[~tested], fold[~tested], level=level)
        if made is None:
            return None
        low, _, high = made.ends(intake[tested], allowed, step)
        told = stepped(score[tested], step)
        found[tested] = (low <= told) & (told <= high)
    return found


def share(values: FloatArray, cluster: IntArray) -> Figure:
    """Mean with its 95 % interval; groups are the units (t over the groups, cluster-robust variance).

    Source: Liang and Zeger 1986, doi:10.1093/biomet/73.1.13, with the factor groups / (groups - 1).
    """
    mean = float(values.mean())
    _, place = np.unique(cluster, return_inverse=True)
    summed = np.bincount(place, weights=values - mean)
    groups = len(summed)
    if groups < 2:  # noqa: PLR2004 - one group says nothing of others
        return Figure(value=mean)
    error = np.sqrt(groups / (groups - 1) * float(summed @ summed)) / len(values)
    reach = float(stats.t.ppf((1 + CONFIDENCE) / 2, groups - 1)) * float(error)
    return Figure(value=mean, low=max(0.0, mean - reach), high=min(1.0, mean + reach))


def tens(count: int) -> int:
    """A count as it may be kept: what is left out of it could otherwise be found by subtraction."""
    return count - count % SMALLEST_CELL
