"""What the API takes and gives, as types made from the codebook: one field per factor, with its range and levels."""

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from therapport.codebook import Factor
from therapport.predictor import COLUMNS, Predictor, answer_columns
from therapport.predictor.answer import TEXT

MOST_PATIENTS = 10_000
FieldOf = tuple[Any, dict[str, Any]]
"""A field's type and the options of its description."""


class FactorPart(BaseModel):
    """What one factor contributes, of the game with single factors as players."""

    factor: str
    family: str
    log_odds: float | None = Field(None, description="Contribution to the log-odds; null without a response model.")
    points: float | None = Field(None, description="Contribution to the end score; null without a score model.")


def patient_type(predictor: Predictor) -> type[BaseModel]:
    """One patient: the id and every factor of the predictor; a factor left out, or null, is missing."""
    codebook = predictor.codebook
    identifier = {"min_length": 1, "description": "The patient's id; passes through and is never logged."}
    fields: dict[str, FieldOf] = {codebook.id: (str, identifier)}
    for name in predictor.factors:
        factor = codebook.factors[name]
        fields[name] = (_of_factor(factor), {"default": None, **_described(factor)})
    return _model(f"Patient_{predictor.name}", fields)


def request_type(predictor: Predictor, patient: type[BaseModel]) -> type[BaseModel]:
    """The body of a prediction: a list of patients."""
    several = {"min_length": 1, "max_length": MOST_PATIENTS}
    of_patient: Any = patient
    return _model(f"Patients_{predictor.name}", {"patients": (list[of_patient], several)})


def one_type(predictor: Predictor, patient: type[BaseModel]) -> type[BaseModel]:
    """The body of an explanation: one patient."""
    return _model(f"OnePatient_{predictor.name}", {"patient": (patient, {})})


def answer_type(predictor: Predictor) -> type[BaseModel]:
    """One answer: the flat columns of the one contract. Contributions are left out with `explain=none`."""
    fields: dict[str, FieldOf] = {predictor.codebook.id: (str, {"description": "The patient's id."})}
    for column in answer_columns(predictor)[1:]:
        kind: Any = str if column in TEXT else float | None
        options: dict[str, Any] = {"description": _meaning(column, predictor)}
        if is_contribution(column, predictor):
            options["default"] = None
        fields[column] = (kind, options)
    parts = {"default": None, "description": "With `explain=factor`: the largest first."}
    fields["factors"] = (list[FactorPart] | None, parts)
    return _model(f"Answer_{predictor.name}", fields)


def response_type(predictor: Predictor, answer: type[BaseModel]) -> type[BaseModel]:
    """The answers of a request."""
    of_answer: Any = answer
    return _model(f"Answers_{predictor.name}", {"answers": (list[of_answer], {})})


def is_contribution(column: str, predictor: Predictor) -> bool:
    """Whether a column says what a family contributes."""
    return any("<family>" in general for general in _general(column, predictor))


def _of_factor(factor: Factor) -> Any:  # noqa: ANN401 - a type made at run time
    match factor.kind:
        case "category":
            kind: Any = Literal[tuple(factor.levels)]
        case "boolean":
            kind = bool
        case _:
            low, high = factor.range or (-np.inf, np.inf)
            number = Annotated[float, Field(ge=low, le=high)]
            kind = Annotated[number, BeforeValidator(_whole)] if factor.kind == "integer" else number
    if not factor.missing_codes:
        return kind | None
    codes = {str(code) for code in factor.missing_codes}
    numbers = {float(code) for code in factor.missing_codes if not isinstance(code, str)}

    def emptied(value: object) -> object:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return None if (is_number and value in numbers) or (str(value).strip() in codes) else value

    return Annotated[kind | None, BeforeValidator(emptied)]


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


def _general(column: str, predictor: Predictor) -> list[str]:
    if column in COLUMNS:
        return []
    named = (column.replace(f"_{family}", "_<family>") for family in predictor.families)
    return [general for general in named if general in COLUMNS]


def _model(name: str, fields: dict[str, FieldOf]) -> type[BaseModel]:
    """A strict type; columns are aliases, because a column may be called what a Python name may not."""
    config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
    aliased: dict[str, Any] = {
        f"field_{place}": (kind, Field(alias=column, **options))
        for place, (column, (kind, options)) in enumerate(fields.items())
    }
    return create_model(name.replace("-", "_"), __config__=config, **aliased)
