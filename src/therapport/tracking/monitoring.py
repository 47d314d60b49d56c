"""Monitoring as MLflow runs: one experiment for each model, a run each time, periods of calibration as steps."""

import time
from collections.abc import Mapping, Sequence

from mlflow.entities import Metric, Param

from therapport.tracking import database, experiments

ENDING = ": monitoring"
MOST_AT_ONCE = 900
"""Metrics in one call; MLflow takes a thousand."""


def log(
    model: str,
    *,
    run_name: str,
    note: str,
    parameters: Mapping[str, str],
    figures: Mapping[str, float],
    series: Mapping[str, Sequence[tuple[int, float]]],
    files: Mapping[str, str],
) -> str:
    """Log one look; returns the run's id. `series` are pairs of step and value, in order of time."""
    client = database.connect()
    name = f"{model}{ENDING}"
    experiment = experiments.experiment(client, name, f"{model} in use: one run for each look at it.")
    run = client.create_run(experiment, run_name=run_name, tags={"kind": "monitoring", "mlflow.note.content": note})
    run_id, now = str(run.info.run_id), int(time.time() * 1000)
    metrics = [Metric(key, value, now, 0) for key, value in figures.items()]
    metrics += [Metric(key, value, now, step) for key, values in series.items() for step, value in values]
    for start in range(0, len(metrics), MOST_AT_ONCE):
        client.log_batch(run_id, metrics=metrics[start : start + MOST_AT_ONCE])
    client.log_batch(run_id, params=[Param(key, value) for key, value in parameters.items()])
    for file, content in files.items():
        client.log_text(run_id, content, file)
    client.set_terminated(run_id)
    return run_id
