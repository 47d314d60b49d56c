"""Validations of frozen predictors as MLflow runs: an experiment per outcome and landmark, the same keys in all."""

import time
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param

from therapport.predictor.evidence import Comparison, Evidence
from therapport.tracking import database, runs
from therapport.tracking.keys import MOST_KEYS, allowed

ENDING = ", other cohorts"
"""An experiment of their own: among the candidates their charts would stand before those that compare candidates."""
SITE_KEYS = {"binary": ("auc", "calibration_intercept"), "score": ("r2", "calibration_intercept")}

Figures = Mapping[str, float]


def log(
    evidence: Evidence,
    comparison: Comparison,
    *,
    run_name: str,
    study: str,
    cohort_digest: str,
    definition: str,
    parameters: Mapping[str, str],
    figures: Figures,
    sites: Mapping[str, Figures],
    tables: Mapping[str, Mapping[str, Sequence[Any]]],
) -> str:
    """Log one outcome of a validation; returns the run's id.

    `figures` become `external/<key>`, those of the largest sites `external/<site>/<key>` as far as keys go; `tables`
    (file -> column -> values) hold every site and the calibration curve.
    """
    client = database.connect()
    run = client.create_run(
        runs.experiment_of(client, comparison, evidence, definition, ending=ENDING),
        run_name=run_name,
        tags={
            "kind": "external validation",
            "outcome": definition,
            "mlflow.note.content": f"**{run_name}**: a frozen model on another cohort; nothing was fitted.",
        },
    )
    run_id, now = str(run.info.run_id), int(time.time() * 1000)
    metrics = {f"external/{key}": value for key, value in figures.items()}
    for site, own in sites.items():
        keys = [key for key in SITE_KEYS[comparison.kind] if key in own]
        if len(metrics) + len(keys) > MOST_KEYS:
            break
        metrics |= {f"external/{allowed(site)}/{key}": own[key] for key in keys}
    client.log_batch(
        run_id,
        metrics=[Metric(key, value, now, 0) for key, value in metrics.items()],
        params=[Param(key, value) for key, value in parameters.items()],
    )
    dataset = Dataset(name=study, digest=cohort_digest, source_type="cohort file", source="{}")
    client.log_inputs(run_id, [DatasetInput(dataset, [InputTag("mlflow.data.context", "validation")])])
    with warnings.catch_warnings():
        # MLflow asks pandas for columns of text in a way that pandas will drop.
        warnings.simplefilter("ignore", DeprecationWarning)
        for name, table in tables.items():
            client.log_table(run_id, {column: list(values) for column, values in table.items()}, name)
    client.set_terminated(run_id)
    return run_id
