"""The API of one predictor: patients in as JSON, the flat answers out."""

from typing import Any

from fastapi import APIRouter, Response

from serving import problems, schema
from therapport.predictor import Predictor

STATUS_HEADER = "X-Model-Status"


def router(predictor: Predictor, prefix: str) -> APIRouter:
    """Routes below `prefix`; the types in the description are made from the predictor's codebook."""
    routes = APIRouter(prefix=prefix, tags=[predictor.name])
    request_type: Any = schema.request_type(predictor)
    response_type: Any = schema.response_type(predictor)
    invalid: dict[int | str, dict[str, Any]] = {
        422: {
            "description": "The request does not fit the codebook.",
            "content": {problems.MEDIA_TYPE: {"schema": problems.PROBLEM_SCHEMA}},
        }
    }

    @routes.post(
        "/v1/predict",
        summary=f"Predict and explain: {predictor.evidence.title}",
        operation_id=f"predict{prefix.replace('/', '_')}",
        response_model=response_type,
        responses=invalid,
    )
    def predict(body: request_type, response: Response) -> Any:  # noqa: ANN401 - a type made at run time
        rows = [patient.model_dump(by_alias=True) for patient in patients_of(body)]
        answers = predictor.answer(schema.cohort_of(rows, predictor))
        response.headers[STATUS_HEADER] = "simulated" if predictor.codebook.simulated else "research"
        return {"answers": schema.records(answers)}

    return routes


def patients_of(body: Any) -> Any:  # noqa: ANN401 - a type made at run time
    """The patients of a request; the field's own name is an alias."""
    return next(iter(dict(body).values()))
