"""Where tracked runs live, and MLflow set up to use that place and no other host."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from sqlalchemy.exc import SQLAlchemyError

from therapport.errors import OutputError, RegistryError

FOLDER, DATABASE = "mlruns", "mlflow.db"


def root() -> Path:
    """The `mlruns` of the nearest folder upwards that has one, else of the working directory."""
    here = Path.cwd().resolve()
    for folder in (here, *here.parents):
        if (folder / FOLDER).is_dir():
            return folder / FOLDER
    return here / FOLDER


def uri() -> str:
    """The tracking address: MLFLOW_TRACKING_URI, or the SQLite database in `root()`."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{root() / DATABASE}"


def shown() -> str:
    """The place as a message names it; the address of a server is left out, because it may hold a password."""
    address = uri()
    if address.startswith("sqlite:///"):
        return str(Path(address.removeprefix("sqlite:///")).parent)
    return "the tracking server of MLFLOW_TRACKING_URI"


def connect() -> MlflowClient:
    """A client of the tracking database, which is made if there is none yet.

    Raises RegistryError if the database cannot be opened.
    """
    address = uri()
    try:
        if address.startswith("sqlite:///"):
            Path(address.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        mlflow.set_tracking_uri(address)
        mlflow.set_registry_uri(address)
        client = MlflowClient()
        client.search_experiments(max_results=1)  # opens, and on first use makes, the database
    except (MlflowException, SQLAlchemyError, OSError):
        raise RegistryError(
            "The tracking database in mlruns/ cannot be opened: it is damaged or locked, or its folder is full or may "
            "not be written to."
        ) from None
    return client


COMPARISON = (
    "the comparison cannot be tracked: {why}. Nothing was registered; runs that were begun stay behind as unfinished. "
    "Make room, and compare again."
)
VERDICT = "the verdict cannot be kept: {why}. Nothing was promoted. Make room, and promote again."
ALIASES = (
    "the champion cannot be changed: {why}. Whatever was champion still is, and a verdict is kept. Make room, and try "
    "again."
)
WHY = "the disk is full, or its folder may not be written to"


@contextmanager
def writing(what: str = COMPARISON) -> Iterator[None]:
    """Raise OutputError, with `what` stands, if what happens inside cannot be written: the disk is full or refuses."""
    try:
        yield
    except (MlflowException, SQLAlchemyError, OSError):
        raise OutputError(f"mlruns/: {what.format(why=WHY)}") from None


def artifact_location(experiment: str) -> str | None:
    """Where an experiment's artifacts go: beside the database, whatever the working directory; None for a server."""
    address = uri()
    if not address.startswith("sqlite:///"):
        return None
    return (Path(address.removeprefix("sqlite:///")).parent / "artifacts" / experiment).as_uri()
