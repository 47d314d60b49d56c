"""The cluster bootstrap: how often each patient counts in each draw."""

import numpy as np

from therapport.errors import DesignError
from therapport.performance.out_of_fold import Floats, Integers

FEWEST_CLUSTERS = 2


def bootstrap_weights(cluster: Integers, *, draws: int, seed: int) -> Floats:
    """Shape (draws, patients): how often the patient's whole cluster was drawn, with replacement.

    As many clusters are drawn as there are; the number of patients varies with their sizes. Patients treated by
    one therapist resemble each other, and intervals that draw them one by one are too narrow. With few clusters
    percentiles of these draws are narrow too; `reach` says how far they must be stretched.

    Raises DesignError if there is one cluster only: all draws would be alike, and the interval would be a point.
    """
    codes, place = np.unique(cluster, return_inverse=True)
    if len(codes) < FEWEST_CLUSTERS:
        raise DesignError(
            "Intervals need patients of at least two groups: choose another grouping level",
            [f"all {len(cluster)} patients are in one group"],
        )
    generator = np.random.default_rng(seed)
    counts = generator.multinomial(len(codes), np.full(len(codes), 1 / len(codes)), size=draws)
    return np.asarray(counts[:, place], dtype=np.float64)
