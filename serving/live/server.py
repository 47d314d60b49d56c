"""The application on an address: checked before it answers, in one process or several, stopped gracefully."""

import contextlib
import functools
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import click
import uvicorn
from uvicorn.supervisors import Multiprocess

from serving.api.meters import SHARED
from serving.live import worker
from serving.live.worker import Settings
from serving.security.access import LOOPBACK
from therapport.errors import ConfigurationError, OutputError
from therapport.predictor import manifest
from therapport.registry import find

GRACE_SECONDS = 30
"""So long requests may take to end once the server was told to stop."""


def run(settings: Settings, *, host: str, port: int, workers: int) -> None:
    """Serve until stopped.

    Raises ModelError or RegistryError if a model cannot be served, OutputError if the port cannot be had or the state
    not be written, ConfigurationError if others could reach the server and it has no keys.
    """
    settings = replace(settings, loopback=host in LOOPBACK)
    if not settings.loopback and (settings.ring is None or not settings.ring.keys()):
        raise ConfigurationError(
            f"{host}: others can reach this address, and the server has no keys: make one with `therapport keys add` "
            f"and name its folder with --state, or listen on 127.0.0.1."
        )
    worker.log_to_terminal()
    if workers == 1:
        application = worker.application(settings)
        with _listening(host, port) as listening:
            _say(host, listening, settings)
            uvicorn.Server(_config(application)).run(sockets=[listening])
        return
    for reference in settings.references:
        manifest.digest(find.locate(reference).folder)
    factory = functools.partial(worker.started, replace(settings, parent=os.getpid()))
    with _shared_metrics(), _listening(host, port) as listening:
        _say(host, listening, settings)
        Multiprocess(_config(factory, factory=True, workers=workers), sockets=[listening]).run()


def _config(application: Any, **options: Any) -> uvicorn.Config:  # noqa: ANN401 - uvicorn's own interface
    # No access log: nothing of a request should outlive its answer.
    return uvicorn.Config(
        application,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_keep_alive=GRACE_SECONDS,
        timeout_worker_healthcheck=60,
        **options,
    )


def _say(host: str, listening: socket.socket, settings: Settings) -> None:
    address = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}"
    click.echo(f"Pages: {address}/   API: {address}/v1/predict   Description: {address}/docs")
    if settings.state is None:
        click.echo("No --state: no keys, no audit trail; nothing of a request is kept.")
    else:
        asks = settings.ring is not None and settings.ring.asks()
        keys = "keys are asked for" if asks else "no keys yet: only this computer is answered"
        click.echo(f"State in {settings.state}: every answer is in the audit trail; {keys}.")


@contextlib.contextmanager
def _shared_metrics() -> Iterator[None]:
    """A folder in which workers add up their counts."""
    folder = tempfile.mkdtemp(prefix="therapport-metrics-")
    os.environ[SHARED] = folder
    try:
        yield
    finally:
        os.environ.pop(SHARED, None)
        shutil.rmtree(folder, ignore_errors=True)


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        raise OutputError(f"{host}:{port}: cannot be listened on: {error.strerror or 'the system refused'}.") from None
