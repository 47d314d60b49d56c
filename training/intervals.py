"""What the end score's interval did for patients whom it had not met: by subgroup, and at sites that were left out."""

from collections.abc import Iterator

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from therapport import conformal, validation
from therapport.performance import SMALLEST_CELL, OutOfFold, share
from therapport.predictor.evidence import Coverage, Interval
from training import out_of_fold
from training.design import Target
from training.study import Study

FloatArray = NDArray[np.float64]
MOST_SITES = 20
"""Left out one by one; more are left out several at a time."""
FEWEST_SITES = 3
TERTILES = ("lowest third", "middle third", "highest third")


def width(predictions: OutOfFold, *, level: float) -> float:
    """Half the width of the interval in points; infinite where too few groups bear one out."""
    return conformal.half_width(np.abs(predictions.prediction - predictions.truth), predictions.cluster, level=level)


def interval(study: Study, target: Target, candidate: str, predictions: OutOfFold, weights: FloatArray) -> Interval:
    """The interval of one candidate with its coverage; `weights` are those of the cluster bootstrap."""
    level = study.table.validation.interval
    errors = np.abs(predictions.prediction - predictions.truth)
    held = conformal.covered(errors, predictions.cluster, predictions.fold, level=level).mean(axis=0)
    points = width(predictions, level=level)
    coverage = [
        _coverage("everyone", "", np.ones(len(held), dtype=np.bool_), held, weights=weights, cluster=target.cluster),
        *(
            _coverage(by, label, members, held, weights=weights, cluster=target.cluster)
            for by, label, members in _subgroups(study, target)
        ),
        *_left_out(study, target, candidate, errors, weights),
    ]
    return Interval(
        level=level,
        half_width=points if np.isfinite(points) else None,
        group=study.table.validation.group,
        groups=len(np.unique(predictions.cluster)),
        coverage=tuple(one for one in coverage if one is not None),
    )


def _coverage(
    by: str,
    label: str,
    members: NDArray[np.bool_],
    held: FloatArray,
    *,
    weights: FloatArray,
    cluster: NDArray[np.int64],
) -> Coverage | None:
    """None for a subgroup of fewer patients than may be shown."""
    patients = int(members.sum())
    if patients < SMALLEST_CELL:
        return None
    found = share(held, members, weights, cluster)
    return Coverage(
        by=by,
        label=label,
        # Rounded, or a level that is not shown could be found by subtraction.
        patients=patients - patients % SMALLEST_CELL,
        share=found.value,
        low=found.low,
        high=found.high,
    )


def _subgroups(study: Study, target: Target) -> Iterator[tuple[str, str, NDArray[np.bool_]]]:
    severity = target.matrix[:, study.factors.index(study.table.severity)]
    edges = np.nanquantile(severity, (1 / 3, 2 / 3)) if (~np.isnan(severity)).any() else np.zeros(2)
    third = np.searchsorted(edges, severity, side="left")
    for place, label in enumerate(TERTILES):
        yield study.table.severity, label, (third == place) & ~np.isnan(severity)
    for place, name in enumerate(study.factors):
        factor = study.codebook.factors[name]
        labels = tuple(factor.levels.values()) or (("no", "yes") if factor.kind == "boolean" else ())
        for code, label in enumerate(labels):
            yield name, label, target.matrix[:, place] == code


def _left_out(
    study: Study, target: Target, candidate: str, errors: FloatArray, weights: FloatArray
) -> Iterator[Coverage | None]:
    """Each level of groups above the study's own: fitted without these sites, held against the interval of the others.

    The errors of the other sites come from the comparison, whose models had met the left-out site; its patients have no
    other part in the width.
    """
    for level, codes in zip(study.codebook.groups, target.task.groups, strict=True):
        if not _is_above(codes, target.cluster):
            continue
        known = codes >= 0
        folds = min(MOST_SITES, len(np.unique(codes[known])))
        part = np.full(len(codes), -1)
        part[known] = validation.fold_numbers(
            codes[known], target.outcome[known], folds=folds, repeats=1, seed=study.table.seed, binary=False
        )[0]
        jobs = (
            delayed(_held_elsewhere)(target, candidate, errors, part == number, study.table.validation.interval)
            for number in range(folds)
        )
        held = np.full(len(codes), np.nan)
        for number, one in enumerate(Parallel(n_jobs=-1)(jobs)):
            held[part == number] = one
        yield _coverage(f"left-out {level}", "", known, np.nan_to_num(held), weights=weights, cluster=target.cluster)


def _held_elsewhere(
    target: Target, candidate: str, errors: FloatArray, tested: NDArray[np.bool_], level: float
) -> FloatArray:
    seen = ~tested
    fitted = out_of_fold.fit(
        candidate, target.task.of(seen), target.matrix[seen], target.outcome[seen], target.cluster[seen]
    )
    missed = np.abs(fitted.predict(target.matrix[tested], target.task) - target.outcome[tested])
    points = conformal.half_width(errors[:, seen], target.cluster[seen], level=level)
    return np.asarray(missed <= points, dtype=np.float64)


def _is_above(codes: NDArray[np.int64], cluster: NDArray[np.int64]) -> bool:
    """Whether the level has a few groups at least, each of whole clusters of the study's own level."""
    known = codes >= 0
    sites = len(np.unique(codes[known]))
    pairs = len(np.unique(np.column_stack([codes[known], cluster[known]]), axis=0))
    return FEWEST_SITES <= sites < len(np.unique(cluster[known])) == pairs
