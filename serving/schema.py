"""What the API takes and gives, as types made from the codebook: one field per factor, with its range and levels."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from therapport.codebook import Factor
from therapport.cohort import Cohort
from therapport.predictor import COLUMNS, Predictor, answer_columns
from therapport.predictor.answer import TEXT

MOST_PATIENTS = 10_000
Row = dict[str, Any]
FieldOf = tuple[Any, dict[str, Any]]
"""A field's type and the options of its description."""


def patient_type(predictor: Predictor) -> type[BaseModel]:
    """One patient: the id and every factor of the predictor; a factor left out, or null, is missing."""
    codebook = predictor.codebook
    identifier = {"min_length": 1, "description": "The patient's id; passes through and is never logged."}
    fields: dict[str, FieldOf] = {codebook.id: (str, identifier)}
    for name in predictor.factors:
        factor = codebook.factors[name]
        fields[name] = (_of_factor(factor) | None, {"default": None, **_described(factor)})
    return _model(f"Patient_{predictor.name}", fields)


def request_type(predictor: Predictor) -> type[BaseModel]:
    """The body of a prediction: a list of patients."""
    patient: Any = patient_type(predictor)
    several = {"min_length": 1, "max_length": MOST_PATIENTS}
    return _model(f"Patients_{predictor.name}", {"patients": (list[patient], several)})


def response_type(predictor: Predictor) -> type[BaseModel]:
    """The answers: the flat columns of the one contract."""
    fields: dict[str, FieldOf] = {predictor.codebook.id: (str, {"description": "The patient's id."})}
    for column in answer_columns(predictor)[1:]:
        fields[column] = (str if column in TEXT else float | None, {"description": _meaning(column, predictor)})
    answer: Any = _model(f"Answer_{predictor.name}", fields)
    return _model(f"Answers_{predictor.name}", {"answers": (list[answer], {})})


def cohort_of(rows: Sequence[Row], predictor: Predictor) -> Cohort:
    """Validated rows as a cohort; the codebook has been applied by their type, so nothing is checked twice."""
    codebook = predictor.codebook
    columns: dict[str, Any] = {codebook.id: pd.Series([row[codebook.id] for row in rows], dtype=object)}
    for name in predictor.factors:
        values = [row[name] for row in rows]
        if codebook.factors[name].kind == "category":
            columns[name] = pd.Series(values, dtype=object)
        else:
            columns[name] = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    return Cohort(codebook, pd.DataFrame(columns))


def records(answers: pd.DataFrame) -> list[Row]:
    """Answers as JSON can hold them: NaN becomes null."""
    plain = answers.astype(object).where(answers.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict(orient="records")]


def _of_factor(factor: Factor) -> Any:  # noqa: ANN401 - a type made at run time
    match factor.kind:
        case "category":
            return Literal[tuple(factor.levels)]
        case "boolean":
            return bool
        case _:
            low, high = factor.range or (-np.inf, np.inf)
            number = Annotated[float, Field(ge=low, le=high)]
            return Annotated[number, BeforeValidator(_whole)] if factor.kind == "integer" else number


def _whole(value: object) -> object:
    if isinstance(value, float) and not value.is_integer():
        raise ValueError("must be a whole number")
    return value


def _described(factor: Factor) -> dict[str, Any]:
    unit = f" ({factor.unit})" if factor.unit else ""
    return {
        "description": f"{factor.label}{unit}; family {factor.family}, known at {factor.known_at.value}.",
        "title": factor.label,
    }


def _meaning(column: str, predictor: Predictor) -> str:
    if column == "response_probability" and predictor.outcome is not None:
        return f"{COLUMNS[column]}: {predictor.outcome.definition}"
    for family in predictor.families:
        general = column.replace(f"_{family}", "_<family>")
        if general in COLUMNS:
            return f"{COLUMNS[general]} (family: {predictor.codebook.families[family].label})"
    return COLUMNS[column]


def _model(name: str, fields: dict[str, FieldOf]) -> type[BaseModel]:
    """A strict type; columns are aliases, because a column may be called what a Python name may not."""
    config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
    aliased: dict[str, Any] = {
        f"field_{place}": (kind, Field(alias=column, **options))
        for place, (column, (kind, options)) in enumerate(fields.items())
    }
    return create_model(name.replace("-", "_"), __config__=config, **aliased)
