"""From the chosen candidates to a predictor: fitted on everyone, calibrated out of fold, explained."""

import hashlib
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from therapport import __version__
from therapport.explanation import compile_explainer
from therapport.predictor import ExplainedModel, Predictor, golden, profile
from training import account, out_of_fold
from training.design import Design, Target
from training.evaluation import Evaluation

HELD = 0.8
"""Share of out-of-fold errors that the end score's interval holds."""


def predictor(design: Design, evaluations: tuple[Evaluation, ...]) -> Predictor:
    """The predictor of a study: for each outcome the chosen candidate.

    All candidates are fitted and explained once more on everyone, so that what they rest on can be compared too.
    """
    study = design.study
    explained = {
        evaluation.target.kind: {name: _explained(design, evaluation, name) for name in study.candidates}
        for evaluation in evaluations
    }
    chosen = {
        evaluation.target.kind: explained[evaluation.target.kind][evaluation.choice.chosen]
        for evaluation in evaluations
    }
    made = Predictor(
        name=study.name,
        version=_version(design),
        codebook=study.codebook,
        landmark=study.table.landmark,
        factors=study.factors,
        outcome=study.outcome,
        end_score_instrument=study.instrument if "score" in chosen else None,
        response=chosen.get("binary"),
        end_score=chosen.get("score"),
        profile=profile(design.cohort.table, study.codebook, study.factors),
        evidence=account.evidence(design, evaluations, explained),
    )
    return replace(made, evidence=made.evidence.model_copy(update={"golden": golden(made)}))


def _version(design: Design) -> str:
    """The same cohort, codebook, study and program give the same eight digits."""
    digests = f"{design.cohort.digest()} {design.study.codebook.digest()}"
    whole = f"{__version__} {digests} {design.study.table.model_dump_json()}"
    return hashlib.sha256(whole.encode()).hexdigest()[:8]


def reference_rows(design: Design, target: Target) -> NDArray[np.int64]:
    """Rows of the target's factor matrix that explanations start from: all patients, or a seeded sample."""
    wanted = design.study.table.reference.patients
    rows = np.arange(len(target.rows))
    if wanted == "all" or wanted >= len(rows):
        return rows
    return np.sort(np.random.default_rng(design.study.table.seed).choice(rows, size=wanted, replace=False))


def _explained(design: Design, evaluation: Evaluation, candidate: str) -> ExplainedModel:
    target, study = evaluation.target, design.study
    fitted = out_of_fold.fit(candidate, target.task, target.matrix, target.outcome, target.cluster)
    reference = target.matrix[reference_rows(design, target)]
    families = study.codebook.families_of(study.factors)
    owner = {name: place for place, members in enumerate(families.values()) for name in members}
    family_of = [owner[name] for name in study.factors]
    each = range(len(study.factors))
    half_width = None
    if target.kind == "score":
        errors = np.abs(evaluation.predictions[candidate].prediction - target.outcome)
        half_width = float(np.quantile(errors, HELD))
    return ExplainedModel(
        candidate=candidate,
        score=fitted.score,
        calibration=fitted.calibration,
        families=compile_explainer(fitted.score, fitted.calibration, reference, family_of, players=len(families)),
        factors=compile_explainer(fitted.score, fitted.calibration, reference, each, players=len(each)),
        half_width=half_width,
    )
