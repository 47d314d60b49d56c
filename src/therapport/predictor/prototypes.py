"""Prototype patients, built from the quantiles of the training cohort: examples that are nobody's data."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from therapport.cohort import Cohort
from therapport.predictor.profile import FactorProfile

if TYPE_CHECKING:
    from therapport.predictor.model import Predictor

TYPICAL, HARDER = "typical patient", "patient with a poorer outlook"
GAPS = 0.1
"""Share of made-up values that are missing."""


def prototypes(predictor: "Predictor") -> Cohort:
    """Two patients: every factor at its median; and every factor at the quartile where the prediction is poorer."""
    profiles = {name: predictor.profile[name] for name in predictor.factors}
    typical: dict[str, float | str | None] = {
        name: _value(predictor, name, known.median, known.most_common) for name, known in profiles.items()
    }
    variants = [
        {**typical, name: variant} for name, known in profiles.items() for variant in _variants(predictor, name, known)
    ]
    harder = dict(typical)
    if variants:
        places = [name for name, known in profiles.items() for _ in _variants(predictor, name, known)]
        outlook = _outlook(predictor, [typical, *variants])
        worst = dict.fromkeys(profiles, outlook[0])
        for name, variant, value in zip(places, variants, outlook[1:], strict=True):
            if value < worst[name]:
                worst[name], harder[name] = value, variant[name]
    return _cohort(predictor, [typical, harder], [TYPICAL, HARDER])


def made_up(predictor: "Predictor", *, patients: int, seed: int) -> Cohort:
    """Patients put together at random from what is usual in the training cohort, with gaps: nobody's data either."""
    generator = np.random.default_rng(seed)
    choices = {name: _variants(predictor, name, predictor.profile[name]) for name in predictor.factors}
    rows: list[dict[str, float | str | None]] = []
    for _ in range(patients):
        row: dict[str, float | str | None] = {}
        for name, usual in choices.items():
            is_gap = name not in predictor.required and generator.random() < GAPS
            row[name] = None if is_gap or not usual else usual[generator.integers(len(usual))]
        rows.append(row)
    return _cohort(predictor, rows, [f"made up {number}" for number in range(patients)])


def _variants(predictor: "Predictor", name: str, known: FactorProfile) -> list[float | str | None]:
    levels = [_value(predictor, name, None, level) for level in known.levels]
    quartiles = [_value(predictor, name, value, None) for value in (known.quartile_1, known.quartile_3)]
    return [value for value in [*levels, *quartiles] if value is not None]


def _value(predictor: "Predictor", name: str, number: float | None, level: str | None) -> float | str | None:
    factor = predictor.codebook.factors[name]
    if factor.kind == "category":
        return level
    if factor.kind == "boolean":
        return None if level is None else float(level == "true")
    return round(number) if number is not None and factor.kind == "integer" else number


def _outlook(predictor: "Predictor", rows: list[dict[str, float | str | None]]) -> list[float]:
    """Higher is better: the predicted probability, or minus the predicted end score."""
    answers = predictor.answer(_cohort(predictor, rows, [str(place) for place in range(len(rows))]))
    if predictor.response is not None:
        return answers["response_probability"].tolist()
    instrument = predictor.end_score_instrument
    sign = -1.0 if instrument is None or instrument.better == "lower" else 1.0
    return (sign * answers["end_score"]).tolist()


def _cohort(predictor: "Predictor", rows: list[dict[str, float | str | None]], names: list[str]) -> Cohort:
    table = pd.DataFrame({predictor.codebook.id: pd.Series(names, dtype=object)})
    for name in predictor.factors:
        values = [row[name] for row in rows]
        category = predictor.codebook.factors[name].kind == "category"
        table[name] = (
            pd.Series(values, dtype=object)
            if category
            else np.array([np.nan if value is None else value for value in values], dtype=np.float64)
        )
    return Cohort(predictor.codebook, table)
