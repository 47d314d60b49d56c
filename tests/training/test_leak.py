"""Where there is nothing to find, nothing is found: an outcome that belongs to other patients."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests import studies as material
from training import design as designs
from training import evaluation
from training import study as studies
from training.evaluation import Evaluation


def null_evaluations(
    folder: Path, cohort: pd.DataFrame, *, seed: int, candidates: str, **settings: str
) -> tuple[Evaluation, ...]:
    """The end scores dealt out anew: they have to do with no factor, group or score at the start."""
    dealt = np.random.default_rng(seed).permutation(cohort["phq9_end"].to_numpy(dtype=float))
    path = material.write(folder, cohort.assign(phq9_end=dealt), candidates=candidates, folds=4, **settings)
    path.write_text(path.read_text().replace("reliable_improvement", "below_cutoff"))
    study = studies.read(path)
    return tuple(evaluation.evaluate(study, target, done=lambda: None) for target in designs.read(study).targets)


def test_of_an_outcome_that_was_dealt_out_anew_only_the_prevalence_is_known(
    canary_cohort: pd.DataFrame, tmp_path: Path
) -> None:
    every = '["prevalence", "severity", "elastic_net", "xgboost"]'
    response, score = null_evaluations(tmp_path, canary_cohort, seed=1, candidates=every)
    for name, result in response.comparison.candidates.items():
        auc = result.metrics.get("auc")
        if auc is not None:
            assert auc.low is not None
            assert auc.low < 0.5, name
            # Three standard errors of an AUC of 397 patients.
            assert auc.value == pytest.approx(0.5, abs=3 * 0.03), name
    for result in score.comparison.candidates.values():
        assert result.metrics["r2"].value < 0.02
    for one in (response, score):
        assert one.comparison.chosen == "prevalence"
        assert one.comparison.verdict.endswith("no candidate does better than the same answer for everyone.")
        assert one.straddling == 0


def test_over_many_such_outcomes_no_candidate_is_better_than_chance(
    canary_cohort: pd.DataFrame, tmp_path: Path
) -> None:
    """Every baseline is in every comparison anyhow: one comparison for each outcome says it of all of them."""
    every = ("severity", "elastic_net", "mixed")
    aucs: dict[str, list[float]] = {name: [] for name in every}
    for seed in range(8):
        (response,) = null_evaluations(
            tmp_path,
            canary_cohort,
            seed=seed,
            candidates=json.dumps(every),
            end_score="false",
        )
        for name in every:
            auc = response.comparison.candidates[name].metrics.get("auc")
            aucs[name].append(0.5 if auc is None else auc.value)
    # One AUC of 397 patients has a standard error of about .03, the mean of 8 one of .011.
    assert {name: values for name, values in aucs.items() if np.mean(values) >= 0.5 + 3 * 0.011} == {}
