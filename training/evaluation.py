"""Every candidate's figures on one outcome, side by side, and the choice between them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from therapport import performance, validation
from therapport.models import CANDIDATES, Kind
from therapport.outcome import BinaryOutcome
from therapport.performance import Choice, OutOfFold
from therapport.predictor.evidence import CandidateResult, Comparison, CurvePoint, DecisionPoint, Difference, Figure
from training import beside, intervals, out_of_fold
from training import gap as gaps
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
    predictions = out_of_fold.side_by_side(target, study.candidates, fold, done=done)
    weights = performance.bootstrap_weights(target.cluster, draws=settings.draws, seed=study.table.seed)
    loss = LOSS[target.kind]
    choice = performance.simplest_unbeaten({name: predictions[name] for name in study.eligible}, weights, loss=loss)
    only_compared = tuple(name for name in study.candidates if name not in study.eligible)
    to_baselines = beside.differences(predictions, weights, loss=loss)
    unbeaten = [name for name in only_compared if not _is_better(to_baselines[choice.chosen][name])]
    found = Parallel(n_jobs=-1)(delayed(metrics)(study, target.kind, one, weights) for one in predictions.values())
    to_best = performance.paired_differences(predictions, [choice.best], weights, loss=loss)
    chosen = predictions[choice.chosen]
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
                    missing=CANDIDATES[name].missing,
                    metrics={metric: figure(estimate) for metric, estimate in figures.items()},
                )
                for name, figures in zip(predictions, found, strict=True)
            },
            chosen=choice.chosen,
            best=choice.best,
            differences={name: figure(to_best[name][choice.best]) for name in predictions},
            verdict=verdict(choice, study.outcome if target.kind == "binary" else None, unbeaten),
            curve=_curve(target, chosen),
            beside=to_baselines,
            only_compared=only_compared,
            gap=gaps.gap(study, target, choice.chosen, chosen),
            decision=() if study.outcome is None or target.kind == "score" else _decision(study, predictions, weights),
            interval=intervals.interval(study, target, choice.chosen, chosen, weights)
            if target.kind == "score"
            else None,
        ),
    )


def metrics(
    study: Study,
    kind: Kind,
    predictions: OutOfFold,
    weights: NDArray[np.float64],
    *,
    only: Collection[str] | None = None,
    counted: NDArray[np.float64] | None = None,
) -> dict[str, performance.Estimate]:
    """Every figure of the outcome with its interval, at the study's capacity and its instrument's reliable change.

    `only` some figures, if named; `counted`, shape (patients,), says for how many each patient stands.
    """
    if kind == "score":
        return performance.evaluate_score(
            predictions, weights, reliable_change=study.reliable_change, only=only, counted=counted
        )
    return performance.evaluate_binary(
        predictions,
        weights,
        capacity=study.table.validation.capacity,
        favourable=study.outcome is None or study.outcome.response.favourable,
        only=only,
        counted=counted,
    )


def _decision(
    study: Study, predictions: Mapping[str, OutOfFold], weights: NDArray[np.float64]
) -> tuple[DecisionPoint, ...]:
    favourable = study.outcome is None or study.outcome.response.favourable
    curves = {
        name: performance.decision_curve(one, weights, favourable=favourable) for name, one in predictions.items()
    }
    return tuple(
        DecisionPoint(
            threshold=points[0].threshold,
            everyone=figure(points[0].all),
            candidates={name: figure(point.model) for name, point in zip(curves, points, strict=True)},
        )
        for points in zip(*curves.values(), strict=True)
    )


def _is_better(difference: Difference) -> bool:
    return difference.high is not None and difference.high < 0


def verdict(choice: Choice, outcome: BinaryOutcome | None, unbeaten: Sequence[str] = ()) -> str:
    """The choice between the candidates in plain words; `unbeaten` are baselines that were only compared with."""
    what = f"predicting {outcome.label}" if outcome else "predicting the end score"
    label = CANDIDATES[choice.chosen].label
    if choice.chosen == "prevalence":
        return f"For {what}, nothing beats the prevalence: no candidate does better than the same answer for everyone."
    besides = ""
    if unbeaten:
        besides = (
            f" It is not shown to do better than {CANDIDATES[unbeaten[0]].label.lower()}, which the study does not "
            f"offer to be kept."
        )
    if choice.chosen == "severity":
        return (
            f"For {what}, nothing beats severity alone: the other factors add nothing that can be told from chance."
            f"{besides}"
        )
    if len(choice.differences) == 1:
        return f"For {what}, the study offers {label.lower()} alone to be kept.{besides}"
    if choice.chosen == choice.best:
        sentence = f"For {what}, {label.lower()} did best, and no simpler candidate came close enough to be preferred."
        return f"{sentence}{besides}"
    best = CANDIDATES[choice.best].label.lower()
    return (
        f"For {what}, {best} had the lowest error, but {label.lower()}, which is simpler, cannot be told from it "
        f"and is preferred.{besides}"
    )


def figure(estimate: performance.Estimate) -> Figure:
    """The estimate as evidence holds it."""
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
