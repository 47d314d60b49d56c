"""The pages of one predictor: a form made from its codebook, and the patient page that it leads to."""

from typing import Literal

import pandas as pd
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from serving import form, pages, patient_view
from serving.api.served import Served
from therapport.predictor import Predictor, prototypes


def router(served: Served, prefix: str) -> APIRouter:
    """Routes below `prefix`. Values travel in the body of a POST, so that no address in any log holds them."""
    routes = APIRouter(prefix=prefix, include_in_schema=False)
    action = f"{prefix}/patient"

    @routes.get("/patient")
    def ask(example: Literal["typical", "poorer"] | None = None) -> HTMLResponse:
        predictor = served.now.predictor
        values = {} if example is None else _typed(predictor, 0 if example == "typical" else 1)
        return HTMLResponse(pages.form_page(predictor, action, values, []))

    @routes.post("/patient")
    async def show(request: Request) -> HTMLResponse:
        async with request.form() as sent:
            typed = {name: value for name, value in sent.items() if isinstance(value, str)}
        loaded = served.now
        predictor = loaded.predictor
        cohort, wrong = form.read(predictor, loaded.reader.patient, typed)
        if cohort is None:
            return HTMLResponse(pages.form_page(predictor, action, typed, wrong), status_code=422)
        return HTMLResponse(pages.patient_page(predictor, patient_view.patient_view(predictor, cohort)))

    return routes


def _typed(predictor: Predictor, place: int) -> dict[str, str]:
    """A prototype as it would be typed into the form."""
    row = prototypes(predictor).table.iloc[place]
    values = {}
    for name in predictor.factors:
        if not pd.isna(row[name]):
            kind = predictor.codebook.factors[name].kind
            values[name] = (
                str(row[name])
                if kind == "category"
                else ("true" if row[name] else "false")
                if kind == "boolean"
                else f"{row[name]:g}"
            )
    return values
