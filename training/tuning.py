"""Settings found on inner folds alone: a fixed grid, or a search by Optuna with the same number of trials for all."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import optuna
from numpy.typing import NDArray

from therapport.features import FactorMatrix
from therapport.models import CANDIDATES, Task
from therapport.models.candidates import Candidate, Fitting, Setting
from therapport.models.space import Range
from therapport.models.trees import Boosting

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
WARM_UP = 5
"""Trials before any is pruned, each on all inner folds."""
FINALISTS = 3
"""Settings that are compared once more, where a candidate saves effort while searching (`while_searching`)."""
WORTH_SAVING = 15
"""Trials from which on effort is saved; with fewer, comparing the best few once more would cost more than it saves."""
PATIENCE = 2
"""Numbers of rounds in a row that are worse than a smaller one, before an inner fold grows no more trees."""


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
    parts = _parts(chosen, task, patients)
    found = [(_scores(parts, patients, setting), setting) for setting in chosen.settings]
    losses = [_loss(chosen, task, scores, patients.outcome) for scores, _ in found]
    scores, setting = found[int(np.argmin(losses))]
    return Found(setting, scores, len(found))


def searched(candidate: str, task: Task, patients: Patients, *, trials: int) -> Found:
    """The best setting of so many trials of the candidate's space; the same seed gives the same.

    A trial is given up once its mean loss over the inner folds so far is above the median of earlier trials. A
    candidate that saves effort while searching has its best few trials, and the setting that comes first, compared once
    more without saving.
    """
    chosen = CANDIDATES[candidate]
    parts = _parts(chosen, task, patients)
    saved = chosen.while_searching if trials >= WORTH_SAVING else {}
    kept: dict[int, tuple[float, Setting, FloatArray]] = {}

    def trial_loss(trial: optuna.Trial) -> float:
        drawn = {name: _drawn(trial, name, known) for name, known in chosen.space.items()}
        search = _Search(chosen, task, patients, {**chosen.settings[0], **drawn, **saved})
        for step, part in enumerate(parts):
            search.score(part)
            trial.report(search.loss(), step)
            if trial.should_prune():
                raise optuna.TrialPruned
        kept[trial.number] = (search.loss(), *search.best())
        return search.loss()

    with _quiet():
        study = optuna.create_study(
            sampler=optuna.samplers.TPESampler(seed=task.seed),
            pruner=optuna.pruners.MedianPruner(n_startup_trials=WARM_UP, n_warmup_steps=0),
        )
        study.enqueue_trial({name: chosen.settings[0][name] for name in chosen.space if name in chosen.settings[0]})
        study.optimize(trial_loss, n_trials=trials)
    pruned = sum(one.state is optuna.trial.TrialState.PRUNED for one in study.trials)
    best = sorted(kept.values(), key=lambda one: one[0])
    if saved:
        full = {name: chosen.settings[0][name] for name in saved}
        again = [chosen.settings[0], *({**setting, **full} for _, setting, _ in best[:FINALISTS])]
        found = [(setting, _scores(parts, patients, setting)) for setting in again]
        best = [(_loss(chosen, task, scores, patients.outcome), setting, scores) for setting, scores in found]
    _, setting, scores = min(best, key=lambda one: one[0])
    return Found(setting, scores, len(study.trials), pruned)


@dataclass(frozen=True)
class _Part:
    """An inner fold: who is tested in it, and the others, encoded once for all settings."""

    tested: NDArray[np.bool_]
    fitting: Fitting


def _parts(candidate: Candidate, task: Task, patients: Patients) -> list[_Part]:
    parts = []
    for number in np.unique(patients.fold):
        seen = patients.fold != number
        fitting = candidate.prepare(task.of(seen), patients.matrix[seen], patients.outcome[seen])
        parts.append(_Part(~seen, fitting))
    return parts


class _Search:
    """One setting, inner fold by inner fold; with `rounds`, all of these at once."""

    def __init__(self, candidate: Candidate, task: Task, patients: Patients, setting: Setting) -> None:
        self.candidate, self.task, self.patients = candidate, task, patients
        self.rounds, self.setting = candidate.rounds, setting
        self.scores = np.full((max(1, len(self.rounds)), len(patients.outcome)), np.nan)
        self.scored = np.zeros(len(patients.outcome), dtype=np.bool_)

    def score(self, part: _Part) -> None:
        """Fit without the fold, and score the fold."""
        matrix = self.patients.matrix[part.tested]
        self.scored |= part.tested
        if self.rounds and isinstance(part.fitting, Boosting):
            self._climb(part.fitting, matrix, part.tested)
        else:
            self.scores[0, part.tested] = part.fitting(self.setting).of(matrix)

    def _climb(self, boosting: Boosting, matrix: FactorMatrix, tested: NDArray[np.bool_]) -> None:
        least, worse = np.inf, 0
        for place, scores in enumerate(boosting.climb(self.setting, self.rounds, matrix)):
            self.scores[place, tested] = scores
            loss = _loss(self.candidate, self.task, scores, self.patients.outcome[tested])
            least, worse = (loss, 0) if loss < least else (least, worse + 1)
            if worse == PATIENCE:
                break

    def loss(self) -> float:
        """Of the folds scored so far, with the best number of rounds."""
        return min(self._losses())

    def best(self) -> tuple[Setting, FloatArray]:
        """The setting, with the best number of rounds, and its scores."""
        place = int(np.argmin(self._losses()))
        setting = {**self.setting, "rounds": self.rounds[place]} if self.rounds else self.setting
        return setting, self.scores[place]

    def _losses(self) -> list[float]:
        """Infinite for numbers of rounds that some fold did not reach."""
        outcome = self.patients.outcome[self.scored]
        known = [scores[self.scored] for scores in self.scores]
        return [np.inf if np.isnan(one).any() else _loss(self.candidate, self.task, one, outcome) for one in known]


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


def _scores(parts: list[_Part], patients: Patients, setting: Setting) -> FloatArray:
    scores = np.empty(len(patients.outcome))
    for part in parts:
        scores[part.tested] = part.fitting(setting).of(patients.matrix[part.tested])
    return scores


def _loss(candidate: Candidate, task: Task, score: FloatArray, outcome: FloatArray) -> float:
    """Log loss of log-odds, else the mean square: a forest's share of responders is a probability already."""
    if task.kind == "binary" and candidate.on_log_odds:
        return float(np.mean(np.logaddexp(0.0, score) - outcome * score))
    return float(np.mean((score - outcome) ** 2))
