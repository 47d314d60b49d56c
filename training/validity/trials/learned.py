"""One simulated study: predictions out of fold, and how good the models are in new patients of new therapists."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from therapport import performance, validation
from therapport.performance import Loss, OutOfFold
from training import out_of_fold
from training.design import Target
from training.out_of_fold import Calibrated
from training.validity.trials.settings import Setting

FloatArray = NDArray[np.float64]
LOSS: dict[str, Loss] = {"binary": "brier", "score": "squared_error"}
METRICS = {
    "binary": ("auc", "brier", "scaled_brier", "calibration_slope", "calibration_intercept", "ici"),
    "score": ("r2", "rmse", "mae", "calibration_slope", "calibration_intercept"),
}
FOLDS, REPEATS = 5, 2
"""As in a study that states nothing."""
FEW = 10_000
LEVELS = np.linspace(0, 1, 2001)
"""At which the errors in new patients are kept."""


@dataclass(frozen=True)
class Learned:
    """One candidate on one outcome of one study."""

    predictions: OutOfFold
    final: Mapping[str, float]
    """Metric -> its value in new patients, for the model that is fitted to the whole cohort and kept."""
    of_folds: Mapping[str, float]
    """Metric -> its mean over the models of the first repeat's folds, in the same new patients.

    They differ little from the final model, so FEW of the new patients tell by how much.
    """
    errors: FloatArray
    """Quantiles, at LEVELS, of the absolute errors of the final model in new patients; each therapist counts alike."""


def learn(setting: Setting, new: tuple[Target, ...], seed: int) -> dict[tuple[str, str], Learned]:
    """Fit every candidate of the setting to the cohort of this seed, for response and end score."""
    found: dict[tuple[str, str], Learned] = {}
    for target, others in zip(setting.drawn(seed)[1].targets, new, strict=True):
        fold = folds(target, seed)
        for candidate in setting.candidates:
            found[target.kind, candidate] = _learned(target, others, candidate, fold, of_folds=setting.of_folds)
    return found


def folds(target: Target, seed: int) -> NDArray[np.int64]:
    """The folds of a study, (repeats, patients)."""
    binary = target.kind == "binary"
    return validation.fold_numbers(
        target.cluster, target.outcome, folds=FOLDS, repeats=REPEATS, seed=seed, binary=binary
    )


def in_new_patients(target: Target, others: Target, model: Calibrated) -> tuple[dict[str, float], FloatArray]:
    """Each of METRICS of a model in new patients, and its predictions there."""
    predicted = model.predict(others.matrix, others.task)
    everyone = np.ones((1, len(predicted)))
    made = OutOfFold(
        truth=others.outcome,
        prediction=predicted[np.newaxis],
        fold=np.zeros_like(everyone, dtype=np.int64),
        training_mean=everyone * target.outcome.mean(),
        cluster=others.cluster,
    )
    found = (
        performance.evaluate_binary(made, everyone, only=METRICS["binary"])
        if target.kind == "binary"
        else performance.evaluate_score(made, everyone)
    )
    return {name: figure.value for name, figure in found.items() if name in METRICS[target.kind]}, predicted


def _learned(target: Target, others: Target, candidate: str, fold: NDArray[np.int64], *, of_folds: bool) -> Learned:
    prediction, training_mean, each = np.empty(fold.shape), np.empty(fold.shape), []
    few = _seen(others, np.arange(len(others.outcome)) < FEW)
    for repeat, row in enumerate(fold):
        for number in np.unique(row):
            tested = row == number
            model = _fit(target, candidate, ~tested)
            prediction[repeat, tested] = model.predict(target.matrix[tested], target.task)
            training_mean[repeat, tested] = target.outcome[~tested].mean()
            if of_folds and repeat == 0:
                seen = _seen(target, ~tested)
                each.append(in_new_patients(seen, few, model)[0])
    predictions = OutOfFold(target.outcome, prediction, fold, training_mean, target.cluster)
    model = _fit(target, candidate, np.ones(len(target.outcome), dtype=bool))
    final, there = in_new_patients(target, others, model)
    means: dict[str, float] = {}
    if each:
        here = in_new_patients(target, few, model)[0]
        for name in final.keys() & here.keys():
            if known := [one[name] for one in each if name in one]:
                means[name] = final[name] + float(np.mean(known)) - here[name]
    return Learned(predictions, final, means, _quantiles(np.abs(there - others.outcome), others.cluster))


def _seen(target: Target, members: NDArray[np.bool_]) -> Target:
    return Target(
        target.task.of(members),
        target.rows[members],
        target.matrix[members],
        target.outcome[members],
        target.cluster[members],
    )


def _fit(target: Target, candidate: str, members: NDArray[np.bool_]) -> Calibrated:
    seen = _seen(target, members)
    return out_of_fold.fit(candidate, seen.task, seen.matrix, seen.outcome, seen.cluster)


def _quantiles(errors: FloatArray, cluster: NDArray[np.int64]) -> FloatArray:
    _, place, patients = np.unique(cluster, return_inverse=True, return_counts=True)
    order = np.argsort(errors)
    reached = np.cumsum(1 / (len(patients) * patients[place[order]]))
    return np.asarray(np.interp(LEVELS, reached, errors[order]))
