"""Who belongs to a study and was lost: patients whose outcome would be known, had their end been recorded."""

import numpy as np
from numpy.typing import NDArray

from therapport.cohort import Cohort
from therapport.models import Kind
from training.design import Design, Target
from training.study import Study

FloatArray = NDArray[np.float64]


def rows(design: Design, target: Target) -> NDArray[np.int64]:
    """The rows of the cohort of those who were lost.

    Whose outcome is undefined, whatever the end (somebody who began below the cut-off cannot recover), does not belong;
    nor does who had the last contact at the landmark itself: there was nothing left to predict, and nobody was lost.
    """
    study, cohort = design.study, design.cohort
    unknown = ~design.at_risk.decided
    unknown[target.rows] = False
    if target.kind == "binary":
        unknown &= ~np.isnan(_had_it_been_recorded(study, cohort))
    return np.flatnonzero(unknown)


def _had_it_been_recorded(study: Study, cohort: Cohort) -> FloatArray:
    """The outcome, (rows of the cohort,), with every end that is missing put at one that an instrument has."""
    if study.outcome is None:
        raise ValueError("the study has no response")
    columns = {}
    for role, column in study.roles.items():
        values = cohort.table[column].to_numpy(dtype=np.float64)
        measure = study.codebook.measures.get(column)
        if measure is not None and measure.kind == "score":
            values = np.where(np.isnan(values), study.codebook.instrument_of(column).range[0], values)
        elif study.outcome.response.rests_on == "event":
            values = np.where(np.isnan(values), 1.0, values)
        columns[role] = values
    return study.outcome.of_columns(columns)


def ends(design: Design, kind: Kind, lost: NDArray[np.int64]) -> dict[str, FloatArray]:
    """Name -> outcomes of the lost, (lost,): all `poor`, all `good`, and for an end score the `last` observation."""
    study = design.study
    if kind == "binary":
        favourable = study.outcome is None or study.outcome.response.favourable
        return {"poor": np.full(len(lost), 1.0 - favourable), "good": np.full(len(lost), float(favourable))}
    if study.instrument is None:
        return {}
    lowest, highest = study.instrument.range
    poor, good = (highest, lowest) if study.instrument.better == "lower" else (lowest, highest)
    found = {"poor": np.full(len(lost), float(poor)), "good": np.full(len(lost), float(good))}
    last = _last(design, lost)
    return found if last is None else found | {"last": last}


def _last(design: Design, lost: NDArray[np.int64]) -> FloatArray | None:
    """The latest score of the end score's instrument that is known at the landmark; None unless known in all."""
    study = design.study
    known = np.full(len(lost), np.nan)
    for name in (study.latest, study.table.severity, study.table.outcome.before):
        factor = None if name is None else study.codebook.factors.get(name)
        measure = study.codebook.measures.get(study.table.outcome.after or "")
        if factor is None or name is None or measure is None or factor.instrument != measure.instrument:
            continue
        values = design.cohort.table[name].to_numpy(dtype=np.float64)[lost]
        known = np.where(np.isnan(known), values, known)
    return None if np.isnan(known).any() else known
