"""Which values nobody recorded, and who left before the end."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from therapport.simulator import path_model
from therapport.simulator.design import Design
from therapport.simulator.latent import GUIDED
from therapport.simulator.path_model import OUTCOME

Values = npt.NDArray[np.float64]

CAN_BE_MISSING = (
    "alliance",
    "adherence",
    "competence",
    "expectancy",
    "observed_resistance",
    "homework_completion",
)
"""What is asked or rated after intake; symptoms, identifiers and intake factors are always there."""
LATENT = ("alli3", "tech_adh", "tech_comp", "expect", "resist3", "engage")
"""What those columns measure, in the same order."""
DOWNWARDS = {"resist3": -1.0}
"""Sessions that went badly are rated less often: for resistance that is upwards."""
STAY = {"alli3": 0.25, "engage": 0.25, GUIDED: 0.30}
"""How much those stay who have more of it (probit). Alliance and dropout: d about .55 (Sharf 2010, recalled)."""


def completely_at_random(cohort: pd.DataFrame, *, probability: float, generator: np.random.Generator) -> pd.DataFrame:
    """The cohort with each value of `CAN_BE_MISSING` absent with that probability, independently of everything."""
    return _absent(cohort, np.full((1, len(CAN_BE_MISSING)), probability), generator)


def apply(cohort: pd.DataFrame, observed: pd.DataFrame, design: Design, generator: np.random.Generator) -> pd.DataFrame:
    """The cohort with values absent as the design says, by standardised scores, row for row.

    Whatever the slopes, the share that is absent before caseness is that of the design.
    """
    layers = design.layers
    if not (layers.missing_by_severity or layers.missing_by_value):
        return completely_at_random(cohort, probability=design.missing, generator=generator)
    at_random = layers.missing_by_severity * observed["sev"].to_numpy()
    probability = np.empty((len(cohort), len(CAN_BE_MISSING)))
    for place, name in enumerate(LATENT):
        by_value = -layers.missing_by_value * DOWNWARDS.get(name, 1.0) * observed[name].to_numpy()
        spread = np.sqrt(1 + layers.missing_by_severity**2 + layers.missing_by_value**2)
        probability[:, place] = special.ndtr(special.ndtri(design.missing) * spread + at_random + by_value)
    return _absent(cohort, probability, generator)


def dropout_slopes(design: Design) -> tuple[float, pd.Series]:
    """Threshold and slopes of the probit of leaving, such that the share before caseness is the design's."""
    correlations = path_model.implied_correlations(design.model)
    slopes = pd.Series(0.0, index=correlations.index)
    for name, slope in STAY.items():
        slopes[name] = -slope
    slopes[OUTCOME] = design.layers.dropout_by_outcome
    along = slopes.to_numpy()
    spread = np.sqrt(1 + along @ correlations.to_numpy() @ along)
    return float(special.ndtri(design.layers.dropout) * spread), slopes


def left_early(latent: pd.DataFrame, design: Design, generator: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Who left after session 3 and before the end; shape (patients,)."""
    if not design.layers.dropout:
        return np.zeros(len(latent), dtype=np.bool_)
    threshold, slopes = dropout_slopes(design)
    score = threshold + latent[list(slopes.index)].to_numpy() @ slopes.to_numpy()
    leaves: npt.NDArray[np.bool_] = generator.standard_normal(len(latent)) < score
    return leaves


def _absent(cohort: pd.DataFrame, probability: Values, generator: np.random.Generator) -> pd.DataFrame:
    columns = list(CAN_BE_MISSING)
    absent = generator.random((len(cohort), len(columns))) < probability
    return cohort.assign(**{name: cohort[name].mask(absent[:, place]) for place, name in enumerate(columns)})
