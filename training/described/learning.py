"""The learning curve: how good candidates are out of fold if they learn from some of the training groups only."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from therapport import performance
from therapport.models import CANDIDATES, Kind
from therapport.performance import Estimate, OutOfFold
from therapport.performance.choice import losses
from therapport.predictor.evidence import LearningCurve, LearningPoint
from training import out_of_fold
from training.described.figures import figure, two_figures
from training.design import Target
from training.evaluation import LOSS, Evaluation
from training.study import Study

SHARES = (0.2, 0.4, 0.6, 0.8)
"""Of the training groups; all of them have been learned from already."""
FEWEST = 30
"""A point stands for no fewer patients on average."""
HALF = 0.5
LITTLE = 0.01
"""A share of the loss: less than this is not worth waiting for more patients."""
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class _Part:
    """The training part of one fold, cut to a share of its groups."""

    share: float
    fold: int
    seen: Mask


def candidates(evaluation: Evaluation) -> tuple[str, ...]:
    """Severity and the chosen candidate; where a baseline was chosen, also the one of lowest error.

    Without any of these there is nothing that could learn more: the elastic net stands in, or nobody.
    """
    named = ("severity", evaluation.choice.chosen, evaluation.choice.best)
    found = tuple(dict.fromkeys(name for name in named if name in evaluation.predictions and name != "prevalence"))
    if found == ("severity",) and "elastic_net" in evaluation.predictions:
        return ("severity", "elastic_net")
    return found


def steps(study: Study, evaluation: Evaluation) -> int:
    """How many times `with_curve` reports progress, at most."""
    return len(candidates(evaluation)) * len(SHARES) * study.table.validation.folds


def with_curve(study: Study, evaluation: Evaluation, *, done: Callable[[], None]) -> Evaluation:
    """The evaluation with its learning curve, if two points of it can be had."""
    curve = learning_curve(study, evaluation, done=done)
    return replace(evaluation, comparison=evaluation.comparison.model_copy(update={"learning": curve}))


def learning_curve(study: Study, evaluation: Evaluation, *, done: Callable[[], None]) -> LearningCurve | None:
    """Out-of-fold figures of the candidates at each share, on the folds of the first repeat.

    Within a fold the groups of a smaller share are among those of a larger one, and settings and calibration are found
    anew in what is left. None where fewer than two points have enough patients.
    """
    target, fold = evaluation.target, evaluation.fold[0]
    parts = [
        _Part(share, int(number), seen)
        for share in SHARES
        for number in np.unique(fold)
        for seen in [_some(target, fold != number, share, seed=(study.table.seed, int(number)))]
    ]
    usable = {share: [one for one in parts if one.share == share] for share in SHARES}
    usable = {share: each for share, each in usable.items() if all(_teaches(target, one.seen) for one in each)}
    usable = {share: each for share, each in usable.items() if np.mean([one.seen.sum() for one in each]) >= FEWEST}
    if not usable:
        return None
    names = candidates(evaluation)
    weights = performance.bootstrap_weights(target.cluster, draws=study.table.validation.draws, seed=study.table.seed)
    found = {
        share: {name: _predictions(target, name, fold, each, done=done) for name in names}
        for share, each in usable.items()
    }
    patients = {share: float(np.mean([one.seen.sum() for one in each])) for share, each in usable.items()}
    found[1.0] = {name: _first_repeat(evaluation.predictions[name]) for name in names}
    patients[1.0] = float(np.mean([(fold != number).sum() for number in np.unique(fold)]))
    half = min(usable, key=lambda share: (abs(share - HALF), -share))
    gain = {
        name: performance.paired_difference(found[1.0][name], found[half][name], weights, loss=LOSS[target.kind])
        for name in names
    }
    return LearningCurve(
        points=tuple(
            LearningPoint(
                share=share,
                patients=round(patients[share]),
                candidates={name: two_figures(target.kind, one, weights) for name, one in each.items()},
            )
            for share, each in found.items()
        ),
        gain={name: figure(one) for name, one in gain.items()},
        sentence=sentence(
            names[-1],
            gain[names[-1]],
            round(patients[half]),
            round(patients[1.0]),
            kind=target.kind,
            loss=float(losses(found[1.0][names[-1]], LOSS[target.kind]).mean()),
        ),
    )


def sentence(candidate: str, gain: Estimate, half: int, whole: int, *, kind: Kind, loss: float) -> str:
    """Whether more patients would help, by what the last half of them brought; `loss` is that of all patients."""
    label, name = CANDIDATES[candidate].label, "Brier score" if kind == "binary" else "squared error"
    begin = f"From {half:,} to {whole:,} patients to learn from, the {name} of {label.lower()} "
    if gain.low is None or gain.high is None:
        return f"{begin}changed by {gain.value:.2g}; how sure that is cannot be told."
    if gain.high < 0:
        return f"{begin}fell by {-gain.value:.2g}: more patients like these would probably help further."
    if gain.low > 0:
        return f"{begin}rose by {gain.value:.2g}: it does not gain from more patients like these."
    if -gain.low < LITTLE * loss:
        return (
            f"{begin}fell by less than {LITTLE:.0%} of itself, if at all: more patients like these would probably "
            f"bring little; other factors, or better measured ones, might."
        )
    return (
        f"{begin}did not change by more than chance can explain, but too few people were judged to rule out a gain: "
        f"whether more patients would help cannot be told."
    )


def _some(target: Target, seen: Mask, share: float, *, seed: tuple[int, int]) -> Mask:
    """The training part with the first groups of a seeded order, so that every larger share holds the smaller ones."""
    order = np.random.default_rng(seed).permutation(np.unique(target.cluster[seen]))
    kept = order[: max(1, round(share * len(order)))]
    return np.asarray(seen & np.isin(target.cluster, kept))


def _teaches(target: Target, seen: Mask) -> bool:
    return len(np.unique(target.outcome[seen])) > 1


def _predictions(
    target: Target, candidate: str, fold: NDArray[np.int64], parts: list[_Part], *, done: Callable[[], None]
) -> OutOfFold:
    jobs = (delayed(_one_part)(target, candidate, one.seen, fold == one.fold) for one in parts)
    prediction, mean = np.empty((1, len(fold))), np.empty((1, len(fold)))
    for one, predicted in zip(parts, Parallel(n_jobs=-1, return_as="generator")(jobs), strict=True):
        tested = fold == one.fold
        prediction[0, tested], mean[0, tested] = predicted, target.outcome[one.seen].mean()
        done()
    return OutOfFold(target.outcome, prediction, fold[np.newaxis], mean, target.cluster)


def _one_part(target: Target, candidate: str, seen: Mask, tested: Mask) -> NDArray[np.float64]:
    fitted = out_of_fold.fit(
        candidate, target.task.of(seen), target.matrix[seen], target.outcome[seen], target.cluster[seen]
    )
    return fitted.predict(target.matrix[tested], target.task)


def _first_repeat(predictions: OutOfFold) -> OutOfFold:
    return OutOfFold(
        predictions.truth,
        predictions.prediction[:1],
        predictions.fold[:1],
        predictions.training_mean[:1],
        predictions.cluster,
    )
