"""What patients truly are: standardised values from the path model."""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from therapport.errors import DesignError
from therapport.simulator import path_model
from therapport.simulator.path_model import LINEAR_CORE, OUTCOME, PathModel

Values = npt.NDArray[np.float64]

THERAPIST = "ther"
GUIDED = "format_guided"
GUIDED_SHARE = 0.5
"""Of patients with guided rather than unguided e-health (an assumption)."""
DRAWN_APART = (THERAPIST, GUIDED)
"""A trait of the therapist and a two-valued one; independent of the other exogenous variables."""
POPULATION_SEED = 20_260_101
"""Of the standardised patients from whom population figures without a closed form are taken."""


def draw(
    therapist_value: Values,
    *,
    generator: np.random.Generator,
    model: PathModel = LINEAR_CORE,
    apart: Mapping[str, Values] | None = None,
    outcome_noise: float | None = None,
    beyond: Callable[[Mapping[str, Values]], Values] | None = None,
) -> pd.DataFrame:
    """One row per patient, one column per variable of the model, each with mean 0 and variance 1 in the population.

    `therapist_value`, shape (patients,), is that of the patient's therapist; `apart` has the values of exogenous
    variables that layers added, which are independent of all others. `beyond` gives what is added to the outcome,
    from all other variables, and `outcome_noise` replaces the noise that goes with the linear part alone.
    `format_guided` takes two values only, of which the higher is guided; all else is normal. Raises DesignError for a
    model that explains too much variance, or that correlates what is drawn apart with another exogenous variable.
    """
    added = apart or {}
    if any(name in pair for pair in model.correlations for name in (*DRAWN_APART, *added)):
        names = " or ".join((*DRAWN_APART, *added))
        raise DesignError(f"The path model may not correlate {names} with an exogenous variable.")
    patients = len(therapist_value)
    correlations, noise = path_model.implied_correlations(model), path_model.noise_sd(model)
    together = [name for name in model.exogenous if name not in (*DRAWN_APART, *added)]
    root = np.linalg.cholesky(correlations.loc[together, together].to_numpy())
    values = dict(zip(together, root @ generator.standard_normal((len(together), patients)), strict=True))
    values[THERAPIST] = therapist_value
    guided = generator.random(patients) < GUIDED_SHARE
    values[GUIDED] = (guided - GUIDED_SHARE) / np.sqrt(GUIDED_SHARE * (1 - GUIDED_SHARE))
    values.update(added)
    if outcome_noise is not None:
        noise[OUTCOME] = outcome_noise
    for name, paths in model.equations.items():
        values[name] = noise[name] * generator.standard_normal(patients)
        for cause, path in paths.items():
            values[name] += path * values[cause]
    if beyond is not None:
        values[OUTCOME] = values[OUTCOME] + beyond(values)
    return pd.DataFrame({name: values[name] for name in model.variables})


def draw_apart(model: PathModel, share: float, patients: int, generator: np.random.Generator) -> dict[str, Values]:
    """The exogenous variables that layers added: `short` with its two values in that share of patients, else normal."""
    values = {}
    for name in model.exogenous[len(LINEAR_CORE.exogenous) :]:
        if name == "short":
            values[name] = ((generator.random(patients) < share) - share) / np.sqrt(share * (1 - share))
        else:
            values[name] = generator.standard_normal(patients)
    return values


def population(model: PathModel, share: float = 0.5, *, patients: int) -> pd.DataFrame:
    """Standardised patients, always the same, each with a therapist of their own; before caseness."""
    generator = np.random.default_rng(POPULATION_SEED)
    therapist = generator.standard_normal(patients)
    apart = draw_apart(model, share, patients, generator)
    return draw(therapist, generator=generator, model=model, apart=apart)
