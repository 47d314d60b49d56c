"""A study with sites, dates, attributes for audit and lost patients, held against all of these once a session."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests import studies as material
from therapport import simulator
from therapport.simulator import measures
from training import design as designs
from training import evaluation, examined
from training import study as studies
from training.design import Design
from training.evaluation import Evaluation

PATIENTS, SITES = 480, 8
AUDIT = """
[audit.gender]
label = "Gender"
levels = { w = "Woman", m = "Man", x = "Other" }

[audit.age]
label = "Age"
kind = "integer"
range = [18, 100]
unit = "years"
cuts = [30, 50]
"""


@dataclass(frozen=True)
class Held:
    """A study whose comparisons have been held against other splits and populations."""

    cohort: pd.DataFrame
    """As its file has it."""
    design: Design
    evaluations: tuple[Evaluation, ...]

    @property
    def binary(self) -> Evaluation:
        """That of the response."""
        return self.evaluations[0]

    @property
    def score(self) -> Evaluation:
        """That of the end score."""
        return self.evaluations[1]


def cohort() -> pd.DataFrame:
    """480 patients of 24 therapists at 8 sites; the more severe are lost more often, three are of another gender."""
    made = simulator.simulate(patients=PATIENTS, therapists=24, sites=SITES, missing=0.05, seed=5).cohort
    generator = np.random.default_rng(6)
    made["gender"] = generator.choice(["w", "m"], PATIENTS, p=[0.6, 0.4])
    made.loc[[3, 140, 300], "gender"] = "x"
    made["age"] = generator.integers(18, 80, PATIENTS).astype(float)
    made.loc[generator.random(PATIENTS) < 0.2, "age"] = np.nan
    lost = generator.random(PATIENTS) < 1 / (1 + np.exp(2 - (made["phq9_intake"] - 15) / 4))
    made["phq9_end"] = made["phq9_end"].mask(lost)
    return made


def write(folder: Path, patients: pd.DataFrame, *, validation: str = "", **settings: object) -> Path:
    """The study's file beside its cohort and a codebook with dates and attributes for audit."""
    path = material.write(folder, patients, **settings)
    (folder / "codebook.toml").write_text(measures.CODEBOOK.read_text() + AUDIT)
    path.write_text(path.read_text().replace("[validation]\n", f"[validation]\n{validation}\n"))
    return path


@pytest.fixture(scope="session")
def held(tmp_path_factory: pytest.TempPathFactory) -> Held:
    """Response and end score, with everything that a study can be held against."""
    patients = cohort()
    path = write(
        tmp_path_factory.mktemp("held"), patients, validation='start = "start_date"', candidates='["elastic_net"]'
    )
    design = designs.read(studies.read(path))
    examined.require(design)
    evaluated = tuple(evaluation.evaluate(design.study, target, done=lambda: None) for target in design.targets)
    return Held(patients, design, tuple(examined.examine(design, one, done=lambda: None) for one in evaluated))
