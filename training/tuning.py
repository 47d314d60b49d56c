"""Settings found on inner folds alone: a fixed grid, or a search by Optuna with the same number of trials for all."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import optuna
from numpy.typing import NDArray

from therapport.features import FactorMatrix
from therapport.models import CANDIDATES, Task, TreeScore
from therapport.models.candidates import Candidate, Setting
from therapport.models.space import Range

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
WARM_UP = 5
"""Trials before any is pruned, each on all inner folds."""


@dataclass(frozen=True)
class Found:
    """The best setting, and the scores that it gave to patients whom it had not seen."""

    setting: Setting
    scores: FloatArray
    """Shape (patients,)."""
    tried: int
    pruned: int = 0


@dataclass(frozen=True)
class Patients:
    """Those on whom settings are compared, and the inner fold in which each is tested."""

    matrix: FactorMatrix
    outcome: FloatArray
    fold: IntArray


def from_grid(candidate: str, task: Task, patients: Patients) -> Found:
    """The best of the candidate's fixed settings."""
    chosen = CANDIDATES[candidate]
    found = [(_scores(chosen, task, patients, setting), setting) for setting in chosen.settings]
    losses = [_loss(chosen, task, scores, patients.outcome) for scores, _ in found]
    scores, setting = found[int(np.argmin(losses))]
    return Found(setting, scores, len(found))


def searched(candidate: str, task: Task, patients: Patients, *, trials: int) -> Found:
    """The best setting of so many trials of the candidate's space; the same seed gives the same.

    A trial is given up once its mean loss over the inner folds so far is above the median of earlier trials.
    """
    chosen = CANDIDATES[candidate]
    kept: dict[int, tuple[Setting, FloatArray]] = {}

    def trial_loss(trial: optuna.Trial) -> float:
        setting = {**chosen.settings[0], **{name: _drawn(trial, name, known) for name, known in chosen.space.items()}}
        search = _Search(chosen, task, patients, setting)
        for step, number in enumerate(np.unique(patients.fold)):
            search.score(int(number))
            trial.report(search.loss(), step)
            if trial.should_prune():
                raise optuna.TrialPruned
        kept[trial.number] = search.best()
        return search.loss()

    with _quiet():
        study = optuna.create_study(
            sampler=optuna.samplers.TPESampler(seed=task.seed),
            pruner=optuna.pruners.MedianPruner(n_startup_trials=WARM_UP, n_warmup_steps=0),
        )
        study.enqueue_trial({name: chosen.settings[0][name] for name in chosen.space if name in chosen.settings[0]})
        study.optimize(trial_loss, n_trials=trials)
    setting, scores = kept[study.best_trial.number]
    pruned = sum(one.state is optuna.trial.TrialState.PRUNED for one in study.trials)
    return Found(setting, scores, len(study.trials), pruned)


class _Search:
    """One setting, inner fold by inner fold; with `rounds`, all of these at once."""

    def __init__(self, candidate: Candidate, task: Task, patients: Patients, setting: Setting) -> None:
        self.candidate, self.task, self.patients = candidate, task, patients
        self.rounds = candidate.rounds
        self.setting = {**setting, "rounds": max(self.rounds)} if self.rounds else dict(setting)
        self.scores = np.full((max(1, len(self.rounds)), len(patients.outcome)), np.nan)

    def score(self, fold: int) -> None:
        """Fit without the fold, and score the fold."""
        matrix, outcome, tested = self.patients.matrix, self.patients.outcome, self.patients.fold == fold
        fitted = self.candidate.fit(self.task.of(~tested), matrix[~tested], outcome[~tested], self.setting)
        if self.rounds and isinstance(fitted, TreeScore):
            self.scores[:, tested] = fitted.after(self.rounds, matrix[tested])
        else:
            self.scores[0, tested] = fitted.of(matrix[tested])

    def loss(self) -> float:
        """Of the folds scored so far, with the best number of rounds."""
        return min(self._losses())

    def best(self) -> tuple[Setting, FloatArray]:
        """The setting, with the best number of rounds, and its scores."""
        place = int(np.argmin(self._losses()))
        setting = {**self.setting, "rounds": self.rounds[place]} if self.rounds else self.setting
        return setting, self.scores[place]

    def _losses(self) -> list[float]:
        known = ~np.isnan(self.scores[0])
        outcome = self.patients.outcome[known]
        return [_loss(self.candidate, self.task, scores[known], outcome) for scores in self.scores]


def _drawn(trial: optuna.Trial, name: str, known: Range) -> float:
    if known.whole:
        return float(trial.suggest_int(name, int(known.low), int(known.high), log=known.log))
    return float(trial.suggest_float(name, known.low, known.high, log=known.log))


@contextmanager
def _quiet() -> Iterator[None]:
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(before)


def _scores(candidate: Candidate, task: Task, patients: Patients, setting: Setting) -> FloatArray:
    scores = np.empty(len(patients.outcome))
    for number in np.unique(patients.fold):
        seen = patients.fold != number
        fitted = candidate.fit(task.of(seen), patients.matrix[seen], patients.outcome[seen], setting)
        scores[~seen] = fitted.of(patients.matrix[~seen])
    return scores


def _loss(candidate: Candidate, task: Task, score: FloatArray, outcome: FloatArray) -> float:
    """Log loss of log-odds, else the mean square: a forest's share of responders is a probability already."""
    if task.kind == "binary" and candidate.on_log_odds:
        return float(np.mean(np.logaddexp(0.0, score) - outcome * score))
    return float(np.mean((score - outcome) ** 2))
