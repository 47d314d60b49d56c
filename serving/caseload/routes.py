"""The addresses of a caseload. A patient's page is addressed by its row, so that no address in any log holds an id."""

import functools
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from serving import pages, patient_pages
from serving.api import predicting
from serving.api.answering import FAMILIES
from serving.api.frame import WHO, Frame
from serving.api.problems import Refusal
from serving.api.reader import Patients
from serving.api.served import Loaded, Served
from serving.caseload import scored
from serving.caseload.asked import Asked, Show, Sort
from serving.caseload.source import Caseload, Listed
from serving.caseload.view import caseload_page
from serving.language import IN_LANGUAGE, kept
from therapport.cohort import Cohort
from therapport.errors import TherapportError
from therapport.language import gettext as _

MOST_PAGES = 1_000_000


def router(served: Served, prefix: str, frame: Frame, caseload: Caseload) -> APIRouter:
    """Routes below `prefix`."""
    routes = APIRouter(prefix=prefix, include_in_schema=False, dependencies=[IN_LANGUAGE])

    @routes.get("/caseload")
    def show(
        request: Request,
        show: Show = "not",
        family: str = "",
        sort: Sort = "worst",
        page: Annotated[int, Query(ge=1, le=MOST_PAGES)] = 1,
    ) -> HTMLResponse:
        loaded = served.now
        if family and family not in loaded.predictor.families:
            raise HTTPException(404)
        listed = _listed(caseload, loaded)
        asked = Asked(show, family, sort, page)
        made = caseload_page(loaded.predictor, listed, asked)
        if listed.cohort is not None and made.places:
            _keep(frame, loaded, listed.cohort, made.places, request.scope.get(WHO))
        return HTMLResponse(pages.caseload_page(loaded.predictor, made, prefix, here=asked.link(page=page)))

    @routes.get("/caseload/patient/{row}")
    async def one(request: Request, row: int) -> HTMLResponse:
        loaded = served.now
        listed = await run_in_threadpool(_listed, caseload, loaded)
        cohort = listed.cohort
        if not 1 <= row <= len(listed.answers):
            raise HTTPException(404)
        if cohort is None:
            has_trail = frame.trail is not None
            page = functools.partial(scored.page, loaded.predictor, listed, row, prefix=prefix, kept=has_trail)
            return HTMLResponse(await run_in_threadpool(page))
        alone = Cohort(cohort.codebook, cohort.table.iloc[[row - 1]].reset_index(drop=True))
        name = str(alone.table[cohort.codebook.id].iloc[0])
        return await run_in_threadpool(
            patient_pages.answered, frame, loaded, alone, name, prefix=prefix, who=request.scope.get(WHO),
            measured=listed.sessions.get(name, ()),
            heading=_("Patient {name}", name=name), back=kept(f"{prefix}/caseload"),
        )  # fmt: skip

    return routes


def _listed(caseload: Caseload, loaded: Loaded) -> Listed:
    """Everyone under the model that answers; a new version may have another codebook."""
    try:
        return caseload.listed(loaded.predictor)
    except TherapportError:
        raise Refusal(503, "The caseload does not fit the model that answers now.") from None


def _keep(frame: Frame, loaded: Loaded, cohort: Cohort, places: tuple[int, ...], who: str | None) -> None:
    """Put the answers of a page into the audit trail before anybody sees them."""
    table = cohort.table.iloc[list(places)]
    ids = [str(one) for one in table[cohort.codebook.id]]
    predicting.kept(frame, loaded, Patients(ids, loaded.predictor.matrix(table)), FAMILIES, who=who, route="caseload")
