"""What is asked of a simulation, and whether it can be had."""

import dataclasses
import functools
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from therapport.errors import DesignError
from therapport.simulator import path_model
from therapport.simulator.layers import DEFAULTS, Layers
from therapport.simulator.path_model import LINEAR_CORE, OUTCOME, PathModel
from therapport.simulator.scenarios import SCENARIOS, Scenario

FACTORS = (12, 40)
"""How many factors a cohort can have, before those that a layer adds."""
DIRECTIVENESS, SHORT = "direct", "short"
"""Variables beside the linear core, independent of it: how directive the therapist is, and a short treatment."""
POINTS_PER_SD = 6.4
"""Of the end score."""


@dataclass(frozen=True, kw_only=True)
class Design:
    """The size of a simulated cohort and its layers; impossible ones raise DesignError with every problem."""

    patients: int
    """Patients at caseness at intake in the finished cohort."""
    therapists: int
    sites: int
    seed: int
    missing: float
    """Probability that a value known after intake is absent, completely at random; 0 switches absence off."""
    scenario: str = "published"
    factors: int = 12
    layers: Layers = field(default_factory=Layers)
    paths: Mapping[str, float] = field(default_factory=dict)
    """`effect.cause` -> path coefficient; `cause.cause` of two exogenous variables -> their correlation."""

    def __post_init__(self) -> None:
        problems = list(self._problems())
        if problems:
            raise DesignError("Such a cohort cannot be simulated.", problems)
        # A model that explains more than there is raises here, before anything is drawn.
        path_model.implied_correlations(self.model)

    def generator(self, stage: str, block: int = 0) -> np.random.Generator:
        """The random numbers of one stage of one block: a switch in one stage leaves those of the others as they were.

        The first block has no number, so that a cohort of one block is what it was before there were blocks.
        """
        return np.random.default_rng([self.seed, zlib.crc32(stage.encode()), *([block] if block else [])])

    @property
    def preset(self) -> Scenario:
        """The scenario behind the name."""
        return SCENARIOS[self.scenario]

    @functools.cached_property
    def model(self) -> PathModel:
        """The linear part: the core with the paths that are asked for, and the variables that layers need."""
        extra = [
            *([DIRECTIVENESS] if self.is_directive else []),
            *([SHORT] if self.layers.short_treatments else []),
        ]
        correlations = dict(LINEAR_CORE.correlations)
        equations = {effect: dict(paths) for effect, paths in LINEAR_CORE.equations.items()}
        if share := self.layers.short_treatments:
            # Of a variable that is 1 in that share of patients and has unit variance.
            spread = (share * (1 - share)) ** 0.5
            equations[OUTCOME][SHORT] = self.layers.short_effect / POINTS_PER_SD * spread
        for name, value in self.paths.items():
            effect, _, cause = name.partition(".")
            if effect in equations:
                equations[effect][cause] = value
            else:
                correlations[_pair(effect, cause)] = value
        return PathModel((*LINEAR_CORE.exogenous, *extra), correlations, equations)

    @property
    def is_published(self) -> bool:
        """Whether the linear core is as published and no layer is on."""
        return self.layers == Layers() and not self.paths

    @property
    def is_directive(self) -> bool:
        """Whether the cohort knows how directive therapists are."""
        return bool(self.layers.reactance_by_directiveness) or self.factors > min(FACTORS)

    def parameters(self) -> dict[str, Any]:
        """Every parameter by name, for the record."""
        asked = dataclasses.asdict(dataclasses.replace(self, paths={}))
        return {**asked, "paths": dict(self.paths)}

    def _problems(self) -> Iterator[str]:
        for name, value in (("patients", self.patients), ("therapists", self.therapists), ("sites", self.sites)):
            if value < 1:
                yield f"{name}: {value}; at least 1 is needed"
        if self.patients < self.therapists:
            yield f"patients: {self.patients} for {self.therapists} therapists; each needs at least 1"
        if self.therapists < self.sites:
            yield f"therapists: {self.therapists} for {self.sites} sites; each needs at least 1"
        if self.seed < 0:
            yield f"seed: {self.seed}; it must be 0 or more"
        if not 0 <= self.missing < 1:
            yield f"missing: {self.missing}; it must be a share from 0 to below 1"
        if self.factors not in FACTORS:
            yield f"factors: {self.factors}; it must be {' or '.join(map(str, FACTORS))}"
        if self.scenario not in SCENARIOS:
            yield f"scenario: {self.scenario}; known: {', '.join(SCENARIOS)}"
        yield from self.layers.problems()
        for name, path in self.paths.items():
            if problem := _path_problem(name, path):
                yield f"{name}: {problem}"


def design(
    *,
    patients: int,
    therapists: int,
    sites: int,
    seed: int,
    missing: float,
    scenario: str = "published",
    factors: int = 12,
    parameters: Mapping[str, float | bool] | None = None,
) -> Design:
    """A design from a scenario and what is to differ from it: layers by name, paths as `effect.cause`.

    Raises DesignError for an unknown name, with those that are known, and for whatever cannot be.
    """
    preset, asked = SCENARIOS.get(scenario, SCENARIOS["published"]), parameters or {}
    unknown = [name for name in asked if name not in DEFAULTS and "." not in name]
    if unknown:
        raise DesignError(
            "Such a cohort cannot be simulated.",
            [f"{name}: unknown parameter; known: {', '.join(DEFAULTS)}, and paths such as y.alli3" for name in unknown],
        )
    layers = {name: value for name, value in asked.items() if name in DEFAULTS}
    paths = {name: value for name, value in asked.items() if name not in DEFAULTS}
    return Design(
        patients=patients,
        therapists=therapists,
        sites=sites,
        seed=seed,
        missing=missing,
        scenario=scenario,
        factors=factors,
        layers=Layers(**{**preset.layers, **layers}),
        paths={**preset.paths, **paths},
    )


def _pair(one: str, other: str) -> tuple[str, str]:
    return (other, one) if (other, one) in LINEAR_CORE.correlations else (one, other)


def _path_problem(name: str, value: float) -> str | None:
    effect, _, cause = name.partition(".")
    together = LINEAR_CORE.exogenous
    if effect in LINEAR_CORE.equations:
        variables = LINEAR_CORE.variables
        if cause not in variables[: variables.index(effect)]:
            return f"{effect} can have paths from {', '.join(variables[: variables.index(effect)])}"
    elif effect in together and cause in together and effect != cause:
        if {effect, cause} & {"ther", "format_guided"}:
            return "the therapist and the format are independent of the other exogenous variables"
    else:
        return (
            f"unknown path; effects: {', '.join(LINEAR_CORE.equations)}; correlations of two of {', '.join(together)}"
        )
    if not -1 < value < 1:
        return f"{value:g}; it must be between -1 and 1"
    return None
