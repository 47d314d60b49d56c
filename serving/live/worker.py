"""One process that answers: models loaded, trail begun, watcher running; and everything ended in good order."""

import contextlib
import gc
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import FastAPI

from serving import app
from serving.api.bodies import Limits
from serving.api.frame import Frame
from serving.api.meters import Meters
from serving.api.served import Served
from serving.audit.folder import State
from serving.audit.trail import Trail
from serving.caseload import Caseload
from serving.live import load
from serving.live.watch import Watcher
from serving.security.access import LOOPBACK, Access
from serving.security.keys import KeyRing
from therapport.errors import TherapportError
from therapport.language import ENGLISH

FAILED_TO_START = 3
"""The exit code after which uvicorn does not start a worker again: it would fail the same way."""


@dataclass(frozen=True)
class Settings:
    """What a worker needs to know; it travels to other processes."""

    references: tuple[str, ...]
    state: Path | None = None
    """Where keys and audit trail lie; None keeps neither."""
    loopback: bool = True
    cohort: Path | None = None
    """The caseload: a cohort file, or a scored cohort."""
    measurements: Path | None = None
    """The long table beside a cohort file."""
    language: str = ENGLISH
    """Of pages for which nobody asks for another one."""
    watch_seconds: float = 10.0
    """0 does not watch."""
    parent: int | None = None
    """The process that started several workers; they end with it."""
    limits: Limits = field(default_factory=Limits)

    @property
    def ring(self) -> KeyRing | None:
        """The keys, of which there may be none yet; None without a state."""
        return None if self.state is None else KeyRing(State(self.state).keys, always=not self.loopback)


def application(settings: Settings) -> FastAPI:
    """The application of one process; raises what `load`, the caseload and the trail raise."""
    served = [Served(load.load(reference)) for reference in settings.references]
    caseload = None if settings.cohort is None else Caseload(settings.cohort, settings.measurements)
    if caseload is not None:
        caseload.listed(served[0].now.predictor)
    trail = None if settings.state is None else Trail.begin(State(settings.state))
    frame = Frame(settings.limits, Meters(), trail, language=settings.language)
    frame.meters.models(served)
    access = Access(settings.ring, LOOPBACK if settings.loopback else None)
    access.asks()  # from here on it cannot be undone by a file that is lost
    watcher = Watcher(served, frame.meters, settings.watch_seconds)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if settings.watch_seconds > 0:
            watcher.start()
        if settings.parent is not None:
            threading.Thread(target=_end_with, args=(settings.parent,), daemon=True).start()
        yield
        watcher.stop()
        if trail is not None:
            trail.close()

    made = app.assemble(served, frame, access, caseload)
    made.router.lifespan_context = lifespan
    # Half a million objects of libraries stay for good: looking through them again and again would hold answers up.
    gc.collect()
    gc.freeze()
    return made


def started(settings: Settings) -> FastAPI:
    """`application` in a process of its own: what goes wrong is said in a sentence, and once."""
    log_to_terminal()
    try:
        return application(settings)
    except TherapportError as error:
        logging.getLogger("therapport.serving").error("%s", error)  # noqa: TRY400 - a sentence, no traceback
        sys.exit(FAILED_TO_START)


def log_to_terminal() -> None:
    """What the server has to say, with the time."""
    log = logging.getLogger("therapport")
    if not log.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        log.addHandler(handler)


def _end_with(parent: int) -> None:
    """A parent that was killed cannot stop its workers, and they would keep the port."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)
