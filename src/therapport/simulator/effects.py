"""What acts on the outcome beyond the linear core: interactions, and their expectations where a factor is uncertain.

Each effect has mean 0 in the population and is uncorrelated with every factor (but for `Gate`, whose other half is a
main effect), so that the published correlations stay what they are; the outcome's own noise makes room for it.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from therapport.errors import DesignError
from therapport.simulator import covariance, latent, path_model
from therapport.simulator.covariance import Covariance
from therapport.simulator.design import DIRECTIVENESS, Design
from therapport.simulator.path_model import OUTCOME

Values = npt.NDArray[np.float64]
SAMPLE = 1 << 17
"""Standardised patients from which the variance of interactions is taken: within .4 % of itself."""
SURE = 1e-6
"""Smaller deviations, and smaller distances from a gate, are rounding."""


@dataclass(frozen=True)
class Product:
    """`size` times the product of two variables."""

    layer: str
    """The parameter that sets its size."""
    one: str
    other: str
    size: float

    def expected(self, mean: Mapping[str, Values], spread: Covariance, population: Covariance) -> Values:
        """Given means and a covariance of what is not known for sure; `population` centres it."""
        constant = spread.of(self.one, self.other) - population.of(self.one, self.other)
        return self.size * (mean[self.one] * mean[self.other] + constant)


@dataclass(frozen=True)
class Gate:
    """`size` times a variable, where another one is below its mean."""

    layer: str
    """The parameter that sets its size."""
    one: str
    other: str
    size: float

    def expected(self, mean: Mapping[str, Values], spread: Covariance, population: Covariance) -> Values:
        """As for a product; by the mean of a normal variable where another one is cut off."""
        centre = -population.of(self.one, self.other) / math.sqrt(2 * math.pi)
        deviation = math.sqrt(max(spread.of(self.other, self.other), 0.0))
        if deviation < SURE:
            # A recorded value that stands for an interval around the mean leaves it open on which side of it one is.
            at_gate = np.abs(mean[self.other]) < SURE
            is_open = np.where(at_gate, 0.5, mean[self.other] < 0)
            return self.size * (mean[self.one] * is_open - centre)
        below = -mean[self.other] / deviation
        density = np.exp(-(below**2) / 2) / math.sqrt(2 * math.pi)
        moved = spread.of(self.one, self.other) / deviation * density
        expected: Values = self.size * (mean[self.one] * special.ndtr(below) - moved - centre)
        return expected


Effect = Product | Gate


def effects(design: Design) -> tuple[Effect, ...]:
    """Those of a design that are not 0."""
    return tuple(effect for effect in _all(design) if effect.size)


def _all(design: Design) -> Iterator[Effect]:
    layers = design.layers
    d = layers.reactance_by_directiveness
    # The correlation that goes with d in two groups of equal size.
    yield Product("reactance_by_directiveness", "react", DIRECTIVENESS, d / math.sqrt(d**2 + 4))
    yield Product("guided_by_severity", "format_guided", "sev", -layers.guided_by_severity)
    yield Product("alliance_by_technique", "alli3", "tech_comp", -layers.alliance_by_technique)
    yield Product("engagement_by_delivery", "engage", "format_guided", -layers.engagement_by_delivery)
    for technique in ("tech_adh", "tech_comp"):
        yield Gate("technique_where_resistance_is_low", technique, "resist3", -layers.technique_where_resistance_is_low)


def noise_sd(design: Design) -> float:
    """The standard deviation of what nothing explains of the outcome, which has unit variance.

    In closed form for the linear core, else from a sample of fixed seed. Raises DesignError that names the figure to
    lower if more than all variance would be explained.
    """
    linear = path_model.noise_sd(design.model)[OUTCOME]
    acting = effects(design)
    shared = design.layers.therapist_effect + design.layers.site_effect
    if not acting:
        left = linear**2
    else:
        sample = latent.population(design.model, design.layers.short_treatments, patients=SAMPLE)
        left = 1 - float(np.var(systematic(design, {name: sample[name].to_numpy() for name in design.model.variables})))
    if left < shared or left <= 0:
        sizes = {effect.layer: abs(effect.size) for effect in acting}
        sizes |= {"therapist_effect": design.layers.therapist_effect, "site_effect": design.layers.site_effect}
        largest = max(sizes, key=lambda name: sizes[name])
        raise DesignError(
            f"Paths and layers explain {1 - left + shared:.3f} of the variance of the outcome, which is 1: lower the "
            f"sizes of the layers, first of all {largest} = {getattr(design.layers, largest):g}, or the paths into y."
        )
    return math.sqrt(left)


def systematic(design: Design, value: Mapping[str, Values], spread: Covariance | None = None) -> Values:
    """The outcome without noise, drift and clusters, given values (or means with the covariance around them)."""
    population = covariance.from_frame(path_model.implied_correlations(design.model))
    around = covariance.none(population.names) if spread is None else spread
    parts = [path * value[cause] for cause, path in design.model.equations[OUTCOME].items()]
    parts += [effect.expected(value, around, population) for effect in effects(design)]
    total: Values = np.sum(parts, axis=0)
    return total
