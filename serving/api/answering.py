"""Patients in, answers out: the flat rows of the one contract, and factor by factor where that was asked for."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from starlette.datastructures import QueryParams

from serving.api.problems import Refusal
from serving.api.reader import Patients
from therapport.predictor import AnswerRow, Predictor, answer_rows

Explain = Literal["none", "family", "factor"]
Row = dict[str, Any]
MOST_FACTORS, DIGITS = 1000, 9
COMPACT = json.JSONEncoder(allow_nan=False, separators=(",", ":"))


@dataclass(frozen=True)
class Asked:
    """How much of an explanation is wanted."""

    explain: Explain = "family"
    top: int | None = None
    """The largest factors; None for all."""


FAMILIES = Asked()


def asked(query: QueryParams) -> Asked:
    """What the address asks for; raises Refusal with what is wrong."""
    if not query:
        return FAMILIES
    errors = []
    explain, top = query.get("explain", "family"), query.get("top")
    if explain not in get_args(Explain):
        errors.append({"column": "explain", "problem": f"must be one of {', '.join(get_args(Explain))}"})
    # Measured before it is read: Python refuses numbers of thousands of digits.
    is_number = top is None or (
        len(top) <= DIGITS and top.isascii() and top.isdigit() and 1 <= int(top) <= MOST_FACTORS
    )
    if not is_number:
        errors.append({"column": "top", "problem": f"must be a whole number from 1 to {MOST_FACTORS}"})
    if errors:
        raise Refusal(422, "The address asks for what is not offered.", errors)
    return Asked(explain, None if top is None else int(top))  # type: ignore[arg-type]


def rows_of(predictor: Predictor, patients: Patients, wanted: Asked) -> list[Row]:
    """One answer per patient, with plain values and None where there is no number."""
    answers = answer_rows(predictor, patients.ids, patients.matrix)
    if wanted.explain == "family":
        return list[Row](answers)
    if wanted.explain == "none":
        kept = (predictor.codebook.id, *predictor.columns_without_families)
        return [{name: row[name] for name in kept} for row in answers]
    return [
        {**row, "factors": _largest(predictor, parts, wanted.top)}
        for row, parts in zip(answers, _factors(predictor, patients, answers), strict=True)
    ]


def encoded(rows: Sequence[Row]) -> list[tuple[str, str]]:
    """For each answer its id and all else, both as members of a JSON object, so that an audit can leave the id out."""
    return [_encoded(row) for row in rows]


def _encoded(row: Row) -> tuple[str, str]:
    names = iter(row)
    name = next(names)
    rest = {other: row[other] for other in names}
    return f"{json.dumps(name)}:{json.dumps(row[name])}", COMPACT.encode(rest)[1:-1]


def _factors(predictor: Predictor, patients: Patients, answers: Sequence[AnswerRow]) -> list[list[Row]]:
    """For each patient every factor with its contributions; none for those who are not scored."""
    family = {name: one for one, members in predictor.families.items() for name in members}
    models = {"log_odds": predictor.response, "points": predictor.end_score}
    values = {
        scale: None if model is None else model.factors.explain(patients.matrix).contributions.tolist()
        for scale, model in models.items()
    }
    return [
        [
            {
                "factor": name,
                "family": family[name],
                **{scale: None if each is None else each[row][place] for scale, each in values.items()},
            }
            for place, name in enumerate(predictor.factors)
        ]
        if answer["status"] == "scored"
        else []
        for row, answer in enumerate(answers)
    ]


def _largest(predictor: Predictor, parts: list[Row], top: int | None) -> list[Row]:
    scale = "log_odds" if predictor.response is not None else "points"
    return sorted(parts, key=lambda part: -abs(part[scale]))[:top]
