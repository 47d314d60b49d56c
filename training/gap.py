"""What plain random folds would have promised: the one figure for which groups are split, and only to show the gap."""

from dataclasses import replace

import numpy as np

from therapport import performance, validation
from therapport.models import Kind
from therapport.performance import OutOfFold
from therapport.predictor.evidence import Gap
from training import out_of_fold
from training.design import Target
from training.study import Study

METRIC: dict[Kind, str] = {"binary": "auc", "score": "r2"}


def gap(study: Study, target: Target, candidate: str, grouped: OutOfFold) -> Gap | None:
    """The candidate's figure in grouped and in random folds; None if every patient is a group of their own.

    Settings and calibration are found in random folds too, as somebody would who does not know of the groups.
    """
    everyone = np.arange(len(target.outcome))
    if len(np.unique(target.cluster)) == len(everyone):
        return None
    alone = replace(target, cluster=everyone)
    settings = study.table.validation
    binary = target.kind == "binary"
    fold = validation.fold_numbers(
        everyone, target.outcome, folds=settings.folds, repeats=1, seed=study.table.seed, binary=binary
    )
    random = out_of_fold.predictions(alone, candidate, fold, done=lambda: None)
    values = [_value(target.kind, one) for one in (grouped, random)]
    if values[0] is None or values[1] is None:
        return None
    return Gap(metric=METRIC[target.kind], grouped=values[0], random=values[1])


def _value(kind: Kind, predictions: OutOfFold) -> float | None:
    evaluate = performance.evaluate_binary if kind == "binary" else performance.evaluate_score
    found = evaluate(predictions, np.ones((1, predictions.patients))).get(METRIC[kind])
    return None if found is None else found.value
