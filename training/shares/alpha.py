"""Cronbach's alpha over the sessions of a long table: how far one session agrees with the next, from the cohort itself.

Real change between sessions counts as error here, so that what changes fast looks less reliable than it is.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from therapport.codebook import Clock
from therapport.cohort.files import load
from therapport.performance import SMALLEST_CELL
from training.design import Design

FloatArray = NDArray[np.float64]
FEWEST_SESSIONS = 2


def alpha(scores: FloatArray) -> float:
    """Of the sum of the columns, shape (episodes, sessions), no value missing; Cronbach 1951."""
    sessions = scores.shape[1]
    total = scores.sum(axis=1).var(ddof=1)
    return float(sessions / (sessions - 1) * (1 - scores.var(axis=0, ddof=1).sum() / total)) if total > 0 else 0.0


def single(value: float, sessions: int) -> float:
    """The reliability of one session, from that of the mean of several (Spearman and Brown 1910)."""
    return value / (sessions - (sessions - 1) * value)


def of_cohort(design: Design) -> dict[str, float]:
    """Factor -> reliability, for the first, last or mean score of a repeated measure up to the landmark."""
    study, codebook = design.study, design.study.codebook
    columns, as_of = codebook.measurements, study.measurements
    if columns is None or as_of is None or codebook.clock(as_of.landmark) is not Clock.SESSION:
        return {}
    summarised = {
        name: codebook.factors[name]
        for name in study.factors
        if codebook.factors[name].repeated_measure and codebook.factors[name].summary in ("first", "last", "mean")
    }
    if not summarised or isinstance(as_of.source, pd.DataFrame):
        return {}
    frame = load(
        as_of.source, text_columns=(columns.episode, columns.factor), encoding=as_of.encoding, rows="measurements"
    ).frame
    session = pd.to_numeric(frame[columns.session or ""], errors="coerce")
    known = frame[(session >= 1) & (session <= (as_of.landmark.session or 0))]
    found = {}
    for name, factor in summarised.items():
        own = known[known[columns.factor].astype(str) == factor.repeated_measure]
        wide = own.assign(score=pd.to_numeric(own[columns.value], errors="coerce")).pivot_table(
            index=columns.episode, columns=columns.session, values="score"
        )
        complete = wide.dropna().to_numpy(dtype=np.float64)
        if complete.shape[1] < FEWEST_SESSIONS or len(complete) < SMALLEST_CELL:
            continue
        value = alpha(complete)
        value = value if factor.summary == "mean" else single(value, complete.shape[1])
        if 0 < value <= 1:
            found[name] = value
    return found
