"""Patients from JSON to the factor matrix, without a table in between: the types of `schema` check what was sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from pydantic import BaseModel, ValidationError

from serving.api import problems, schema
from serving.api.problems import Refusal
from therapport.features import FactorMatrix
from therapport.predictor import Predictor


@dataclass(frozen=True)
class Patients:
    """Patients that fit the codebook."""

    ids: list[str]
    matrix: FactorMatrix
    """Shape (patients, factors)."""


@dataclass(frozen=True)
class Reader:
    """Reads what was sent for one predictor."""

    predictor: Predictor

    @cached_property
    def patient(self) -> type[BaseModel]:
        """The type of one patient."""
        return schema.patient_type(self.predictor)

    @cached_property
    def request(self) -> type[BaseModel]:
        """The type of a body with several."""
        return schema.request_type(self.predictor, self.patient)

    @cached_property
    def one(self) -> type[BaseModel]:
        """The type of a body with one."""
        return schema.one_type(self.predictor, self.patient)

    def warm(self) -> None:
        """Make the types, which takes longer than using them."""
        _ = self.request, self.one, self._codes

    def several(self, body: bytes) -> Patients:
        """The patients of a body `{"patients": [...]}`; raises Refusal with every problem."""
        return self._patients(_values(_valid(self.request, body))[0])

    def single(self, body: bytes) -> Patients:
        """The patient of a body `{"patient": {...}}`; raises Refusal with every problem."""
        return self._patients([_values(_valid(self.one, body))[0]])

    def typed(self, row: dict[str, object]) -> Patients:
        """One patient of plain values, such as a form gives; raises pydantic's ValidationError."""
        return self._patients([self.patient.model_validate(row)])

    def rows(self, rows: Sequence[dict[str, object]]) -> Patients | None:
        """Patients of plain values as JSON has them; None if anything does not fit, and nothing is said of it."""
        try:
            return self._patients([self.patient.model_validate(row) for row in rows])
        except (ValidationError, Refusal, OverflowError):
            return None

    def _patients(self, checked: Sequence[BaseModel]) -> Patients:
        rows = [_values(one) for one in checked]
        ids = [row[0] for row in rows]
        if len(ids) > 1:
            _refuse_repeated(ids, self.predictor.codebook.id)
        for row in rows:
            del row[0]
            for place, codes in self._codes:
                row[place] = codes[row[place]]
        # None becomes NaN, True becomes 1.
        return Patients(ids, np.array(rows, dtype=np.float64))

    @cached_property
    def _codes(self) -> list[tuple[int, dict[str | None, float]]]:
        """For each category its place, and the number of each level."""
        known = self.predictor.codebook.factors
        return [
            (place, {None: np.nan, **{level: float(code) for code, level in enumerate(known[name].levels)}})
            for place, name in enumerate(self.predictor.factors)
            if known[name].kind == "category"
        ]


def _values(checked: BaseModel) -> list[Any]:
    """Fields in their order; `model_dump` would copy them one by one."""
    return list(checked.__dict__.values())


def _valid(kind: type[BaseModel], body: bytes) -> BaseModel:
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        if any(one["type"] == "too_long" and one["loc"] == ("patients",) for one in details):
            most = details[0]["ctx"]["max_length"]
            raise Refusal(413, f"The body holds more than {most:,} patients; send them in parts.") from None
        raise Refusal(
            422,
            "The request does not fit the codebook.",
            [problems.described(one["loc"], one["type"], one.get("ctx", {})) for one in details],
        ) from None


def _refuse_repeated(ids: Sequence[str], column: str) -> None:
    seen: set[str] = set()
    again: list[dict[str, Any]] = []
    for place, one in enumerate(ids):
        if one in seen:
            again.append({"row": place + 1, "column": column, "problem": "is the id of an earlier row"})
        seen.add(one)
    if again:
        raise Refusal(422, "The request does not fit the codebook.", again)
