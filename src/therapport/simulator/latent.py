"""What patients truly are: standardised values from the path model."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from therapport.errors import DesignError
from therapport.simulator import path_model
from therapport.simulator.path_model import LINEAR_CORE, PathModel

THERAPIST = "ther"
GUIDED = "format_guided"
GUIDED_SHARE = 0.5
"""Of patients with guided rather than unguided e-health (an assumption)."""
DRAWN_APART = (THERAPIST, GUIDED)
"""A trait of the therapist and a two-valued one; independent of the other exogenous variables."""


def draw(
    therapist_value: npt.NDArray[np.float64], *, generator: np.random.Generator, model: PathModel = LINEAR_CORE
) -> pd.DataFrame:
    """One row per patient, one column per variable of the model, each with mean 0 and variance 1 in the population.

    `therapist_value`, shape (patients,), is that of the patient's therapist. `format_guided` takes two values only, of
    which the higher is guided; all else is normal. Raises DesignError for a model that explains too much variance, or
    that correlates the therapist's value or the format with another exogenous variable.
    """
    if any(name in pair for pair in model.correlations for name in DRAWN_APART):
        raise DesignError(f"The path model may not correlate {' or '.join(DRAWN_APART)} with an exogenous variable.")
    patients = len(therapist_value)
    correlations, noise = path_model.implied_correlations(model), path_model.noise_sd(model)
    together = [name for name in model.exogenous if name not in DRAWN_APART]
    root = np.linalg.cholesky(correlations.loc[together, together].to_numpy())
    values = dict(zip(together, root @ generator.standard_normal((len(together), patients)), strict=True))
    values[THERAPIST] = therapist_value
    guided = generator.random(patients) < GUIDED_SHARE
    values[GUIDED] = (guided - GUIDED_SHARE) / np.sqrt(GUIDED_SHARE * (1 - GUIDED_SHARE))
    for name, paths in model.equations.items():
        values[name] = noise[name] * generator.standard_normal(patients)
        for cause, path in paths.items():
            values[name] += path * values[cause]
    return pd.DataFrame({name: values[name] for name in model.variables})
