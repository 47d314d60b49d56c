"""What the prediction would be with another value of one factor: of the prediction, never of the patient.

Values stay within what is usual in the training cohort; beyond it a model only guesses.
"""

from typing import Any

import numpy as np

from serving.api.reader import Patients
from therapport.codebook import Factor
from therapport.predictor import FactorProfile, Predictor, answer_rows

Value = float | str | bool
STEPS = 5
KEPT = (
    "response_probability", "response_probability_low", "response_probability_high",
    "end_score", "end_score_low", "end_score_high",
)  # fmt: skip


def grid(predictor: Predictor, patients: Patients) -> dict[str, list[Value]]:
    """Factor -> plausible values, for factors that treatment could change and for those that are missing."""
    missing = np.isnan(patients.matrix[0])
    return {
        name: plausible(predictor.codebook.factors[name], predictor.profile[name])
        for place, name in enumerate(predictor.factors)
        if missing[place] or predictor.codebook.factors[name].modifiable
    }


def plausible(factor: Factor, known: FactorProfile) -> list[Value]:
    """Levels that are not rare, or a few steps through the usual range; nothing where too little is known."""
    if factor.kind == "category":
        return [level for level in factor.levels if level in known.levels]
    if factor.kind == "boolean":
        return [level == "true" for level in ("false", "true") if level in known.levels]
    if known.usual_low is None or known.usual_high is None:
        return []
    low, high = known.usual_low, known.usual_high
    if factor.range is not None:
        low, high = max(low, factor.range[0]), min(high, factor.range[1])
    steps = np.linspace(low, high, STEPS)
    if factor.kind == "integer":
        steps = np.unique(np.clip(np.round(steps), np.ceil(low), np.floor(high)))
    return [float(step) for step in np.unique(steps)]


def answered(
    predictor: Predictor, patients: Patients, values: dict[str, list[Value]]
) -> dict[str, list[dict[str, Any]]]:
    """Factor -> the prediction at each of its values, everything else of the only patient as it is."""
    places = [(name, value) for name, several in values.items() for value in several]
    if not places:
        return {}
    matrix = np.repeat(patients.matrix, len(places), axis=0)
    for row, (name, value) in enumerate(places):
        matrix[row, predictor.factors.index(name)] = _number(predictor.codebook.factors[name], value)
    answers = answer_rows(predictor, [""] * len(places), matrix)
    made: dict[str, list[dict[str, Any]]] = {}
    for (name, value), answer in zip(places, answers, strict=True):
        made.setdefault(name, []).append({"value": value, **{column: answer.get(column) for column in KEPT}})
    return made


def _number(factor: Factor, value: Value) -> float:
    return float(list(factor.levels).index(str(value))) if factor.kind == "category" else float(value)
