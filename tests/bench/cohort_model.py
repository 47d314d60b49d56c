"""The predictors that cohorts are scored with: boosted trees of a stated depth on forty factors, with refits."""

from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from tests.studies import STUDY
from therapport import predictor as predictors
from therapport import simulator
from therapport.models import candidates
from training import design as designs
from training import evaluation, final
from training import study as studies


def large(folder: Path) -> Path:
    """300 trees of depth 4, 40 factors, 500 reference patients, 20 refits; the response only."""
    return _made(folder, factors=40, patients=4000, settings={"rounds": 300, "depth": 4, "learning_rate": 0.05})


def small(folder: Path) -> Path:
    """A few shallow trees on the twelve factors of the default cohort."""
    return _made(folder, factors=12, patients=600, settings={"rounds": 30, "depth": 2, "learning_rate": 0.1})


def _made(folder: Path, *, factors: int, patients: int, settings: dict[str, float]) -> Path:
    source = folder / "trained on"
    simulated = simulator.simulate(patients=patients, therapists=40, sites=8, missing=0.1, seed=1, factors=factors)
    simulator.write(simulated, source)
    text = STUDY.format(
        landmark="session3", seed=1, candidates='["xgboost"]', end_score="false", group="therapist", folds=2, repeats=1,
        draws=100, reference=500,
    ).replace("cohort.csv", "cohort.parquet")  # fmt: skip
    (source / "study.toml").write_text(text)
    boosted = replace(candidates.CANDIDATES["xgboost"], settings=(settings,))
    with patch.dict(candidates.CANDIDATES, {"xgboost": boosted}):
        design = designs.read(studies.read(source / "study.toml"))
        made = final.predictor(
            design, tuple(evaluation.evaluate(design.study, target, done=lambda: None) for target in design.targets)
        )
    predictors.save(made, folder / "model")
    return folder / "model"
