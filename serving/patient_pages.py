"""The pages of one predictor: a form made from its codebook, the patient page that it leads to, and disagreeing."""

import secrets
from typing import Literal

import pandas as pd
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from serving import form, pages, patient_view
from serving.api import predicting
from serving.api.about import PREDICTION
from serving.api.answering import FAMILIES
from serving.api.frame import WHO, Frame
from serving.api.reader import Patients
from serving.api.served import Loaded, Served
from serving.beside import gathered, safety, words
from serving.beside.course import Measured
from serving.language import IN_LANGUAGE, kept
from therapport.cohort import Cohort
from therapport.language import gettext as _
from therapport.predictor import Predictor, prototypes

MOST_SAID = 2000


def router(served: Served, prefix: str, frame: Frame) -> APIRouter:
    """Routes below `prefix`. Values travel in the body of a POST, so that no address in any log holds them."""
    routes = APIRouter(prefix=prefix, include_in_schema=False, dependencies=[IN_LANGUAGE])
    action = f"{prefix}/patient"

    @routes.get("/patient")
    def ask(example: Literal["typical", "poorer"] | None = None) -> HTMLResponse:
        predictor = served.now.predictor
        here = "" if example is None else f"?example={example}"
        values = {} if example is None else _typed(predictor, 0 if example == "typical" else 1)
        return HTMLResponse(pages.form_page(predictor, kept(action), values, [], here=here))

    @routes.post("/patient")
    async def show(request: Request) -> HTMLResponse:
        typed, loaded = await form.sent(request, frame.limits), served.now
        return await run_in_threadpool(_shown, frame, loaded, typed, prefix, request.scope.get(WHO))

    @routes.post("/contest")
    async def contest(request: Request) -> HTMLResponse:
        typed, loaded = await form.sent(request, frame.limits), served.now
        return await run_in_threadpool(_contested, frame, loaded, typed, action, request.scope.get(WHO))

    return routes


def answered(
    frame: Frame,
    loaded: Loaded,
    cohort: Cohort,
    name: str,
    *,
    prefix: str,
    who: str | None,
    measured: Measured = (),
    resend: bool = False,
    **page: str,
) -> HTMLResponse:
    """The page of the only patient of a cohort; the answer is in the audit trail, under this name, before it is shown.

    `measured` are scores by session; `resend` says that the page came of a form.

    Raises AuditError if it cannot be kept.
    """
    predictor = loaded.predictor
    patients = Patients([name], predictor.matrix(cohort.table))
    rows = predicting.kept(frame, loaded, patients, FAMILIES, who=who, route="page")[0]
    contest = kept(f"{prefix}/contest")
    beside = gathered(predictor, patients, rows[0], measured, kept=frame.trail is not None, contest=contest)
    view = patient_view.patient_view(predictor, cohort)
    return HTMLResponse(
        pages.patient_page(predictor, view, beside=beside, action=kept(f"{prefix}/patient"), resend=resend, **page)
    )


def _shown(frame: Frame, loaded: Loaded, typed: dict[str, str], prefix: str, who: str | None) -> HTMLResponse:
    predictor = loaded.predictor
    cohort, wrong = form.read(predictor, loaded.reader.patient, typed)
    notice, wrong = safety.notice(typed), [*wrong, *safety.problems(typed)]
    if cohort is None or wrong:
        page = pages.form_page(predictor, kept(f"{prefix}/patient"), typed, wrong, safety=notice, resend=True)
        return HTMLResponse(page, status_code=422)
    # The form asks for no id: what the trail needs is drawn by lot.
    name = f"form-{secrets.token_hex(4)}"
    return answered(
        frame,
        loaded,
        cohort,
        name,
        prefix=prefix,
        who=who,
        resend=True,
        safety=notice,
        item=typed.get(safety.FIELD, ""),
    )


def _contested(frame: Frame, loaded: Loaded, typed: dict[str, str], action: str, who: str | None) -> HTMLResponse:
    predictor = loaded.predictor
    name, about, said = (typed.get(key, "").strip() for key in ("reference", "about", "said"))
    action = kept(action)
    if frame.trail is None:
        return HTMLResponse(pages.noted_page(predictor, action, _(words.NO_TRAIL), noted=False), status_code=409)
    known = name and about in (PREDICTION, *predictor.factors)
    if not known or not 0 < len(said) <= MOST_SAID:
        return HTMLResponse(pages.noted_page(predictor, action, _(words.EMPTY), noted=False), status_code=422)
    frame.trail.contest(loaded, who, name, about, said)
    return HTMLResponse(pages.noted_page(predictor, action, _(words.NOTED), noted=True), status_code=201)


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
