"""The true conditional expectation: the standardised outcome, given whichever columns are there."""

import functools
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from therapport.simulator import covariance, dates, effects, latent, path_model
from therapport.simulator.covariance import Covariance
from therapport.simulator.design import Design
from therapport.simulator.effects import Effect
from therapport.simulator.path_model import OUTCOME
from therapport.simulator.truth import link
from therapport.simulator.truth.observations import Observations

Values = npt.NDArray[np.float64]
SAMPLE = 1 << 14
"""Standardised patients from whom the spread of interactions is taken where columns are absent or err."""
SURE = 1e-9
END_GRID = np.linspace(-12, 12, 2401)
"""Of the standardised outcome expected, for which `Given.end_curve` has the end score."""


@dataclass(frozen=True, eq=False)
class Given:
    """What holds for all patients with the same columns present."""

    weights: Values
    """Of the columns, for each latent value, shape (latent, columns)."""
    linear: Values
    """Of the columns, for the linear part of the outcome, shape (columns,)."""
    spread: Covariance
    """Covariance of the latent values around their means."""
    sd: float
    """Standard deviation of the outcome around its expectation."""
    end_curve: Values
    """The recorded end score expected in points, shape of END_GRID."""


class Expectation:
    """The truth of a design, for any set of columns; what was computed once is kept."""

    def __init__(self, design: Design, observed: Observations) -> None:
        self.design = design
        self.observed = observed
        self.effects: tuple[Effect, ...] = effects.effects(design)
        self.population = covariance.from_frame(path_model.implied_correlations(design.model))
        self.path = np.array([design.model.equations[OUTCOME].get(name, 0.0) for name in observed.latent])
        self.noise = effects.noise_sd(design)
        self._given: dict[bytes, Given] = {}

    @property
    def is_additive(self) -> bool:
        """Whether each column adds its own part, whatever the others are."""
        return not self.effects and not self.design.layers.alliance_fading

    def given(self, present: npt.NDArray[np.bool_]) -> Given:
        """For patients of whom these columns are known."""
        key = np.packbits(present).tobytes()
        if key not in self._given:
            weights, around = self.observed.given(present)
            spread = Covariance(self.observed.latent, around)
            sd = self._sd(weights, spread)
            curve = link.expected_end_score(END_GRID, sd, self.design.layers)
            self._given[key] = Given(weights, self.path @ weights, spread, sd, curve)
        return self._given[key]

    def of_means(self, linear: Values, mean: dict[str, Values], given: Given, days: Values) -> Values:
        """The standardised outcome expected, given its linear part and the means of the latent values."""
        total = linear
        for effect in self.effects:
            total = total + effect.expected(mean, given.spread, self.population)
        return total + dates.moved(self.design, days, mean["alli3"] if "alli3" in mean else np.zeros(1))

    @property
    def needed(self) -> tuple[str, ...]:
        """The latent values that act other than by a fixed path."""
        acting = {name for effect in self.effects for name in (effect.one, effect.other)}
        return tuple(name for name in self.observed.latent if name in acting | {"alli3"})

    def _sd(self, weights: Values, spread: Covariance) -> float:
        if not self.effects:
            return math.sqrt(self.noise**2 + float(self.path @ spread.values @ self.path))
        used = list({name for effect in self.effects for name in (effect.one, effect.other)})
        direct = [name for name, path in zip(self.observed.latent, self.path, strict=True) if path]
        if spread.variances([*used, *direct]).max() < SURE:
            return self.noise
        means = self._sample @ weights.T
        mean = dict(zip(self.observed.latent, means.T, strict=True))
        explained = means @ self.path + sum(effect.expected(mean, spread, self.population) for effect in self.effects)
        return math.sqrt(max(1 - float(np.var(explained)), self.noise**2))

    @functools.cached_property
    def _sample(self) -> Values:
        """Columns of standardised patients, shape (SAMPLE, columns)."""
        values = latent.population(self.design.model, self.design.layers.short_treatments, patients=SAMPLE)
        error = np.random.default_rng(latent.POPULATION_SEED).standard_normal((SAMPLE, len(self.observed.columns)))
        exact: Values = values[list(self.observed.latent)].to_numpy() @ self.observed.loadings.T
        return exact + error * np.sqrt(self.observed.noise)
