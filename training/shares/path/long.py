"""The long table as arrays (patients, sessions), for what of it has a place on the path."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from therapport.cohort.files import load
from training.design import Design, Target
from training.shares.path.stages import Stages

FloatArray = NDArray[np.float64]
MOST_SESSIONS = 100


def measures(design: Design, stages: Stages) -> tuple[tuple[str, ...], tuple[str, ...], str] | None:
    """Repeated measures with which the path begins, those between, and that of the outcome; None without any."""
    study, codebook = design.study, design.study.codebook
    columns = codebook.measurements
    after = codebook.measures.get(study.table.outcome.after or "")
    if columns is None or columns.session is None or study.measurements is None or after is None:
        return None
    found = [name for name, one in codebook.repeated_measures.items() if one.instrument == after.instrument]
    outcome = after.repeated_measure or (found[0] if found and after.instrument else None)

    def resting(factors: tuple[str, ...]) -> tuple[str, ...]:
        made = (codebook.factors[name].repeated_measure for name in factors)
        return tuple(dict.fromkeys(name for name in made if name is not None and name != outcome))

    first = resting(stages.first)
    between = resting(tuple(name for names in stages.mediating.values() for name in names))
    return (first, tuple(name for name in between if name not in first), outcome) if first and outcome else None


def wide(design: Design, target: Target, names: tuple[str, ...]) -> dict[str, FloatArray]:
    """Repeated measure -> (patients of the target, sessions from 0 on), NaN where nothing was measured."""
    codebook, as_of = design.study.codebook, design.study.measurements
    columns = codebook.measurements
    if columns is None or as_of is None or columns.session is None or isinstance(as_of.source, pd.DataFrame):
        return {}
    texts = (columns.episode, columns.factor)
    frame = load(as_of.source, text_columns=texts, encoding=as_of.encoding, rows="measurements").frame
    session = pd.to_numeric(frame[columns.session], errors="coerce").to_numpy(dtype=np.float64)
    value = pd.to_numeric(frame[columns.value], errors="coerce").to_numpy(dtype=np.float64)
    ids = pd.Index(design.cohort.table[codebook.id].to_numpy()[target.rows].astype(str))
    patient = ids.get_indexer(pd.Index(frame[columns.episode].astype(str)))
    name = frame[columns.factor].astype(str).to_numpy()
    found = {}
    for one in names:
        own = (name == one) & (patient >= 0) & ~np.isnan(session) & ~np.isnan(value) & (session <= MOST_SESSIONS)
        last = int(session[own].max()) if own.any() else 0
        found[one] = np.full((len(ids), MOST_SESSIONS + 1), np.nan)
        found[one][patient[own], session[own].astype(np.int64)] = value[own]
        found[one][:, last + 1 :] = np.nan
    return found
