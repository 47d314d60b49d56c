"""Completers beside those who were lost: how they differ, and what the lost could have changed."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from therapport import features, validation
from therapport.models import Kind
from therapport.performance import SMALLEST_CELL, OutOfFold, bootstrap_weights
from therapport.predictor.evidence import Figure
from therapport.predictor.populations import Completers
from training import evaluation, out_of_fold
from training.design import Design, Target, cluster_codes
from training.evaluation import Evaluation
from training.populations import lost as losses
from training.populations.differences import differences

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
STAYING = "elastic_net"
"""The candidate by which staying is predicted."""
LEAST = 0.05
"""A smaller probability of staying is taken for this one, or a single patient would stand for a crowd."""
FIGURES: dict[Kind, tuple[str, ...]] = {
    "binary": ("auc", "brier", "calibration_slope", "calibration_intercept"),
    "score": ("r2", "rmse", "mae", "calibration_slope", "calibration_intercept"),
}


def of(design: Design, evaluated: Evaluation) -> Completers:
    """The account of one outcome; where fewer than ten were lost, only that."""
    target = evaluated.target
    rows = losses.rows(design, target)
    if len(rows) < SMALLEST_CELL:
        few = bool(len(rows)) or design.few_left_out
        return Completers(lost=None if few else 0, share=None if few else 0.0)
    found, hidden = differences(design, rows, target.rows)
    weights, foreseen = staying(design, target, rows)
    bounds = _bounds(design, evaluated, rows)
    means = {"completers": float(target.outcome.mean())}
    if weights is not None:
        means["weighted"] = float(weights @ target.outcome / weights.sum())
    means |= {name: float(truth.mean()) for name, (truth, _) in bounds.items()}
    return Completers(
        lost=len(rows) - len(rows) % SMALLEST_CELL,
        share=round(len(rows) / (len(rows) + len(target.rows)), 2),
        differences=found,
        hidden=hidden,
        foreseen=foreseen,
        effective=None if weights is None else round(float(weights.sum() ** 2 / (weights @ weights)) / len(weights), 2),
        completers=_figures(design, evaluated, None),
        weighted={} if weights is None else _figures(design, evaluated, weights),
        bounds={name: figures for name, (_, figures) in bounds.items()},
        means={name: round(one, 2) for name, one in means.items()},
    )


def staying(design: Design, target: Target, rows: IntArray) -> tuple[FloatArray | None, Figure | None]:
    """How many of those like them each completer stands for, (completers,), and how well staying can be foreseen.

    The inverse of the probability of staying, times the share that stayed; by models that had not met the patient's
    group. None where the lost are in too few groups to be left out in turn.
    """
    study, every = design.study, np.sort(np.concatenate([target.rows, rows]))
    stayed = np.isin(every, target.rows).astype(np.float64)
    cluster = cluster_codes(study, design.cohort)[every]
    folds = min(study.table.validation.folds, *(len(np.unique(cluster[stayed == value])) for value in (0.0, 1.0)))
    if folds < 2:  # noqa: PLR2004 - two folds are the fewest
        return None, None
    settings = study.table
    fold = validation.fold_numbers(cluster, stayed, folds=folds, repeats=1, seed=settings.seed, binary=True)
    matrix = features.factor_matrix(design.cohort.table.iloc[every], study.codebook, study.factors)
    task = replace(target.task, kind="binary", groups=(), trials=0)
    predicted = out_of_fold.predictions(Target(task, every, matrix, stayed, cluster), STAYING, fold, done=lambda: None)
    weights = bootstrap_weights(cluster, draws=settings.validation.draws, seed=settings.seed)
    auc = evaluation.metrics(study, "binary", predicted, weights, only=("auc",)).get("auc")
    probability = np.maximum(predicted.prediction[0][stayed == 1], LEAST)
    return stayed.mean() / probability, None if auc is None else evaluation.figure(auc)


def _figures(design: Design, evaluated: Evaluation, counted: FloatArray | None) -> dict[str, Figure]:
    return _of(design, evaluated.target.kind, evaluated.predictions[evaluated.choice.chosen], counted)


def _of(design: Design, kind: Kind, predictions: OutOfFold, counted: FloatArray | None = None) -> dict[str, Figure]:
    settings = design.study.table
    weights = bootstrap_weights(predictions.cluster, draws=settings.validation.draws, seed=settings.seed)
    found = evaluation.metrics(design.study, kind, predictions, weights, only=FIGURES[kind], counted=counted)
    return {name: evaluation.figure(one) for name, one in found.items()}


def _bounds(
    design: Design, evaluated: Evaluation, rows: IntArray
) -> Mapping[str, tuple[FloatArray, dict[str, Figure]]]:
    """`poor`, `good`, `last` -> outcomes of everyone and the figures that they give."""
    together = with_lost(design, evaluated, rows)
    kind, completers = evaluated.target.kind, evaluated.target.outcome
    found = {}
    for name, outcomes in losses.ends(design, kind, rows).items():
        one = replace(together, truth=np.concatenate([completers, outcomes]))
        found[name] = (one.truth, _of(design, kind, one))
    return found


def with_lost(design: Design, evaluated: Evaluation, rows: IntArray) -> OutOfFold:
    """Completers as they were predicted, then the lost, by models that had not met their group; outcomes of these: 0.

    A patient of a group that has a fold is predicted with it, other groups are dealt out in turn.
    """
    target, candidate = evaluated.target, evaluated.choice.chosen
    known = evaluated.predictions[candidate]
    cluster = cluster_codes(design.study, design.cohort)[rows]
    fold = np.stack([_folds_of(cluster, target.cluster, one) for one in known.fold])
    matrix = features.factor_matrix(design.cohort.table.iloc[rows], design.study.codebook, design.study.factors)
    jobs = [(repeat, number) for repeat in range(len(fold)) for number in np.unique(fold[repeat])]
    work = (
        delayed(_asked)(target, candidate, known.fold[repeat] != number, matrix[fold[repeat] == number])
        for repeat, number in jobs
    )
    prediction, means = np.empty(fold.shape), np.empty(fold.shape)
    for (repeat, number), (values, mean) in zip(jobs, Parallel(n_jobs=-1)(work), strict=True):
        asked = fold[repeat] == number
        prediction[repeat, asked], means[repeat, asked] = values, mean
    return OutOfFold(
        truth=np.concatenate([known.truth, np.zeros(len(rows))]),
        prediction=np.hstack([known.prediction, prediction]),
        fold=np.hstack([known.fold, fold]),
        training_mean=np.hstack([known.training_mean, means]),
        cluster=np.concatenate([known.cluster, cluster]),
    )


def _folds_of(cluster: IntArray, of_completers: IntArray, fold: IntArray) -> IntArray:
    own = dict(zip(of_completers.tolist(), fold.tolist(), strict=True))
    folds = len(np.unique(fold))
    others = {code: place % folds for place, code in enumerate(sorted({*cluster.tolist()} - {*own}))}
    every = own | others
    return np.array([every[code] for code in cluster.tolist()], dtype=np.int64)


def _asked(
    target: Target, candidate: str, learned: NDArray[np.bool_], matrix: features.FactorMatrix
) -> tuple[FloatArray, float]:
    fitted = out_of_fold.fit(
        candidate, target.task.of(learned), target.matrix[learned], target.outcome[learned], target.cluster[learned]
    )
    return fitted.predict(matrix, target.task), float(target.outcome[learned].mean())
