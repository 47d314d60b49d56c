"""Cohorts whose course is known: normal scores around a line of the intake score, with a level of each therapist."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

FloatArray = NDArray[np.float64]
OF_THERAPISTS = 1.0


@dataclass(frozen=True)
class Cohort:
    intake: FloatArray
    scores: FloatArray
    """Shape (patients, 3): sessions 1 to 3."""
    cluster: NDArray[np.int64]


def middle(intake: FloatArray, session: int) -> FloatArray:
    return 1 + (1 - 0.1 * session) * intake


def spread(intake: FloatArray) -> FloatArray:
    return np.sqrt(OF_THERAPISTS**2 + (1 + 0.15 * intake) ** 2)


def quantile(intake: FloatArray, session: int, share: float) -> FloatArray:
    return np.asarray(middle(intake, session) + stats.norm.ppf(share) * spread(intake))


def cohort(*, therapists: int, each: int, seed: int) -> Cohort:
    generator = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(therapists), each)
    intake = generator.uniform(8, 24, len(cluster))
    level = OF_THERAPISTS * generator.standard_normal(therapists)
    own = 1 + 0.15 * intake
    scores = np.column_stack(
        [
            middle(intake, session) + level[cluster] + own * generator.standard_normal(len(cluster))
            for session in (1, 2, 3)
        ]
    )
    return Cohort(intake, scores, cluster)
