"""MLflow's own UI on the database of `mlruns/`."""

import os
import sys
from typing import NoReturn

from therapport.tracking import database


def run(*, host: str, port: int) -> NoReturn:
    """Become the MLflow UI; the database is made first, so that an empty one opens too."""
    database.connect()
    command = [sys.executable, "-m", "mlflow", "ui", "--backend-store-uri", database.uri()]
    os.execv(sys.executable, [*command, "--host", host, "--port", str(port)])  # noqa: S606 - no shell is wanted
