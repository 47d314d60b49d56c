"""The predictor that servers are timed with: boosted trees of depth 4, 300 of them, with refits."""

from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from tests.studies import STUDY
from therapport import predictor as predictors
from therapport import simulator
from therapport.models import candidates
from therapport.predictor import Predictor
from training import design as designs
from training import evaluation, final
from training import study as studies

DEPTH, TREES, PATIENTS, FACTORS = 4, 300, 2000, 40


def made(folder: Path) -> Predictor:
    """`folder`/model, trained on a simulated cohort unless it is there; the response only, because the peer has one."""
    if (folder / "model").is_dir():
        return predictors.load(folder / "model")
    simulated = simulator.simulate(patients=PATIENTS, therapists=40, sites=8, missing=0.05, seed=1, factors=FACTORS)
    simulator.write(simulated, folder)
    text = STUDY.format(
        landmark="session3", seed=1, candidates='["xgboost"]', end_score="false", group="therapist", folds=2, repeats=1,
        draws=100, reference=500,
    ).replace("cohort.csv", "cohort.parquet")  # fmt: skip
    (folder / "study.toml").write_text(text)
    boosted = replace(
        candidates.CANDIDATES["xgboost"], settings=({"rounds": TREES, "depth": DEPTH, "learning_rate": 0.05},)
    )
    with patch.dict(candidates.CANDIDATES, {"xgboost": boosted}):
        design = designs.read(studies.read(folder / "study.toml"))
        made = final.predictor(
            design,
            tuple(evaluation.evaluate(design.study, target, done=lambda: None) for target in design.targets),
        )
    predictors.save(made, folder / "model")
    return made
