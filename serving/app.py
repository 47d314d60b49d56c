"""The web application: one API and one set of pages for each predictor that is served."""

from collections.abc import Sequence

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, JSONResponse

from serving import api, guard, pages, patient_pages, problems
from therapport import __version__
from therapport.errors import ModelError
from therapport.predictor import Predictor, reproduces_golden

DESCRIPTION = """\
Predicts how a course of psychotherapy will end, and shows what the prediction rests on by family of factors.
Research and decision support for adults in out-patient care; not a diagnosis, not for crises, never a reason to deny
care. What a prediction rests on is association, not effect."""


def create(predictors: Sequence[Predictor]) -> FastAPI:
    """The application for these predictors; the first one answers at the root, each one under its own name.

    Raises ModelError if two have the same name.
    """
    names = [one.name for one in predictors]
    if len(set(names)) < len(names):
        raise ModelError("Two of the models have the same name, so their addresses would be the same.")
    # The framework's own documentation pages load scripts from another host, so only the description is served.
    app = FastAPI(title="therapport", version=__version__, description=DESCRIPTION, docs_url=None, redoc_url=None)
    problems.install(app)
    app.add_middleware(guard.Guard)
    _add_health(app, predictors)
    places = [(f"/{one.name}", one) for one in predictors]
    _add_index(app, places)
    for prefix, one in [("", predictors[0]), *places]:
        app.include_router(api.router(one, prefix))
        app.include_router(patient_pages.router(one, prefix))
    return app


def _add_health(app: FastAPI, predictors: Sequence[Predictor]) -> None:
    @app.get("/livez", summary="Whether the process is alive", tags=["health"])
    async def livez() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/readyz", summary="Whether every model still answers as when it was made", tags=["health"])
    def readyz() -> JSONResponse:
        ready = {one.name: reproduces_golden(one) for one in predictors}
        if all(ready.values()):
            models = {one.name: one.version for one in predictors}
            return JSONResponse({"status": "ready", "models": models})
        failed = [name for name, reproduced in ready.items() if not reproduced]
        return problems.problem(503, f"These models do not reproduce their golden rows: {', '.join(failed)}.")


def _add_index(app: FastAPI, places: Sequence[tuple[str, Predictor]]) -> None:
    @app.get("/", include_in_schema=False)
    def index() -> HTMLResponse:
        return HTMLResponse(pages.models_page(places))
