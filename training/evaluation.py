"""Every candidate's figures on one outcome, side by side, and the choice between them."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from therapport import performance, validation
from therapport.models import CANDIDATES, Kind
from therapport.outcome import BinaryOutcome
from therapport.performance import Choice, OutOfFold
from therapport.predictor.evidence import CandidateResult, Comparison, CurvePoint, Figure
from training import out_of_fold
from training.design import Target
from training.study import Study

LOSS: dict[Kind, Literal["brier", "squared_error"]] = {"binary": "brier", "score": "squared_error"}


@dataclass(frozen=True)
class Evaluation:
    """The out-of-fold predictions of all candidates, and what they amount to."""

    target: Target
    fold: NDArray[np.int64]
    predictions: dict[str, OutOfFold]
    choice: Choice
    comparison: Comparison

    @property
    def straddling(self) -> int:
        """Groups found in two folds: the receipt that must read 0."""
        return validation.straddling(self.fold, self.target.cluster)


def steps(study: Study) -> int:
    """How many times `evaluate` reports progress for one outcome."""
    return len(study.candidates) * study.table.validation.folds * study.table.validation.repeats


def evaluate(study: Study, target: Target, *, done: out_of_fold.Progress) -> Evaluation:
    """Compare the study's candidates on one outcome, all on the same folds."""
    settings = study.table.validation
    fold = validation.fold_numbers(
        target.cluster,
        target.outcome,
        folds=settings.folds,
        repeats=settings.repeats,
        seed=study.table.seed,
        binary=target.kind == "binary",
    )
    predictions = {name: out_of_fold.predictions(target, name, fold, done=done) for name in study.candidates}
    weights = performance.bootstrap_weights(target.cluster, draws=settings.draws, seed=study.table.seed)
    figures = performance.evaluate_binary if target.kind == "binary" else performance.evaluate_score
    choice = performance.simplest_unbeaten(predictions, weights, loss=LOSS[target.kind])
    return Evaluation(
        target,
        fold,
        predictions,
        choice,
        Comparison(
            kind=target.kind,
            candidates={
                name: CandidateResult(
                    label=CANDIDATES[name].label,
                    description=CANDIDATES[name].description,
                    metrics={metric: _figure(estimate) for metric, estimate in figures(one, weights).items()},
                )
                for name, one in predictions.items()
            },
            chosen=choice.chosen,
            best=choice.best,
            differences={name: _figure(estimate) for name, estimate in choice.differences.items()},
            verdict=verdict(choice, study.outcome if target.kind == "binary" else None),
            curve=_curve(target, predictions[choice.chosen]),
        ),
    )


def verdict(choice: Choice, outcome: BinaryOutcome | None) -> str:
    """The choice between the candidates in plain words."""
    what = f"predicting {outcome.label}" if outcome else "predicting the end score"
    label = CANDIDATES[choice.chosen].label
    if choice.chosen == "prevalence":
        return f"For {what}, nothing beats the prevalence: no candidate does better than the same answer for everyone."
    if choice.chosen == "severity":
        return f"For {what}, nothing beats severity alone: the other factors add nothing that can be told from chance."
    if choice.chosen == choice.best:
        return f"For {what}, {label.lower()} did best, and no simpler candidate came close enough to be preferred."
    best = CANDIDATES[choice.best].label.lower()
    return (
        f"For {what}, {best} had the lowest error, but {label.lower()}, which is simpler, cannot be told from it "
        f"and is preferred."
    )


def _figure(estimate: performance.Estimate) -> Figure:
    return Figure(value=estimate.value, low=estimate.low, high=estimate.high)


def _curve(target: Target, predictions: OutOfFold) -> tuple[CurvePoint, ...]:
    curve = performance.calibration_curve if target.kind == "binary" else performance.score_curve
    return tuple(
        CurvePoint(
            predicted=group.predicted,
            observed=group.observed,
            low=group.low,
            high=group.high,
            patients=group.patients,
        )
        for group in curve(predictions)
    )
