"""One patient in full, as plain values: families with intervals, factors, pairs, what is missing, what-if."""

from typing import Any

import numpy as np

from serving.api import what_if
from serving.api.reader import Patients
from therapport.explanation.shapley import pairs
from therapport.predictor import AnswerRow, ExplainedModel, Predictor

Part = dict[str, Any]


def explained(predictor: Predictor, patients: Patients, answer: AnswerRow) -> Part:
    """Everything about the only patient beside the answer itself; no prediction, no parts of one."""
    if answer["status"] != "scored":
        return {"response": None, "end_score": None, "missing": _missing(predictor, answer, {}), "what_if": []}
    grid = what_if.grid(predictor, patients)
    changes = what_if.answered(predictor, patients, grid)
    modifiable = [name for name in predictor.factors if predictor.codebook.factors[name].modifiable]
    return {
        "response": None
        if predictor.response is None
        else _outcome(
            predictor, predictor.response, patients, answer, part="contribution_", total="response_probability"
        ),
        "end_score": None
        if predictor.end_score is None
        else _outcome(predictor, predictor.end_score, patients, answer, part="score_contribution_", total="end_score"),
        "missing": _missing(predictor, answer, changes),
        "what_if": [
            {"factor": name, "label": predictor.codebook.factors[name].label, "changes": changes[name]}
            for name in modifiable
            if changes.get(name)
        ],
    }


def _outcome(
    predictor: Predictor, model: ExplainedModel, patients: Patients, answer: AnswerRow, *, part: str, total: str
) -> Part:
    own = model.factors.explain(patients.matrix).contributions[0].tolist()
    contributions = dict(zip(predictor.factors, own, strict=True))
    reference = "reference_probability" if total == "response_probability" else "end_score_reference"
    return {
        "reference": answer[reference],
        "value": answer[total],
        "low": answer[f"{total}_low"],
        "high": answer[f"{total}_high"],
        "families": [
            _family(predictor, family, members, answer, part=part, contributions=contributions)
            for family, members in predictor.families.items()
        ],
        "interactions": _pairs(predictor, model, patients),
    }


def _family(
    predictor: Predictor,
    family: str,
    members: tuple[str, ...],
    answer: AnswerRow,
    *,
    part: str,
    contributions: dict[str, float],
) -> Part:
    low, high = answer[f"{part}{family}_low"], answer[f"{part}{family}_high"]
    missing = str(answer["missing"]).split(", ")
    unclear = None if not isinstance(low, float) or not isinstance(high, float) else low <= 0 <= high
    return {
        "family": family,
        "label": predictor.codebook.families[family].label,
        "contribution": answer[f"{part}{family}"],
        "low": low,
        "high": high,
        "could_be_zero": unclear,
        "factors": [
            {
                "factor": name,
                "label": predictor.codebook.factors[name].label,
                "contribution": contributions[name],
                "modifiable": predictor.codebook.factors[name].modifiable,
                "missing": name in missing,
            }
            for name in members
        ],
    }


def _pairs(predictor: Predictor, model: ExplainedModel, patients: Patients) -> list[Part]:
    """Whole interactions, on the scale of the calibrated score; an entry of the matrix is half of one."""
    _, matrices = model.families.interactions(patients.matrix)
    margin = None if model.refits is None else 2 * model.refits.interactions(patients.matrix)[0]
    names, whole = list(predictor.families), 2 * matrices[0]
    return [
        {
            "families": [names[one], names[other]],
            "interaction": float(whole[one, other]),
            "low": None if margin is None else float(whole[one, other] - margin[one, other]),
            "high": None if margin is None else float(whole[one, other] + margin[one, other]),
        }
        for one, other in pairs(len(names))
    ]


def _missing(predictor: Predictor, answer: AnswerRow, changes: dict[str, list[Part]]) -> list[Part]:
    named = [name for name in str(answer["missing"]).split(", ") if name]
    return [
        {
            "factor": name,
            "label": predictor.codebook.factors[name].label,
            "required": name in predictor.required,
            "response_probability": _span(changes.get(name, []), "response_probability"),
            "end_score": _span(changes.get(name, []), "end_score"),
        }
        for name in named
    ]


def _span(changes: list[Part], column: str) -> Part | None:
    """Between what the prediction would lie if the value were known and plausible."""
    known = [change[column] for change in changes if change[column] is not None]
    return {"lowest": float(np.min(known)), "highest": float(np.max(known))} if known else None
