"""What was typed into the form of a patient, read by the same type as the API's."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pandas as pd
from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from serving.api import bodies, problems
from serving.api.bodies import Limits
from serving.api.problems import Refusal
from serving.language import label
from serving.text import plain
from therapport import language
from therapport.cohort import Cohort
from therapport.language import ENGLISH, N_
from therapport.language import gettext as _
from therapport.predictor import Predictor

FORM_ID = "this patient"
"""The form asks for no id: nothing that is typed there needs to say who it is about."""

KIND = "application/x-www-form-urlencoded"
MOST_FIELDS = 2000
WORDS = {
    "missing": N_("{label} is required."),
    "greater_than_equal": N_("{label} must be at least {ge}."),
    "less_than_equal": N_("{label} must be at most {le}."),
    "literal_error": N_("{label} must be one of the list."),
    "value_error": N_("{label} must be a whole number."),
    "finite_number": N_("{label} must be a number."),
    "float_type": N_("{label} must be a number."),
    "bool_type": N_("{label} must be yes or no."),
}
"""Kind of validation error -> our words for it, where the page is not in the language of the API."""
MISFIT = N_("{label} does not fit the codebook.")


async def sent(request: Request, limits: Limits) -> dict[str, str]:
    """The fields of a form; raises Refusal for another kind of body, one that is too long, or one that is no form."""
    bodies.kind_of(request, allowed=(KIND,))
    body = await bodies.read(request, limits)
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise Refusal(422, "The body is no form.") from None


def read(predictor: Predictor, patient: type[BaseModel], typed: Mapping[str, str]) -> tuple[Cohort | None, list[str]]:
    """The patient as a cohort of one, or what is wrong with the entries by label and allowed range."""
    row: dict[str, Any] = {predictor.codebook.id: FORM_ID}
    for name in predictor.factors:
        text = typed.get(name, "").strip()
        if text:
            row[name] = _value(text, predictor.codebook.factors[name].kind)
    try:
        checked = patient.model_validate(row)
    except ValidationError as error:
        return None, [_problem(predictor, dict(one)) for one in error.errors(include_input=False)]
    return _cohort(checked.model_dump(by_alias=True), predictor), []


def _cohort(row: dict[str, Any], predictor: Predictor) -> Cohort:
    """A checked row as a cohort of one; the codebook has been applied by its type, so nothing is checked twice."""
    codebook = predictor.codebook
    columns: dict[str, Any] = {codebook.id: pd.Series([row[codebook.id]], dtype=object)}
    for name in predictor.factors:
        value = row[name]
        if codebook.factors[name].kind == "category":
            columns[name] = pd.Series([value], dtype=object)
        else:
            columns[name] = np.array([np.nan if value is None else value], dtype=np.float64)
    return Cohort(codebook, pd.DataFrame(columns))


def _value(text: str, kind: str) -> object:
    if kind == "category":
        return text
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    try:
        return float(text.replace(",", "."))  # many of our users write a decimal comma
    except ValueError:
        return text


def _problem(predictor: Predictor, detail: dict[str, Any]) -> str:
    described = problems.described(detail["loc"], detail["type"], detail.get("ctx", {}))
    factor = predictor.codebook.factors.get(described.get("column", ""))
    name = label(factor) if factor else _("The form")
    if language.code() == ENGLISH:
        return f"{name} {described['problem']}."
    limits = {name: plain(end) for name, end in detail.get("ctx", {}).items() if name in ("ge", "le")}
    return _(WORDS.get(detail["type"], MISFIT), label=name, **limits)
