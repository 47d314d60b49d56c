"""From a study's long table to the expected course that is kept with its model."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from therapport import validation
from therapport.performance import SMALLEST_CELL
from therapport.predictor.course import ExpectedCourse, Held, Moment
from training.course.fit import shape
from training.course.held import held, share, tens
from training.course.measured import MOST_MOMENTS, Measured, measured
from training.design import cluster_codes

if TYPE_CHECKING:
    from therapport.instruments import Instrument
    from training.design import Design

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
FOLDS = 5
FEWEST_FOLDS = 3
"""With two, what is made without one of them could not be calibrated on the other."""
THIRDS = ("lowest third", "middle third", "highest third")


def expected(design: "Design") -> ExpectedCourse | None:
    """The expected course of the end score's instrument; None where the study has none to learn it from.

    Raises CohortError with every problem of the long table.
    """
    study, instrument = design.study, design.study.instrument
    if instrument is None or not study.table.outcome.wants_end_score:
        return None
    found = measured(design, instrument)
    if found is None:
        return None
    return of(
        found,
        cluster_codes(study, design.cohort),
        instrument,
        level=study.table.validation.interval,
        group=study.table.validation.group,
        seed=study.table.seed,
    )


def of(
    found: Measured, cluster: IntArray, instrument: "Instrument", *, level: float, group: str, seed: int
) -> ExpectedCourse | None:
    """The same from arrays: `cluster` (patients,) numbers the groups that no fold splits."""
    began = ~np.isnan(found.intake)
    groups = len(np.unique(cluster[began]))
    if groups < FEWEST_FOLDS:
        return None
    fold = np.full(len(cluster), -1)
    fold[began] = validation.fold_numbers(
        cluster[began], found.intake[began], folds=min(FOLDS, groups), repeats=1, seed=seed, binary=False
    )[0]
    inside = np.full(found.scores.shape, np.nan)
    moments = []
    for place in range(MOST_MOMENTS):
        rows = np.flatnonzero(began & ~np.isnan(found.scores[:, place]))
        arrays = (found.intake[rows], found.scores[rows, place], cluster[rows], fold[rows])
        made = shape(*arrays, level=level)
        kept = None if made is None else held(*arrays, level=level, allowed=instrument.range, step=instrument.step)
        if made is None or kept is None:
            continue
        inside[rows, place] = kept
        moments.append(
            Moment(**made.model_dump(), when=place + 1, patients=tens(len(rows)), held=share(kept, cluster[rows]))
        )
    if not moments:
        return None
    used = ~np.isnan(inside).all(axis=1)
    ordered = np.sort(found.intake[used])
    return ExpectedCourse(
        unit=found.unit,
        intake=found.factor,
        instrument=instrument.label,
        range=instrument.range,
        step=instrument.step,
        level=level,
        lowest=float(ordered[SMALLEST_CELL - 1]),
        highest=float(ordered[-SMALLEST_CELL]),
        group=group,
        groups=len(np.unique(cluster[used])),
        moments=tuple(moments),
        held=_held(inside, found.intake, cluster, used),
    )


def _held(inside: FloatArray, intake: FloatArray, cluster: IntArray, used: NDArray[np.bool_]) -> tuple[Held, ...]:
    made = [_of("scores", "", inside, cluster, used)]
    edges = np.quantile(intake[used], (1 / 3, 2 / 3))
    third = np.searchsorted(edges, intake, side="left")
    made += [_of("intake", label, inside, cluster, used & (third == place)) for place, label in enumerate(THIRDS)]
    # NaN is no miss: who was not measured is in nobody's way.
    whole = np.where(np.isnan(inside), 1.0, inside).min(axis=1, keepdims=True)
    made.append(_of("people", "", whole, cluster, used))
    return tuple(one for one in made if one is not None)


def _of(of: str, label: str, inside: FloatArray, cluster: IntArray, members: NDArray[np.bool_]) -> Held | None:
    """None for fewer people than may be told of."""
    if members.sum() < SMALLEST_CELL:
        return None
    patient, moment = np.nonzero(~np.isnan(inside) & members[:, np.newaxis])
    found = share(inside[patient, moment], cluster[patient])
    return Held(**found.model_dump(), of=of, label=label, patients=tens(int(members.sum())))  # type: ignore[arg-type]
