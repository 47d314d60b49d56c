"""Errors of the API as RFC 9457 problem documents: column, row and allowed range, never the value that was sent."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"
PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "further_errors": {"type": "integer", "description": "Errors beyond those that are listed."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["problem"],
                "properties": {
                    "row": {"type": "integer", "description": "The patient, counted from 1."},
                    "column": {"type": "string"},
                    "problem": {"type": "string"},
                },
            },
        },
    },
}


MOST_ERRORS = 100
"""Listed in one document; the rest is counted."""


class Refusal(Exception):  # noqa: N818 - it is an answer, not a fault
    """What was asked cannot be answered; becomes a problem document."""

    def __init__(
        self, status: int, title: str, errors: Sequence[dict[str, Any]] = (), **headers: Sequence[str]
    ) -> None:
        """Each header may have several values; every one becomes a line of its own."""
        super().__init__(title)
        self.status, self.title, self.errors = status, title, tuple(errors)
        self.headers = {name.replace("_", "-"): tuple(values) for name, values in headers.items()}

    def response(self) -> JSONResponse:
        """The problem document."""
        answer = problem(self.status, self.title, self.errors)
        for name, values in self.headers.items():
            for value in values:
                answer.headers.append(name, value)
        return answer


def install(app: FastAPI) -> None:
    """Answer every foreseen error of the app with a problem document; `guard` answers the others."""
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Refusal, _refused)


def problem(status: int, title: str, errors: Sequence[dict[str, Any]] = ()) -> JSONResponse:
    """A problem document."""
    content: dict[str, Any] = {"type": "about:blank", "title": title, "status": status}
    if errors:
        content["errors"] = list(errors[:MOST_ERRORS])
    if len(errors) > MOST_ERRORS:
        content["further_errors"] = len(errors) - MOST_ERRORS
    return JSONResponse(content, status_code=status, media_type=MEDIA_TYPE)


def described(location: Sequence[str | int], kind: str, context: dict[str, Any]) -> dict[str, Any]:
    """One validation error in our words. Its `input` is a patient's value and is never looked at."""
    if len(location) > 1 and location[0] in ("query", "path"):  # parts of the address; the name comes after
        location = location[1:]
    places = [part for part in location if part not in ("body", "patients", "patient")]
    error: dict[str, Any] = {}
    if places and isinstance(places[0], int):
        error["row"] = places[0] + 1
    names = [part for part in places if isinstance(part, str)]
    if names and kind != "extra_forbidden":
        error["column"] = names[0]
    error["problem"] = _words(kind, context)
    return error


WORDS = {
    "missing": "is required",
    # The name of an unknown field was typed by the sender and may itself be data.
    "extra_forbidden": "has a field that the codebook does not know",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than_equal": "must be at most {le:g}",
    "literal_error": "allowed levels: {expected}",
    "value_error": "must be a whole number",
    "json_invalid": "the body is not JSON",
    "too_long": "holds too many: at most {max_length:,} in one request",
    "too_short": "holds too few: at least {min_length:,}",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length:,} characters",
    "string_pattern_mismatch": "must have the form that the description says",
    "datetime_parsing": "must be a moment, as in ISO 8601",
    "datetime_from_date_parsing": "must be a moment, as in ISO 8601",
    "timezone_aware": "must state its time zone",
    "int_parsing": "must be a whole number",
    "finite_number": "must be a finite number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "string_type": "must be text",
    "list_type": "must be a list",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "dict_type": "must be an object",
}
"""Kind of validation error -> our words; the framework's own might quote what was sent."""


def _words(kind: str, context: dict[str, Any]) -> str:
    return WORDS.get(kind, "does not fit the codebook").format(**context)


async def _invalid(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001 - the framework's interface
    details = error.errors() if isinstance(error, RequestValidationError) else []
    errors = [described(one["loc"], one["type"], one.get("ctx", {})) for one in details]
    return problem(422, "The request does not fit the codebook.", errors)


async def _refused(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001 - the framework's interface
    return error.response() if isinstance(error, Refusal) else problem(500, "The request cannot be answered.")


async def _http(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001 - the framework's interface
    status = error.status_code if isinstance(error, HTTPException) else 500
    titles = {404: "There is no such page.", 405: "This address takes another method."}
    return problem(status, titles.get(status, "The request cannot be answered."))
