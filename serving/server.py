"""The application on an address: checked before it answers, stopped gracefully."""

import socket
from collections.abc import Sequence

import click
import uvicorn

from serving import app
from therapport.errors import ModelError, OutputError
from therapport.predictor import Predictor, reproduces_golden


def run(predictors: Sequence[Predictor], *, host: str, port: int) -> None:
    """Serve until stopped.

    Raises ModelError if a model does not reproduce its golden rows, OutputError if the port cannot be had.
    """
    for one in predictors:
        if not reproduces_golden(one):
            raise ModelError(f"{one.name}: this model does not answer as when it was made; it is not served.")
    application = app.create(predictors)
    listening = _listening(host, port)
    address = f"http://{host}:{listening.getsockname()[1]}"
    click.echo(f"Pages: {address}/   API: {address}/v1/predict   Description: {address}/openapi.json")
    # No access log: nothing of a request should outlive its answer.
    config = uvicorn.Config(application, log_level="warning", access_log=False, server_header=False)
    uvicorn.Server(config).run(sockets=[listening])


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), backlog=128)
    except OSError as error:
        raise OutputError(f"{host}:{port}: cannot be listened on: {error.strerror or 'the system refused'}.") from None
