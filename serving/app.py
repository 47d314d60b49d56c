"""The web application: one API and one set of pages for each model that is served, inside one guard."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from starlette.routing import Route

from serving import model_page, pages, patient_pages
from serving.api import describe, problems, routes
from serving.api.express import Express
from serving.api.frame import Frame
from serving.api.served import Loaded, Served
from serving.caseload import Caseload
from serving.caseload import routes as caseloads
from serving.language import IN_LANGUAGE
from serving.security.access import Access
from serving.security.guard import Guard
from therapport import __version__
from therapport.errors import ModelError
from therapport.language import ENGLISH, LANGUAGES, catalogue
from therapport.predictor import Predictor

DESCRIPTION = """\
Predicts how a course of psychotherapy will end, and shows what the prediction rests on by family of factors.
Research and decision support for adults in out-patient care; not a diagnosis, not for crises, never a reason to deny
care. What a prediction rests on is association, not effect."""
Place = tuple[str, Served]
"""A prefix, and the model that answers below it."""


def create(predictors: Sequence[Predictor]) -> FastAPI:
    """The application for predictors of this process, open to everyone; see `assemble`."""
    return assemble([Served(Loaded(one)) for one in predictors], Frame(), Access())


def assemble(served: Sequence[Served], frame: Frame, access: Access, caseload: Caseload | None = None) -> FastAPI:
    """The application; the first model answers at the root, each one under its own name; the caseload is the first's.

    Raises ModelError if two have the same name.
    """
    names = [one.name for one in served]
    if len(set(names)) < len(names):
        raise ModelError("Two of the models have the same name, so their addresses would be the same.")
    # The framework's own documentation pages load scripts from another host; /docs is a page of ours.
    app = FastAPI(title="therapport", version=__version__, description=DESCRIPTION, docs_url=None, redoc_url=None)
    app.state.language = frame.language
    for code in LANGUAGES.keys() - {ENGLISH}:
        catalogue(code)  # one that cannot be read is found now, not by the first reader
    problems.install(app)
    own = [(f"/{one.name}", one) for one in served]
    places = [("", served[0]), *own]
    app.add_middleware(Express, served={f"{prefix}/v1/predict": one for prefix, one in places}, frame=frame)
    app.add_middleware(Guard, access=access, observe=frame.meters.request)
    for prefix, one in places:
        app.router.routes.extend(routes.of_model(one, prefix, frame))
        app.include_router(patient_pages.router(one, prefix, frame))
        app.include_router(model_page.router(one, prefix))
        if caseload is not None and one is served[0]:
            app.include_router(caseloads.router(one, prefix, frame, caseload))
    app.router.routes.extend(routes.of_process(served, frame))
    _add_pages(app, own, caseload)
    # Addresses with a part that varies are told apart by their pattern.
    frame.meters.addresses = frozenset(
        route.path for route in app.router.routes if isinstance(route, Route) and "{" not in route.path
    )
    _describe(app, places, access)
    return app


def _add_pages(app: FastAPI, places: Sequence[Place], caseload: Caseload | None) -> None:
    @app.get("/", include_in_schema=False, dependencies=[IN_LANGUAGE])
    def index() -> HTMLResponse:
        models, first = [(prefix, one.now.predictor) for prefix, one in places], places[0][0]
        return HTMLResponse(pages.models_page(models, caseload=None if caseload is None else first))

    @app.get("/docs", include_in_schema=False)
    def documentation() -> HTMLResponse:
        return HTMLResponse(pages.docs_page(app.openapi()))


def _describe(app: FastAPI, places: Sequence[Place], access: Access) -> None:
    """Put the API's description beside that of FastAPI's own routes; made anew for another model, or with keys."""
    own = app.openapi
    known: dict[tuple[object, ...], dict[str, Any]] = {}

    def description() -> dict[str, Any]:
        versions = (access.asks(), *(one.now.predictor.version for _, one in places))
        if versions not in known:
            app.openapi_schema = None
            made = dict(own())
            paths, schemas = describe.describe(places)
            made["paths"] = {**paths, **made.get("paths", {})}
            components = made.get("components", {})
            made["components"] = {**components, "schemas": {**components.get("schemas", {}), **schemas}}
            if access.asks():
                made["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
                made["security"] = [{"key": []}]
            known.clear()
            known[versions] = made
        return known[versions]

    app.openapi = description  # type: ignore[method-assign]
