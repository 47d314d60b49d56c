"""Which studies are simulated."""

import functools
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from therapport import cohort as cohorts
from therapport import simulator
from therapport.simulator import Simulated
from training import design as designs
from training import study as studies
from training.design import Design
from training.study import Study

NEW_PATIENTS, NEW_PER_THERAPIST, NEW_SITES, NEW_SEED = 200_000, 20, 16, 1_000_001
"""Among whom the truth about a fitted model is found; no study has this seed. An AUC in them has an error of .0013."""


@dataclass(frozen=True)
class Setting:
    """A population, how many are drawn from it, and what is fitted."""

    title: str
    therapists: int
    candidates: tuple[str, ...]
    scenario: str = "published"
    parameters: dict[str, float] = field(default_factory=dict)
    patients: int = 1_000
    of_folds: bool = True
    """Whether the models of the folds are held against new patients too."""
    part: float = 1.0
    """Of the studies of a trial, where they take long."""

    def drawn(self, seed: int) -> tuple[Simulated, Design]:
        """The cohort of this seed, and the study that is written with simulated cohorts."""
        return self._drawn(seed, self.patients, self.therapists, 8)

    def new_patients(self, patients: int = NEW_PATIENTS) -> Design:
        """Many patients of other therapists of the same population, 20 each."""
        return self._drawn(NEW_SEED, patients, patients // NEW_PER_THERAPIST, NEW_SITES)[1]

    def _drawn(self, seed: int, patients: int, therapists: int, sites: int) -> tuple[Simulated, Design]:
        made = simulator.simulate(
            scenario=self.scenario,
            patients=patients,
            therapists=therapists,
            sites=sites,
            seed=seed,
            parameters=self.parameters,
        )
        study = _study(self.scenario)
        return made, designs.of(study, cohorts.validate(made.cohort, study.codebook))


@functools.cache
def _study(scenario: str) -> Study:
    with tempfile.TemporaryDirectory() as folder:
        made = simulator.simulate(scenario=scenario, patients=40, therapists=8, sites=2)
        simulator.write(made, Path(folder), overwrite=True)
        return studies.read(Path(folder) / "study.toml")


BY_THERAPIST = {"therapist_effect": 0.05}
"""Beside the skill that is among the factors, therapists explain 5 % of the variance of the end score."""
FAST = ("prevalence", "severity", "elastic_net")
DEFAULT = ("prevalence", "severity", "elastic_net", "mixed", "xgboost")
COVERAGE = {
    "forty": Setting("40 therapists", 40, ("severity", "elastic_net"), parameters=BY_THERAPIST),
    "trees": Setting("40 therapists", 40, ("xgboost",), parameters=BY_THERAPIST, part=0.5),
    "fifteen": Setting("15 therapists", 15, ("severity", "elastic_net"), parameters=BY_THERAPIST),
}
CHOICES = {
    "null": Setting("`null`, 40 therapists", 40, FAST, scenario="null", of_folds=False),
    "null_fifteen": Setting("`null`, 15 therapists", 15, FAST, scenario="null", of_folds=False, part=0.5),
    "null_default": Setting(
        "`null`, 40 therapists, five candidates", 40, DEFAULT, scenario="null", of_folds=False, part=0.3
    ),
    "keijsers": Setting("`keijsers`, 40 therapists", 40, FAST, scenario="keijsers", of_folds=False, part=0.2),
    "keijsers_fifteen": Setting("`keijsers`, 15 therapists", 15, FAST, scenario="keijsers", of_folds=False, part=0.2),
}
TWINS = {
    "twins_forty": Setting("40 therapists", 40, (), parameters=BY_THERAPIST),
    "twins_fifteen": Setting("15 therapists", 15, (), parameters=BY_THERAPIST),
}
SETTINGS = {**COVERAGE, **TWINS, **CHOICES}
