"""Predictions for every patient by models that never saw them, their group, or anything learned from either."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.special import expit

from therapport import calibration, validation
from therapport.calibration import Affine
from therapport.features import FactorMatrix
from therapport.models import CANDIDATES, Score, Task
from therapport.models.candidates import Setting
from therapport.performance import OutOfFold
from training import tuning
from training.design import Target

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Progress = Callable[[], None]


@dataclass(frozen=True)
class Calibrated:
    """A candidate with its best setting, fitted and calibrated on one set of patients."""

    score: Score
    calibration: Affine
    setting: Setting

    def predict(self, matrix: FactorMatrix, task: Task) -> FloatArray:
        """Probabilities or points, shape (patients,)."""
        calibrated = self.calibration.of(self.score.of(matrix))
        return expit(calibrated) if task.kind == "binary" else calibrated


def fit(candidate: str, task: Task, matrix: FactorMatrix, outcome: FloatArray, cluster: IntArray) -> Calibrated:
    """Choose the setting, fit, and calibrate, on these patients alone.

    Inner folds, split by the same groups, give scores that did not see their patients: they choose the setting and fit
    the line of the calibration; then the score is fitted on all of these patients.
    """
    chosen = CANDIDATES[candidate]
    # Fewer groups than inner folds can be left in a small outer fold.
    inner = min(task.inner_folds, _splittable(cluster, outcome, binary=task.kind == "binary"))
    if inner < 2 or not chosen.factors(task):  # noqa: PLR2004 - two folds are the fewest
        setting = chosen.settings[0]
        own = chosen.on_log_odds or task.kind == "score"
        line = calibration.IDENTITY if own else calibration.same_for_all(outcome, binary=True)
        return Calibrated(chosen.fit(task, matrix, outcome, setting), line, setting)
    number = validation.fold_numbers(
        cluster, outcome, folds=inner, repeats=1, seed=task.seed, binary=task.kind == "binary"
    )[0]
    patients = tuning.Patients(matrix, outcome, number)
    if task.trials and chosen.space:
        found = tuning.searched(candidate, task, patients, trials=task.trials)
    else:
        found = tuning.from_grid(candidate, task, patients)
    line = calibration.fit(found.scores, outcome, binary=task.kind == "binary")
    return Calibrated(chosen.fit(task, matrix, outcome, found.setting), line, found.setting)


def predictions(target: Target, candidate: str, fold: IntArray, *, done: Progress) -> OutOfFold:
    """Out-of-fold predictions of one candidate, for folds of shape (repeats, patients)."""
    return side_by_side(target, [candidate], fold, done=done)[candidate]


def side_by_side(target: Target, candidates: Sequence[str], fold: IntArray, *, done: Progress) -> dict[str, OutOfFold]:
    """Out-of-fold predictions of all candidates on the same folds, shape (repeats, patients); `done` after each fit.

    The fits of all candidates wait in one line, the longest first, so that no core is idle while another ends a
    candidate's last fold.
    """
    parts = [
        (name, repeat, number)
        for name in sorted(candidates, key=lambda name: -CANDIDATES[name].effort)
        for repeat in range(len(fold))
        for number in np.unique(fold[repeat])
    ]
    prediction = {name: np.empty(fold.shape) for name in candidates}
    training_mean = {name: np.empty(fold.shape) for name in candidates}
    jobs = (delayed(_one_part)(target, name, fold[repeat] == number) for name, repeat, number in parts)
    results: Iterator[tuple[FloatArray, float]] = Parallel(n_jobs=-1, return_as="generator")(jobs)
    for (name, repeat, number), (predicted, mean) in zip(parts, results, strict=True):
        tested = fold[repeat] == number
        prediction[name][repeat, tested], training_mean[name][repeat, tested] = predicted, mean
        done()
    return {
        name: OutOfFold(
            truth=target.outcome,
            prediction=prediction[name],
            fold=fold,
            training_mean=training_mean[name],
            cluster=target.cluster,
        )
        for name in candidates
    }


def _one_part(target: Target, candidate: str, tested: NDArray[np.bool_]) -> tuple[FloatArray, float]:
    seen = ~tested
    fitted = fit(candidate, target.task.of(seen), target.matrix[seen], target.outcome[seen], target.cluster[seen])
    return fitted.predict(target.matrix[tested], target.task), float(target.outcome[seen].mean())


def _splittable(cluster: IntArray, outcome: FloatArray, *, binary: bool) -> int:
    parts = [cluster[outcome == value] for value in (0.0, 1.0)] if binary else [cluster]
    return min(len(np.unique(part)) for part in parts)
