"""Patients predicted by models that have met neither their site nor anybody of a group that it shares."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from therapport import validation
from therapport.performance import SMALLEST_CELL, OutOfFold
from training import out_of_fold
from training.design import Target
from training.external.sites import FEWEST_PATIENTS
from training.intervals import MOST_SITES

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Parts:
    """How sites are left out: one by one, or several at a time where there are many."""

    codes: IntArray
    """(patients,): the site, -1 where it is not known."""
    number: IntArray
    """(patients,): the part in which the patient is predicted, -1 where in none."""
    learned_from: tuple[Mask, ...]
    """For each part: whom its models may learn from."""
    straddling: int
    """Groups found on both sides of a part; must be 0."""
    kept_out: int
    """Patients of other sites who are not learned from for some part, because they share a group with it."""


def parts(target: Target, codes: IntArray, *, seed: int) -> Parts | None:
    """The parts of a grouping level; None where no part leaves enough others to learn from.

    Patients without a site are not predicted and not learned from: they may belong to the site that is left out.
    """
    number = _numbers(codes, target, seed=seed)
    kept = [part for part in np.unique(number[number >= 0]) if _is_enough(target, _others(number, part, target))]
    if not kept:
        return None
    renumbered = np.full(len(number), -1)
    for place, part in enumerate(kept):
        renumbered[number == part] = place
    masks = tuple(_others(number, part, target) for part in kept)
    elsewhere = [(number >= 0) & (number != part) for part in kept]
    shared = [mask & ~learned for mask, learned in zip(elsewhere, masks, strict=True)]
    return Parts(
        codes=codes,
        number=renumbered,
        learned_from=masks,
        straddling=sum(straddling(target.cluster, mask, renumbered == place) for place, mask in enumerate(masks)),
        kept_out=int(np.any(shared, axis=0).sum()),
    )


def predictions(
    target: Target, candidates: Sequence[str], split: Parts, *, done: out_of_fold.Progress
) -> dict[str, OutOfFold]:
    """Candidate -> its predictions of everyone who is in a part, in the order of the target; folds are the parts."""
    jobs = [(name, part) for name in candidates for part in range(len(split.learned_from))]
    work = (delayed(_one)(target, name, split.learned_from[part], split.number == part) for name, part in jobs)
    results: Iterator[tuple[FloatArray, float]] = Parallel(n_jobs=-1, return_as="generator")(work)
    predicted = {name: np.full(len(target.outcome), np.nan) for name in candidates}
    means = np.full(len(target.outcome), np.nan)
    for (name, part), (values, mean) in zip(jobs, results, strict=True):
        predicted[name][split.number == part], means[split.number == part] = values, mean
        done()
    inside = split.number >= 0
    return {
        name: OutOfFold(
            truth=target.outcome[inside],
            prediction=values[np.newaxis, inside],
            fold=split.number[np.newaxis, inside],
            training_mean=means[np.newaxis, inside],
            cluster=target.cluster[inside],
        )
        for name, values in predicted.items()
    }


def learned_then_asked(target: Target, candidate: str, learned: Mask, asked: Mask) -> FloatArray:
    """Predictions, (patients asked,), of a candidate whose setting, fit and calibration rest on those learned from."""
    return _one(target, candidate, learned, asked)[0]


def straddling(cluster: IntArray, learned: Mask, asked: Mask) -> int:
    """Groups with patients on both sides."""
    return len(np.intersect1d(cluster[learned], cluster[asked]))


def _one(target: Target, candidate: str, learned: Mask, asked: Mask) -> tuple[FloatArray, float]:
    fitted = out_of_fold.fit(
        candidate, target.task.of(learned), target.matrix[learned], target.outcome[learned], target.cluster[learned]
    )
    return fitted.predict(target.matrix[asked], target.task), float(target.outcome[learned].mean())


def _numbers(codes: IntArray, target: Target, *, seed: int) -> IntArray:
    known = codes >= 0
    sites = np.unique(codes[known])
    number = np.full(len(codes), -1)
    if len(sites) <= MOST_SITES:
        number[known] = np.searchsorted(sites, codes[known])
        return number
    number[known] = validation.fold_numbers(
        codes[known], target.outcome[known], folds=MOST_SITES, repeats=1, seed=seed, binary=False
    )[0]
    return number


def _others(number: IntArray, part: int, target: Target) -> Mask:
    met = np.isin(target.cluster, target.cluster[number == part])
    return np.asarray((number >= 0) & (number != part) & ~met)


def _is_enough(target: Target, mask: Mask) -> bool:
    return is_enough(target.outcome[mask], binary=target.kind == "binary")


def is_enough(outcome: FloatArray, *, binary: bool) -> bool:
    """Whether so many patients can be learned from, or have figures that are not mostly chance."""
    rarest = min(outcome.sum(), len(outcome) - outcome.sum()) if binary else len(outcome)
    return len(outcome) >= FEWEST_PATIENTS and bool(rarest >= SMALLEST_CELL)
