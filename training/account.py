"""The account of a study that travels with its predictor: who, how good, what the predictions rest on."""

from collections.abc import Mapping

import numpy as np

from therapport.models import Kind
from therapport.performance import SMALLEST_CELL
from therapport.predictor import Evidence, ExplainedModel
from therapport.predictor.evidence import CohortDescription, Comparison, Reference
from training.abstention import abstention
from training.described.analysis import analysis
from training.described.missing import by_completeness, report
from training.described.table_one import table_one
from training.design import Design, Target
from training.evaluation import Evaluation
from training.factor_shap import mean_absolute_shap
from training.family_account import contributions, family_interactions, family_spreads

Explained = Mapping[Kind, Mapping[str, ExplainedModel]]


def evidence(design: Design, evaluations: tuple[Evaluation, ...], explained: Explained) -> Evidence:
    """Everything that a report needs beside the predictor; `explained` holds every candidate of every outcome."""
    study, settings = design.study, design.study.table.validation
    return Evidence(
        study=study.table.name,
        title=study.title,
        landmark=study.table.landmark.value,
        group=settings.group,
        folds=settings.folds,
        repeats=settings.repeats,
        draws=settings.draws,
        straddling=sum(evaluation.straddling for evaluation in evaluations),
        cohort=_cohort(design, [evaluation.target for evaluation in evaluations]),
        comparisons=tuple(_comparison(design, one, evaluations, explained) for one in evaluations),
        reference=_reference(design),
        warnings=design.warnings,
        gate=study.table.gate,
        table_one=table_one(design),
        missing=report(design),
        analysis=analysis(design),
        card=study.table.card,
    )


def _reference(design: Design) -> Reference:
    wanted = design.study.table.reference
    # All of them, if the sample would be no smaller for any outcome; of each level on its own this is not said.
    meant = min(int(wanted.are_meant(design.cohort.table.iloc[target.rows]).sum()) for target in design.targets)
    sample = None if wanted.patients == "all" or (wanted.same is None and wanted.patients >= meant) else wanted.patients
    return Reference(patients=sample, where=wanted.where, same=wanted.same)


def _cohort(design: Design, targets: list[Target]) -> CohortDescription:
    patients, known = len(design.cohort.table), max(len(target.rows) for target in targets)
    means = {target.kind: round(float(target.outcome.mean()), 4) for target in targets}
    return CohortDescription(
        patients=patients,
        # Ten or more are lost, or none: the design has left out any fewer.
        with_outcome=known,
        known={target.kind: len(target.rows) for target in targets},
        events=next((int(target.outcome.sum()) for target in targets if target.kind == "binary"), None),
        started=_started(design),
        groups={
            level: int(design.cohort.table[column].nunique()) for level, column in design.study.codebook.groups.items()
        },
        base_rate=means.get("binary"),
        mean_end_score=means.get("score"),
        digest=design.cohort.digest(),
        at_risk=design.at_risk.told,
    )


def _started(design: Design) -> tuple[str, str] | None:
    """The months of the tenth start and of the tenth from the end: no single start shows."""
    days = np.sort(design.cohort.start[~np.isnan(design.cohort.start)]) if design.cohort.start is not None else ()
    if len(days) < 2 * SMALLEST_CELL:
        return None
    first, last = (np.datetime64(int(days[place]), "D") for place in (SMALLEST_CELL - 1, -SMALLEST_CELL))
    return str(first.astype("datetime64[M]")), str(last.astype("datetime64[M]"))


def _comparison(
    design: Design, evaluation: Evaluation, evaluations: tuple[Evaluation, ...], explained: Explained
) -> Comparison:
    target, comparison = evaluation.target, evaluation.comparison
    models = explained[target.kind]
    others = [(one, explained[one.target.kind][one.choice.chosen]) for one in evaluations if one is not evaluation]
    families = design.study.codebook.families_of(design.study.factors)
    moved = {name: contributions(model, target) for name, model in models.items()}
    chosen = models[comparison.chosen]
    return comparison.model_copy(
        update={
            "candidates": {
                name: result.model_copy(
                    update={"families": dict(zip(families, np.abs(moved[name]).mean(axis=0).tolist(), strict=True))}
                )
                for name, result in comparison.candidates.items()
            },
            "abstention": abstention(design, evaluation, chosen, others),
            "families": family_spreads(chosen, target, design.study.factors, families),
            "interactions": family_interactions(chosen, target.matrix, list(families)),
            "factors": mean_absolute_shap(chosen.score, target.matrix, design.study.factors),
            "completeness": by_completeness(design, evaluation),
        }
    )
