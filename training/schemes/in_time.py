"""The split in time: learned from those who started before a day, tested on those who started later."""

import datetime
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import NDArray

from therapport.cohort.days import EPOCH
from therapport.errors import DesignError
from therapport.performance import OutOfFold, bootstrap_weights, paired_difference
from therapport.performance.bootstrap import FEWEST_CLUSTERS
from therapport.predictor.evidence import Figure
from therapport.predictor.schemes import InTime
from training import evaluation
from training.design import PATIENT, Design, Target
from training.evaluation import LOSS, Evaluation
from training.external.sites import FEWEST_PATIENTS
from training.schemes import left_out
from training.schemes.left_out import Mask
from training.schemes.sites import BASELINE, FIGURES, candidates
from training.schemes.table import TRAIN_SHARE

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Split:
    """Who is on which side, each of shape (patients of the target,)."""

    first_day: int
    """Of those tested, in days since 1970."""
    learned: Mask
    tested: Mask
    returned: Mask
    """Later episodes of patients who were learned from: on neither side."""
    undated: Mask


def split(design: Design, target: Target) -> Split | None:
    """Both sides of the day; None where the study names no start.

    Raises DesignError if a side is too small to learn from, or to be tested on.
    """
    if design.study.table.validation.start is None:
        return None
    if design.cohort.start is None:
        raise DesignError(f"{design.study.table.validation.start}: the cohort's file has no such column.")
    start = design.cohort.start[target.rows]
    known = ~np.isnan(start)
    first_day = _first_day(design, start[known])
    before, later = known & (start < first_day), known & (start >= first_day)
    patient = _patients(design, target)
    returned = later & np.isin(patient, patient[before])
    found = Split(first_day, before, later & ~returned, returned, ~known)
    for side, mask in (("before", found.learned), ("from", found.tested)):
        if not left_out.is_enough(target.outcome[mask], binary=target.kind == "binary"):
            raise DesignError(
                f"[validation] start: too few patients with a known outcome started {side} {_day(first_day)}: a side "
                f"needs {FEWEST_PATIENTS} of them, ten with and ten without the outcome. Move the day with train_share "
                f"or train_until."
            )
    return found


def of(design: Design, evaluated: Evaluation) -> InTime | None:
    """The chosen candidate, and severity alone, in those who started later; None where the study names no start."""
    target, chosen, sides = evaluated.target, evaluated.choice.chosen, split(design, evaluated.target)
    if sides is None:
        return None
    settings = design.study.table
    cluster = target.cluster[sides.tested]
    if len(np.unique(cluster)) < FEWEST_CLUSTERS:
        cluster = np.arange(len(cluster))
    weights = bootstrap_weights(cluster, draws=settings.validation.draws, seed=settings.seed)
    names = candidates(chosen)
    work = (delayed(_asked)(design, target, name, sides, weights) for name in names)
    found = dict(zip(names, Parallel(n_jobs=-1)(work), strict=True))
    gain = None
    if chosen != BASELINE:
        difference = paired_difference(found[chosen][0], found[BASELINE][0], weights, loss=LOSS[target.kind])
        gain = evaluation.figure(difference)
    patient = _patients(design, target)
    return InTime(
        cut=settings.validation.train_until or _day(sides.first_day)[: len("2026-03")],
        learned_from=_tens(sides.learned),
        tested=_tens(sides.tested),
        undated=_tens(sides.undated),
        returned=_tens(sides.returned),
        straddling=left_out.straddling(patient, sides.learned, sides.tested),
        on_both_sides={
            level: left_out.straddling(codes, sides.learned & (codes >= 0), sides.tested)
            for level, codes in zip(design.study.codebook.groups, target.task.groups, strict=True)
        },
        mean_before=round(float(target.outcome[sides.learned].mean()), 4),
        mean_after=round(float(target.outcome[sides.tested].mean()), 4),
        candidates={name: figures for name, (_, figures) in found.items()},
        gain=gain,
    )


def _first_day(design: Design, known: NDArray[np.float64]) -> int:
    """The day from which patients are tested: the one that the study states, or the first after the share."""
    stated = design.study.table.validation.train_until
    if stated is not None:
        return datetime.date.fromisoformat(stated).toordinal() - EPOCH
    share = design.study.table.validation.train_share or TRAIN_SHARE
    ordered = np.sort(known)
    # Those who started on one day stay on one side.
    return int(ordered[min(math.ceil(share * len(ordered)), len(ordered) - 1)]) if len(ordered) else 0


def _patients(design: Design, target: Target) -> IntArray:
    """A number for every person, (patients of the target,)."""
    column = design.study.codebook.groups.get(PATIENT)
    if column is None:
        return np.arange(len(target.rows))
    return pd.factorize(design.cohort.table[column])[0][target.rows].astype(np.int64)


def _asked(
    design: Design, target: Target, name: str, sides: Split, weights: FloatArray
) -> tuple[OutOfFold, dict[str, Figure]]:
    predicted = _predicted(target, name, sides)
    found = evaluation.metrics(design.study, target.kind, predicted, weights, only=FIGURES[target.kind])
    return predicted, {metric: evaluation.figure(one) for metric, one in found.items()}


def _predicted(target: Target, name: str, sides: Split) -> OutOfFold:
    values = left_out.learned_then_asked(target, name, sides.learned, sides.tested)[np.newaxis]
    return OutOfFold(
        truth=target.outcome[sides.tested],
        prediction=values,
        fold=np.zeros(values.shape, dtype=np.int64),
        training_mean=np.full(values.shape, target.outcome[sides.learned].mean()),
        cluster=target.cluster[sides.tested],
    )


def _day(day: int) -> str:
    return datetime.date.fromordinal(day + EPOCH).isoformat()


def _tens(mask: Mask) -> int:
    count = int(mask.sum())
    return count - count % 10
