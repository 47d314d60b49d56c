"""Out-of-fold figures of the chosen candidate in subgroups, each beside those of the other patients."""

from collections.abc import Mapping, Sequence

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from therapport.performance import SMALLEST_CELL, OutOfFold, bootstrap_weights, subgroup
from therapport.performance.subgroup import Drawn
from therapport.predictor.evidence import Figure
from therapport.predictor.populations import Contrast, Subgroup, Subgroups
from training import evaluation
from training.design import Design
from training.evaluation import Evaluation
from training.populations import members, table
from training.populations.members import Level, Mask

FloatArray = NDArray[np.float64]
ByMembers = Mapping[bytes, Mapping[str, Drawn]]
"""Who they are -> their figures; none where a cell is too small to be shown."""


def of(design: Design, evaluated: Evaluation) -> Subgroups | None:
    """Every level of the study's columns that is large enough to be shown; None where there are no columns."""
    study, target = design.study, evaluated.target
    columns = table.chosen(study.table.subgroups, study.codebook, study.factors)
    if not columns:
        return None
    predictions = evaluated.predictions[evaluated.choice.chosen]
    everyone = np.ones(predictions.patients, dtype=np.bool_)
    wanted = [(name, level) for name in columns for level in _levels(design, evaluated, name)]
    masks = [everyone, *(mask for _, level in wanted for mask in (level.members, level.others))]
    found = _figures(design, predictions, masks, binary=target.kind == "binary")
    shown = [(name, level) for name, level in wanted if level.members.tobytes() in found]
    return Subgroups(
        everyone={name: evaluation.figure(one.estimate()) for name, one in found[everyone.tobytes()].items()},
        shown=adjusted(
            [_subgroup(design, name, level, predictions, found) for name, level in shown],
            [level for _, level in shown],
        ),
        suppressed=len(wanted) - len(shown),
        audit_only=tuple(name for name in columns if name in study.codebook.audit),
    )


def can_be_shown(outcome: FloatArray, *, binary: bool) -> bool:
    """Whether no cell is smaller than may be shown: patients, and those with and without the outcome."""
    cells = (outcome.sum(), len(outcome) - outcome.sum()) if binary else (len(outcome),)
    return bool(min(cells) >= SMALLEST_CELL)


def adjusted(shown: Sequence[Subgroup], levels: Sequence[Level]) -> tuple[Subgroup, ...]:
    """The same with Holm's correction over all comparisons of one figure.

    The second of two levels that are all of a column says nothing new, and is not counted.
    """
    said: set[tuple[str, bytes]] = set()
    counts = []
    for one, level in zip(shown, levels, strict=True):
        counts.append((one.column, level.others.tobytes()) not in said)
        said.add((one.column, level.members.tobytes()))
    found = [dict(one.contrasts) for one in shown]
    for figure in dict.fromkeys(name for own in found for name in own):
        alone = {
            place: own[figure].p_value
            for place, own in enumerate(found)
            if counts[place] and figure in own and own[figure].p_value is not None
        }
        for place, value in holm({place: value for place, value in alone.items() if value is not None}).items():
            found[place][figure] = found[place][figure].model_copy(update={"adjusted": value})
    return tuple(one.model_copy(update={"contrasts": contrasts}) for one, contrasts in zip(shown, found, strict=True))


def holm(p_values: Mapping[int, float]) -> dict[int, float]:
    """The p values, corrected so that any of them is below a level by chance no oftener than the level (Holm 1979)."""
    corrected, largest = {}, 0.0
    for rank, (place, value) in enumerate(sorted(p_values.items(), key=lambda item: item[1])):
        largest = max(largest, min(1.0, (len(p_values) - rank) * value))
        corrected[place] = largest
    return corrected


def _figures(design: Design, predictions: OutOfFold, masks: Sequence[Mask], *, binary: bool) -> ByMembers:
    """Those who are the others of one level are the members of another: each set of patients is looked at once."""
    settings = design.study.table
    weights = bootstrap_weights(predictions.cluster, draws=settings.validation.draws, seed=settings.seed)
    distinct = {mask.tobytes(): mask for mask in masks if can_be_shown(predictions.truth[mask], binary=binary)}
    work = (delayed(subgroup.figures)(predictions, mask, weights, binary=binary) for mask in distinct.values())
    return dict(zip(distinct, Parallel(n_jobs=-1)(work), strict=True))


def _levels(design: Design, evaluated: Evaluation, name: str) -> list[Level]:
    study = design.study
    column = study.codebook.audit.get(name) or study.codebook.factors[name]
    values = design.cohort.table[name].iloc[evaluated.target.rows].reset_index(drop=True)
    return list(members.levels(values, column, table.cuts(study.table.subgroups, study.codebook, name)))


def _subgroup(design: Design, name: str, level: Level, predictions: OutOfFold, found: ByMembers) -> Subgroup:
    codebook = design.study.codebook
    column = codebook.audit.get(name) or codebook.factors[name]
    own, others = found[level.members.tobytes()], found.get(level.others.tobytes(), {})
    patients = int(level.members.sum())
    return Subgroup(
        column=name,
        label=column.label,
        level=level.label,
        patients=patients - patients % SMALLEST_CELL,
        observed=_mean(predictions.truth, level.members),
        predicted=_mean(predictions.prediction.mean(axis=0), level.members),
        figures={key: evaluation.figure(one.estimate()) for key, one in own.items()},
        contrasts={
            key: _contrast(evaluation.figure(one.difference), one.p_value)
            for key, one in subgroup.contrasts(own, others).items()
        },
    )


def _contrast(difference: Figure, p_value: float | None) -> Contrast:
    return Contrast(value=difference.value, low=difference.low, high=difference.high, p_value=p_value)


def _mean(values: FloatArray, among: Mask) -> float:
    return round(float(values[among].mean()), 2)
