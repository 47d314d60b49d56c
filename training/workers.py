"""Where the fits of a study run: on this machine's cores, or on the workers of a cluster that is there already."""

from collections.abc import Iterator
from contextlib import contextmanager

import joblib

from therapport.errors import MissingPartError, OutputError

PATIENCE = "10s"


@contextmanager
def spread_over(scheduler: str | None) -> Iterator[None]:
    """What joblib does inside runs on the Dask scheduler at this address; without one, on this machine.

    Workers need the same version of therapport. Raises MissingPartError if Dask is not installed, and OutputError if
    nobody answers at the address.
    """
    if scheduler is None:
        yield
        return
    try:
        from distributed import Client  # noqa: PLC0415 - an optional part
    except ImportError:
        raise MissingPartError("Dask is not installed: pip install 'therapport[cluster]'.") from None
    try:
        client = Client(scheduler, timeout=PATIENCE)
    except (OSError, ValueError):
        raise OutputError(f"{scheduler}: no Dask scheduler answers there.") from None
    with client, joblib.parallel_config(backend="dask"):
        yield
