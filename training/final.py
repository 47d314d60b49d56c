"""From the chosen candidates to a predictor: fitted on everyone, calibrated out of fold, explained."""

import hashlib
from dataclasses import replace

import numpy as np

from therapport import __version__
from therapport.explanation import compile_explainer, in_probability_points
from therapport.performance import SMALLEST_CELL
from therapport.predictor import Evidence, ExplainedModel, Predictor, golden, profile
from therapport.predictor.evidence import CohortDescription, Comparison, FamilySpread
from training import out_of_fold
from training.design import Design, Target
from training.evaluation import Evaluation
from training.factor_shap import mean_absolute_shap

INTERVAL = 0.8
"""Share of out-of-fold errors that the end score's interval holds."""


def predictor(design: Design, evaluations: tuple[Evaluation, ...]) -> Predictor:
    """The predictor of a study: for each outcome the chosen candidate."""
    study = design.study
    models = {evaluation.target.kind: _explained(design, evaluation) for evaluation in evaluations}
    bare = Predictor(
        name=study.name,
        version="unregistered",
        codebook=study.codebook,
        landmark=study.table.landmark,
        factors=study.factors,
        outcome=study.outcome,
        end_score_instrument=study.instrument if "score" in models else None,
        response=models.get("binary"),
        end_score=models.get("score"),
        profile=profile(design.cohort.table, study.codebook, study.factors),
        evidence=_evidence(design, evaluations),
    )
    evidence = _with_families(bare, design, evaluations).model_copy(update={"golden": golden(bare)})
    return replace(bare, evidence=evidence, version=_version(design))


def _version(design: Design) -> str:
    """Until a registry counts versions: the same cohort, study and program give the same eight digits."""
    whole = f"{__version__} {design.cohort.digest()} {design.study.table.model_dump_json()}"
    return hashlib.sha256(whole.encode()).hexdigest()[:8]


def reference_rows(design: Design, target: Target) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Rows of the target's factor matrix that explanations start from: all patients, or a seeded sample."""
    wanted = design.study.table.reference.patients
    rows = np.arange(len(target.rows))
    if wanted == "all" or wanted >= len(rows):
        return rows
    return np.sort(np.random.default_rng(design.study.table.seed).choice(rows, size=wanted, replace=False))


def _explained(design: Design, evaluation: Evaluation) -> ExplainedModel:
    target, chosen = evaluation.target, evaluation.choice.chosen
    fitted = out_of_fold.fit(chosen, target.task, target.matrix, target.outcome, target.cluster)
    reference = target.matrix[reference_rows(design, target)]
    families = design.study.codebook.families_of(design.study.factors)
    owner = {name: place for place, members in enumerate(families.values()) for name in members}
    family_of = [owner[name] for name in design.study.factors]
    each = range(len(design.study.factors))
    half_width = None
    if target.kind == "score":
        errors = np.abs(evaluation.predictions[chosen].prediction - target.outcome)
        half_width = float(np.quantile(errors, INTERVAL))
    return ExplainedModel(
        candidate=chosen,
        score=fitted.score,
        calibration=fitted.calibration,
        families=compile_explainer(fitted.score, fitted.calibration, reference, family_of, players=len(families)),
        factors=compile_explainer(fitted.score, fitted.calibration, reference, each, players=len(each)),
        half_width=half_width,
    )


def _evidence(design: Design, evaluations: tuple[Evaluation, ...]) -> Evidence:
    study, settings = design.study, design.study.table.validation
    by_kind = {evaluation.target.kind: evaluation.target for evaluation in evaluations}
    binary, score = by_kind.get("binary"), by_kind.get("score")
    known = max(len(target.rows) for target in by_kind.values())
    return Evidence(
        study=study.name,
        title=study.table.title,
        landmark=study.table.landmark.value,
        group=settings.group,
        folds=settings.folds,
        repeats=settings.repeats,
        draws=settings.draws,
        straddling=sum(evaluation.straddling for evaluation in evaluations),
        cohort=CohortDescription(
            patients=len(design.cohort.table),
            # Ten or more are lost, or none: a smaller difference could point at a person.
            with_outcome=known if len(design.cohort.table) - known >= SMALLEST_CELL else len(design.cohort.table),
            groups={
                level: int(design.cohort.table[column].nunique()) for level, column in study.codebook.groups.items()
            },
            base_rate=None if binary is None else round(float(binary.outcome.mean()), 4),
            mean_end_score=None if score is None else round(float(score.outcome.mean()), 4),
            digest=design.cohort.digest(),
        ),
        comparisons=tuple(evaluation.comparison for evaluation in evaluations),
        warnings=design.warnings,
    )


def _with_families(bare: Predictor, design: Design, evaluations: tuple[Evaluation, ...]) -> Evidence:
    comparisons: list[Comparison] = []
    for evaluation in evaluations:
        target = evaluation.target
        model = bare.response if target.kind == "binary" else bare.end_score
        if model is None:  # cannot be: every evaluation has become a model
            raise AssertionError(target.kind)
        explanation = model.families.explain(target.matrix)
        values = explanation.contributions
        if target.kind == "binary":
            values = in_probability_points(explanation.reference, values)
        spread = {
            family: FamilySpread(
                mean_absolute=float(np.abs(values[:, place]).mean()),
                quantiles=tuple(np.quantile(values[:, place], [0.05, 0.25, 0.5, 0.75, 0.95]).tolist()),
            )
            for place, family in enumerate(bare.families)
        }
        shap_values = mean_absolute_shap(
            model.score, target.matrix, target.matrix[reference_rows(design, target)], design.study.factors
        )
        comparisons.append(evaluation.comparison.model_copy(update={"families": spread, "factors": shap_values}))
    return bare.evidence.model_copy(update={"comparisons": tuple(comparisons)})
