"""GET /livez, /readyz and /metrics."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from serving.api import problems
from serving.api.meters import Meters
from serving.api.served import Served
from serving.api.shapes import Alive, Ready, ReadyModel
from therapport.errors import ModelError
from therapport.predictor import manifest, reproduces_golden

FRESH_SECONDS = 1.0
"""So long a check is believed: whoever asks more often cannot keep the server busy."""
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


class Health:
    """The endpoints of one process that machines watch."""

    def __init__(self, served: Sequence[Served], meters: Meters) -> None:
        self._served, self._meters = served, meters
        self._checked: _Checked | None = None

    async def livez(self, _: Request) -> JSONResponse:
        """Whether the process is alive."""
        return JSONResponse(Alive(status="alive").model_dump())

    async def readyz(self, _: Request) -> JSONResponse:
        """Whether every model still answers as when it was made."""
        known = self._checked
        if known is None or time.monotonic() - known.at > FRESH_SECONDS:
            known = self._checked = await run_in_threadpool(self._check)
        if known.failed:
            return problems.problem(503, f"These models do not reproduce their golden rows: {', '.join(known.failed)}.")
        return JSONResponse(known.ready.model_dump())

    async def metrics(self, _: Request) -> Response:
        """What Prometheus reads."""
        self._meters.models(self._served)
        return Response(await run_in_threadpool(self._meters.shown), headers={"content-type": PROMETHEUS})

    def _check(self) -> "_Checked":
        failed = [one.name for one in self._served if not reproduces_golden(one.now.predictor)]
        models = {one.name: _ready(one) for one in self._served}
        return _Checked(time.monotonic(), failed, Ready(status="ready", models=models))


@dataclass(frozen=True)
class _Checked:
    at: float
    failed: list[str]
    ready: Ready


def _ready(served: Served) -> ReadyModel:
    loaded, refused = served.now, served.refused
    return ReadyModel(
        version=loaded.predictor.version,
        digest=loaded.digest,
        folder=_folder(served),
        refused=None if refused is None else f"version {refused.version}: {refused.reason}",
        registry=None if loaded.number is None else "away" if served.registry_away else "reached",
    )


def _folder(served: Served) -> str | None:
    """A folder that differs is no reason to stop: what was loaded and checked is in memory. A restart would fail."""
    loaded = served.now
    if loaded.folder is None:
        return None
    try:
        return "matches" if manifest.digest(loaded.folder) == loaded.digest else "differs"
    except ModelError:
        return "differs"
