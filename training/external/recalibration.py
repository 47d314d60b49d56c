"""A frozen predictor's line fitted to another cohort, and what that brought in patients whom the line had not met."""

from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from therapport import calibration, validation
from therapport.calibration import Affine
from therapport.errors import DesignError
from therapport.models import Kind
from therapport.performance import Estimate, bootstrap_weights, paired_difference, recalibration
from therapport.predictor import Predictor
from therapport.predictor.evidence import Figure, Recalibration
from therapport.predictor.recalibrated import Part, recalibrated
from training.design import Design
from training.evaluation import LOSS
from training.external.frozen import Answered

How = Literal["intercept", "slope"]
PARTS: dict[Kind, Part] = {"binary": "response", "score": "end_score"}
FOLDS = 5
FloatArray = NDArray[np.float64]


def line(kind: Kind, score: FloatArray, truth: FloatArray, how: How) -> Affine:
    """From the calibrated score to the recalibrated one: an intercept alone, or intercept and slope.

    By maximum likelihood on the log-odds, by least squares on points. Raises DesignError where the score orders these
    patients the wrong way round: no line mends that. Source: Cox 1958; Steyerberg 2019, chapter 15.
    """
    if how == "intercept":
        if kind == "score":
            return Affine(float(np.mean(truth - score)), 1.0)
        return Affine(float(recalibration.intercept(score, truth, np.ones((1, len(truth))))[0]), 1.0)
    fitted = calibration.fit(score, truth, binary=kind == "binary")
    if fitted == calibration.IDENTITY:
        raise DesignError("The model gives everyone the same answer: it has no slope; recalibrate its intercept.")
    if fitted.slope == 0:
        raise DesignError(
            "The model orders these patients the wrong way round, or not at all; recalibrating cannot mend that. "
            "Train one on this cohort instead."
        )
    return fitted


def gain(answered: Answered, how: How, *, draws: int, seed: int) -> Estimate:
    """Loss after minus loss before, each patient on a line fitted to the groups of other folds: below zero is better.

    Raises DesignError where there are too few groups for two folds.
    """
    kind, every = answered.kind, answered.predictions
    groups = len(np.unique(every.cluster))
    smallest = min(
        len(np.unique(every.cluster[every.truth == value])) if kind == "binary" else groups for value in (0.0, 1.0)
    )
    fold = validation.fold_numbers(
        every.cluster, every.truth, folds=max(2, min(FOLDS, smallest)), repeats=1, seed=seed, binary=kind == "binary"
    )
    score = np.empty(len(every.truth))
    for number in np.unique(fold):
        tested = fold[0] == number
        fitted = line(kind, answered.score[~tested], every.truth[~tested], how)
        score[tested] = fitted.of(answered.score[tested])
    before = replace(every, fold=fold)
    predicted = expit(score) if kind == "binary" else score
    weights = bootstrap_weights(every.cluster, draws=draws, seed=seed)
    return paired_difference(replace(before, prediction=predicted[np.newaxis]), before, weights, loss=LOSS[kind])


def child(predictor: Predictor, design: Design, answers: tuple[Answered, ...], how: How) -> Predictor:
    """The predictor recalibrated on the cohort, with what that brought stated in its evidence."""
    settings = design.study.table
    lines = {PARTS[one.kind]: line(one.kind, one.score, one.predictions.truth, how) for one in answers}
    gains = {one.kind: gain(one, how, draws=settings.validation.draws, seed=settings.seed) for one in answers}
    stated = Recalibration(
        kind=how,
        parent=predictor.version,
        cohort_digest=design.cohort.digest(),
        patients=max(one.predictions.patients for one in answers),
        gains={kind: Figure(value=one.value, low=one.low, high=one.high) for kind, one in gains.items()},
    )
    return recalibrated(predictor, lines, stated)
