"""MLflow's own UI on the database of `mlruns/`."""

import os
import sys
from typing import NoReturn

from therapport.tracking import database

SIDE_BY_SIDE = "compareRunsMode=CHART&workflowType=machine_learning"
"""The UI opens on its pages for language models; the address asks for runs of models like ours, as charts."""


def addresses(base: str) -> dict[str, str]:
    """Experiment -> where its candidates stand side by side."""
    experiments = database.connect().search_experiments(order_by=["name ASC"])
    return {
        str(one.name): f"{base}/#/experiments/{one.experiment_id}/runs?{SIDE_BY_SIDE}"
        for one in experiments
        if one.experiment_id != "0"  # MLflow's own empty one
    }


def run(*, host: str, port: int) -> NoReturn:
    """Become the MLflow UI."""
    command = [sys.executable, "-m", "mlflow", "ui", "--backend-store-uri", database.uri()]
    os.execv(sys.executable, [*command, "--host", host, "--port", str(port)])  # noqa: S606 - no shell is wanted
