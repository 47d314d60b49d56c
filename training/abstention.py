"""Whom the predictor will give no prediction, as far as the comparison can tell: counted out of fold, with figures."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from therapport import performance
from therapport.performance import OutOfFold
from therapport.performance.bootstrap import FEWEST_CLUSTERS
from therapport.predictor import ExplainedModel, abstaining, profile
from therapport.predictor.evidence import Abstention, Figure
from training import evaluation as evaluations
from training import explained
from training.design import Design, Target
from training.evaluation import Evaluation
from training.external import subset

FloatArray = NDArray[np.float64]
Mask = NDArray[np.bool_]
Others = Sequence[tuple[Evaluation, ExplainedModel]]
SHOWN = {"binary": ("auc", "brier", "calibration_intercept"), "score": ("rmse", "r2", "calibration_intercept")}
FEWEST = 30
"""Patients below which a figure is mostly chance."""
ALMOST_ONE = 1e-9


def abstention(design: Design, evaluation: Evaluation, model: ExplainedModel, others: Others = ()) -> Abstention | None:
    """By which rules of the study the predictor abstains in how many, and how good it is with and without them.

    Each patient is held against a training part that has not met the patient: what a part covers is learned from it
    alone, and the model's own uncertainty comes from the refits that did not draw the patient's group. With several
    repeats a patient counts as left out where that is so in most of them. `others` are the study's further outcomes:
    one that the model is not sure of keeps the whole answer back. None where the study states no such rule.
    """
    study, target = design.study, evaluation.target
    if not study.limits.stated:
        return None
    held = _held(design, evaluation)
    unsure = [_unsure(design, *one) for one in ((evaluation, model), *others)]
    if any(one is not None for one in unsure):
        held["wide"] = np.logical_or.reduce([one for one in unsure if one is not None])[target.rows]
    left_out: Mask = np.logical_or.reduce(list(held.values()))
    predictions = evaluation.predictions[evaluation.choice.chosen]
    patients, few = len(left_out), performance.SMALLEST_CELL
    told = min(int(left_out.sum()), int((~left_out).sum())) >= few
    return Abstention(
        patients=_tens(patients),
        abstained=_tens(int(left_out.sum())),
        share=round(float(left_out.mean()), 3) if told else None,
        reasons={code: _tens(int(patients_of.sum())) for code, patients_of in held.items()},
        predicted=_figures(design, target, predictions, ~left_out),
        left_out=_figures(design, target, predictions, left_out),
    )


def width(target: Target, predictions: OutOfFold, model: ExplainedModel, rows: list[NDArray[np.int64]]) -> FloatArray:
    """Shape (patients,): of the interval of model uncertainty, from the refits whose `rows` do not hold the patient.

    NaN where fewer than two refits are left. Probabilities are taken about the out-of-fold log-odds.
    """
    if model.refits is None:
        return np.full(len(target.matrix), np.nan)
    totals = np.array([explainer.explain(target.matrix).total for explainer in model.refits.explainers])
    for place, drawn in enumerate(rows[: len(totals)]):
        totals[place, drawn] = np.nan
    known = ~np.isnan(totals)
    count = known.sum(axis=0)
    mean = np.where(known, totals, 0.0).sum(axis=0) / np.maximum(count, 1)
    squares = np.where(known, (totals - mean) ** 2, 0.0).sum(axis=0)
    deviation = np.sqrt(squares / np.maximum(count - 1, 1))
    margin = np.where(count > 1, model.refits.multiplier * deviation, np.nan)
    if target.kind == "score":
        return np.asarray(2 * margin)
    centre = logit(np.clip(predictions.prediction, ALMOST_ONE, 1 - ALMOST_ONE)).mean(axis=0)
    return np.asarray(expit(centre + margin) - expit(centre - margin))


def _held(design: Design, evaluation: Evaluation) -> dict[str, Mask]:
    """Code -> the patients for whom a rule of this code holds in most repeats."""
    study, target = design.study, evaluation.target
    factors, limits = study.factors, study.limits
    required = [name for name in factors if study.codebook.factors[name].required]
    counted: dict[str, FloatArray] = {}
    table = design.cohort.table.iloc[target.rows].reset_index(drop=True)
    for fold in evaluation.fold:
        outside = np.zeros(target.matrix.shape, dtype=np.bool_)
        for number in np.unique(fold) if limits.beyond is not None else ():
            tested = fold == number
            usual = profile(table[~tested], study.codebook, factors)
            outside[tested] = abstaining.covered(factors, study.codebook, usual).outside(target.matrix[tested])
        once: dict[str, Mask] = {}
        for rule in abstaining.of_factors(target.matrix, outside, factors, required, limits):
            # Two required factors that are missing count once.
            once[rule.code] = once.get(rule.code, np.zeros(len(table), dtype=np.bool_)) | rule.patients
        for code, patients in once.items():
            counted[code] = counted.get(code, np.zeros(len(table))) + patients
    return {code: count > len(evaluation.fold) / 2 for code, count in counted.items()}


def _unsure(design: Design, evaluation: Evaluation, model: ExplainedModel) -> Mask | None:
    """The rows of the cohort in whom the model is less sure than the study asks; None if it does not ask."""
    target, limits = evaluation.target, design.study.limits
    limit = limits.wide if target.kind == "binary" else limits.wide_points
    if limit is None:
        return None
    rows = explained.rows_of_refits(design, target)
    spread = width(target, evaluation.predictions[evaluation.choice.chosen], model, rows)
    unsure = np.zeros(len(design.cohort.table), dtype=np.bool_)
    unsure[target.rows] = abstaining.too_wide(spread, limit, of=target.kind).patients
    return unsure


def _figures(design: Design, target: Target, predictions: OutOfFold, members: Mask) -> dict[str, Figure]:
    truth, groups = target.outcome[members], len(np.unique(target.cluster[members]))
    rarest = min(truth.sum(), len(truth) - truth.sum()) if target.kind == "binary" else len(truth)
    if len(truth) < FEWEST or rarest < performance.SMALLEST_CELL or groups < FEWEST_CLUSTERS:
        return {}
    own = subset(predictions, np.flatnonzero(members))
    settings = design.study.table
    weights = performance.bootstrap_weights(own.cluster, draws=settings.validation.draws, seed=settings.seed)
    found = evaluations.metrics(design.study, target.kind, own, weights)
    return {
        name: Figure(value=found[name].value, low=found[name].low, high=found[name].high)
        for name in SHOWN[target.kind]
        if name in found
    }


def _tens(patients: int) -> int:
    return patients - patients % performance.SMALLEST_CELL
