"""Which values nobody recorded."""

import numpy as np
import pandas as pd

CAN_BE_MISSING = (
    "alliance",
    "adherence",
    "competence",
    "expectancy",
    "observed_resistance",
    "homework_completion",
)
"""What is asked or rated after intake; symptoms, identifiers and intake factors are always there."""


def completely_at_random(cohort: pd.DataFrame, *, probability: float, generator: np.random.Generator) -> pd.DataFrame:
    """The cohort with each value of `CAN_BE_MISSING` absent with that probability, independently of everything."""
    columns = list(CAN_BE_MISSING)
    absent = generator.random((len(cohort), len(columns))) < probability
    return cohort.assign(**{name: cohort[name].mask(absent[:, place]) for place, name in enumerate(columns)})
