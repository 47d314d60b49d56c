"""Who is on track: where a prediction lies beside the line that the training cohort draws, and what speaks against it.

The line is what the whole training cohort reached. On track is who is expected to do better than that with the whole
interval of the model, not on track who is expected to do worse with the whole of it; of the others it cannot be told.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from serving import reading
from serving.reading import Kind
from therapport.predictor import Predictor

FloatArray = NDArray[np.float64]
Standing = Literal["not", "unsure", "on", "none"]
STANDINGS: tuple[Standing, ...] = ("not", "unsure", "on", "none")


@dataclass(frozen=True)
class Standings:
    """Of all patients, in the order of the cohort."""

    kind: Kind
    line: float
    """What the whole training cohort reached: a probability, or a mean score."""
    value: FloatArray
    """NaN where there is no prediction."""
    low: FloatArray
    high: FloatArray
    """What is shown as its interval; NaN where none is known."""
    favourable: FloatArray
    """The value, turned so that more is better."""
    standing: NDArray[np.int8]
    """Place in STANDINGS."""
    against: FloatArray
    """Shape (patients, families): by how much a family clearly speaks against a good end; 0 where it does not."""
    missing: NDArray[np.int64]
    """How many factors are missing."""


def standings(predictor: Predictor, answers: pd.DataFrame) -> Standings:
    """Where everyone stands; `answers` has the columns of the one contract, or those of them that are read here."""
    kind: Kind = "binary" if predictor.response is not None else "score"
    evidence = predictor.evidence.cohort
    sign = _sign(predictor, kind)
    name = "response_probability" if kind == "binary" else "end_score"
    value, low, high = (_floats(answers, f"{name}{end}") for end in ("", "_low", "_high"))
    stated = evidence.base_rate if kind == "binary" else evidence.mean_end_score
    line = 0.5 if stated is None else stated
    # The interval of an end score is about the person, not about the model: it is as wide for everyone.
    sure = kind == "binary"
    ends = [np.where(np.isnan(end) | (not sure), value, end) for end in (low, high)]
    worst, best = (np.minimum if sign > 0 else np.maximum)(*ends), (np.maximum if sign > 0 else np.minimum)(*ends)
    standing = np.select(
        [np.isnan(value), sign * best < sign * line, sign * worst < sign * line], [3, 0, 1], default=2
    ).astype(np.int8)
    return Standings(
        kind=kind,
        line=line,
        value=value,
        low=low,
        high=high,
        favourable=sign * value,
        standing=standing,
        against=_against(predictor, answers, kind, sign),
        missing=_counted(answers["missing"]),
    )


def _sign(predictor: Predictor, kind: Kind) -> float:
    if kind == "score":
        return reading.of_end_score(predictor).sign
    return 1.0 if predictor.outcome is None or predictor.outcome.response.favourable else -1.0


def _against(predictor: Predictor, answers: pd.DataFrame, kind: Kind, sign: float) -> FloatArray:
    read = reading.of_kind(predictor, kind)
    part = "contribution_" if kind == "binary" else "score_contribution_"
    columns = []
    for family in predictor.families:
        value, low, high = (_floats(answers, f"{part}{family}{end}") for end in ("", "_low", "_high"))
        clear = ~((low <= 0) & (high >= 0)) & (np.abs(value) >= read.hardly) & (sign * value < 0)
        columns.append(np.where(clear, np.abs(value), 0.0))
    return np.column_stack(columns)


def _floats(answers: pd.DataFrame, name: str) -> FloatArray:
    """A column as numbers; NaN where the answers do not have it."""
    if name not in answers:
        return np.full(len(answers), np.nan)
    return answers[name].to_numpy(dtype=np.float64)


def _counted(names: "pd.Series[str]") -> NDArray[np.int64]:
    several = names.astype("category")
    counts = np.array(
        [len(one.split(", ")) if one else 0 for one in several.cat.categories.astype(str)], dtype=np.int64
    )
    return counts[several.cat.codes.to_numpy()]
