"""What recorded columns say of the latent values: normal theory, with any of the columns absent.

A column is a sum of latent values and independent noise, known to within the rounding of its instrument. Rounding and
the ends of scales enter as the mean of the interval that a recorded value stands for.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from therapport.codebook import Landmark
from therapport.simulator import described, further, measures, path_model, reliability
from therapport.simulator.block import DIRECTIVENESS, LONG_SESSIONS
from therapport.simulator.design import DIRECTIVENESS as DIRECT
from therapport.simulator.design import SHORT, Design
from therapport.simulator.latent import GUIDED
from therapport.simulator.measures import DELIVERY_MODE, Measurement
from therapport.simulator.path_model import OUTCOME

Values = npt.NDArray[np.float64]
Present = npt.NDArray[np.bool_]
SMALLEST_WEIGHT = 1e-12
"""What is left of a weight of nothing after rounding is less."""


@dataclass(frozen=True, eq=False)
class Observations:
    """The columns of a cohort that say something of its latent values."""

    design: Design
    columns: tuple[str, ...]
    family: tuple[str, ...]
    """Of each column, as the codebook has it."""
    known_at: tuple[Landmark, ...]
    latent: tuple[str, ...]
    """Every variable of the path model but the outcome."""
    loadings: Values
    """Shape (columns, latent)."""
    noise: Values
    """Variance of each column that no latent value explains, shape (columns,)."""
    ranges: Mapping[str, tuple[float, float]]
    measurements: Mapping[str, Measurement]

    def known_by(self, landmark: Landmark) -> Present:
        """Which columns are known at the landmark."""
        return np.array([moment.is_known_by(landmark) for moment in self.known_at])

    def standardised(self, cohort: pd.DataFrame) -> Values:
        """What each recorded value stands for, shape (patients, columns); NaN where it is missing."""
        return np.column_stack([self._column(name, cohort[name]) for name in self.columns])

    def given(self, present: Present) -> tuple[Values, Values]:
        """Means of the latent values as weights of the columns, shape (latent, columns), and their covariance."""
        correlations = path_model.implied_correlations(self.design.model)
        own = correlations.loc[list(self.latent), list(self.latent)].to_numpy()
        seen = self.loadings[present]
        between = own @ seen.T
        weights = np.zeros((len(self.latent), len(self.columns)))
        weights[:, present] = np.linalg.solve(seen @ between + np.diag(self.noise[present]), between.T).T
        weights[np.abs(weights) < SMALLEST_WEIGHT] = 0.0
        return weights, own - weights[:, present] @ between.T

    def _column(self, name: str, values: pd.Series) -> Values:
        if name == DELIVERY_MODE:
            return np.where(values == "unguided", -1.0, 1.0)
        if name == "planned_sessions":
            share = self.design.layers.short_treatments
            short = values.to_numpy(np.float64) < LONG_SESSIONS
            planned: Values = (short - share) / np.sqrt(share * (1 - share))
            return planned
        measurement, layers = self.measurements[name], self.design.layers
        units = values.to_numpy(np.float64, na_value=np.nan)
        half = 0.5 * 10.0**-measurement.decimals if layers.whole_numbers else 0.0
        below, above = measurement.scale.back(units - half), measurement.scale.back(units + half)
        if layers.floors_and_ceilings:
            floor, ceiling = self.ranges[name]
            end = np.inf * measurement.scale.direction
            below, above = np.where(units <= floor, -end, below), np.where(units >= ceiling, end, above)
        return mean_of_interval(np.minimum(below, above), np.maximum(below, above))


def mean_of_interval(low: Values, high: Values) -> Values:
    """The mean of a standard normal variable that lies between two numbers; either may be infinite."""
    with np.errstate(invalid="ignore", divide="ignore"):
        # From the side of zero, where the distribution function keeps its digits.
        side = np.where(low > 0, -1.0, 1.0)
        mass = np.abs(special.ndtr(side * high) - special.ndtr(side * low))
        mean = (_density(low) - _density(high)) / mass
        narrow = np.where(np.isinf(low), high, np.where(np.isinf(high), low, (low + high) / 2))
    return np.where((mass > 1e-9) & (high > low), mean, narrow)  # noqa: PLR2004 - below it digits are lost


def observations(design: Design) -> Observations:
    """The numbers, the mode of delivery and the planned sessions of a design's cohort; never a leak."""
    codebook = described.described(design)
    correlations = path_model.implied_correlations(design.model)
    latent = tuple(name for name in correlations.index if name != OUTCOME)
    share = {**dict.fromkeys(latent, 1.0), **reliability.reliabilities(design.layers.measurement_error)}
    of_latent = {
        **{name: one.latent for name, one in measures.MEASUREMENTS.items() if name != measures.AFTER},
        DELIVERY_MODE: GUIDED,
        "directiveness": DIRECT,
        "planned_sessions": SHORT,
    }
    table = further.loadings(correlations)
    own = correlations.loc[list(latent), list(latent)].to_numpy()
    columns = tuple(name for name in codebook.factors if name in of_latent or name in table.index)
    loadings, noise = np.zeros((len(columns), len(latent))), np.zeros(len(columns))
    for place, name in enumerate(columns):
        if name in of_latent:
            loadings[place, latent.index(of_latent[name])] = np.sqrt(share[of_latent[name]])
            noise[place] = 1 - share[of_latent[name]]
        else:
            loadings[place] = table.loc[name, list(latent)].to_numpy()
            noise[place] = 1 - loadings[place] @ own @ loadings[place]
    return Observations(
        design=design,
        columns=columns,
        family=tuple(codebook.factors[name].family for name in columns),
        known_at=tuple(codebook.factors[name].known_at for name in columns),
        latent=latent,
        loadings=loadings,
        noise=noise,
        ranges={name: described.range_of(name) for name in columns if name not in (DELIVERY_MODE, "planned_sessions")},
        measurements={
            **measures.MEASUREMENTS,
            "directiveness": DIRECTIVENESS,
            **{name: one.measurement for name, one in further.INDICATORS.items()},
        },
    )


def _density(at: Values) -> Values:
    density: Values = np.exp(-(at**2) / 2) / np.sqrt(2 * np.pi)
    return density
