"""Small studies on a simulated cohort, from the file to the predictor.

Ids and two extreme values of one patient are canaries: they must never be found outside the cohort.
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from therapport import simulator
from therapport.predictor import Predictor
from therapport.simulator import measures
from training import design as designs
from training import evaluation, final
from training import study as studies
from training.design import Design
from training.evaluation import Evaluation
from training.study import Study

CANARY = "canary"
CANARY_VALUES = {"alliance": 1.0123457, "adherence": 0.0123457}
"""Lowest of all, in one patient; long enough that no figure holds the same digits by accident."""
PATIENTS, REFERENCE = 397, 67
"""Primes, so that an array of that length is hardly an accident."""

STUDY = """\
format = 1
name = "simulated"
title = "Simulated patients"
cohort = "cohort.csv"
codebook = "codebook.toml"
landmark = "{landmark}"
severity = "phq9_intake"
seed = {seed}
candidates = {candidates}

[outcome]
before = "phq9_intake"
after = "phq9_end"
response = "reliable_improvement"
end_score = {end_score}

[validation]
group = "{group}"
folds = {folds}
repeats = {repeats}
draws = {draws}

[reference]
patients = {reference}
"""
SETTINGS = {
    "landmark": "session3",
    "seed": 1,
    "candidates": '["prevalence", "severity"]',
    "end_score": "true",
    "group": "therapist",
    "folds": 3,
    "repeats": 1,
    "draws": 100,
    "reference": REFERENCE,
}


@dataclass(frozen=True)
class Made:
    """A study that has been carried out."""

    study: Study
    design: Design
    evaluations: tuple[Evaluation, ...]
    predictor: Predictor

    @property
    def patients(self) -> pd.DataFrame:
        """The cohort as its file has it."""
        return pd.read_csv(self.study.cohort_path)


def canary_cohort() -> pd.DataFrame:
    """A simulated cohort with canaries in it."""
    simulated = simulator.simulate(patients=PATIENTS, therapists=20, sites=4, missing=0.05, seed=11).cohort
    for column in ("patient_id", "therapist_id", "site_id"):
        simulated[column] = f"{CANARY}-" + simulated[column]
    for column, value in CANARY_VALUES.items():
        assert simulated[column].min() > value
        simulated[column] = [*simulated[column][:7], value, *simulated[column][8:]]
    return simulated


def write(folder: Path, cohort: pd.DataFrame, **settings: object) -> Path:
    """The study's file, with cohort and codebook beside it; `settings` replace those of SETTINGS."""
    cohort.to_csv(folder / "cohort.csv", index=False)
    (folder / "codebook.toml").write_bytes(measures.CODEBOOK.read_bytes())
    (folder / "study.toml").write_text(STUDY.format(**{**SETTINGS, **settings}))
    return folder / "study.toml"


def carry_out(path: Path) -> Made:
    """Design, evaluations and predictor of the study in a file."""
    study = studies.read(path)
    design = designs.read(study)
    evaluations = tuple(evaluation.evaluate(study, target, done=lambda: None) for target in design.targets)
    return Made(study, design, evaluations, final.predictor(design, evaluations))
