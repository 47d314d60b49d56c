"""Shares of families as MLflow runs: an experiment of their own, a run per outcome and model, the same keys in all."""

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param

from therapport.tracking import database, experiments

ENDING = ": shares"


@dataclass(frozen=True)
class Run:
    """What is logged of one model on one outcome."""

    name: str
    outcome: str
    """What the outcome is, in words."""
    note: str
    parameters: Mapping[str, str]
    figures: Mapping[str, float]


def log(
    *,
    study: str,
    title: str,
    simulated: bool,
    cohort_digest: str,
    runs: Sequence[Run],
    files: Mapping[str, str],
) -> tuple[str, ...]:
    """Log every run with the same `files` (name -> text) as artifacts; returns their ids.

    Nothing of a patient is logged: figures over the cohort, names of families, and digests.
    """
    client = database.connect()
    experiment = experiments.experiment(
        client, f"{study}{ENDING}", f"{title}\n\nHow much each family adds to out-of-sample prediction."
    )
    together = uuid.uuid4().hex[:8]
    dataset = DatasetInput(
        Dataset(name=study, digest=cohort_digest, source_type="cohort file", source="{}"),
        [InputTag("mlflow.data.context", "training")],
    )
    ids = []
    for one in runs:
        notice = "Simulated: nobody in this cohort exists.\n\n" if simulated else ""
        tags = {
            "kind": "shares",
            "outcome": one.outcome,
            "simulated": str(simulated).lower(),
            "mlflow.note.content": f"{notice}{one.note}",
        }
        run_id = str(client.create_run(experiment, run_name=one.name, tags=tags).info.run_id)
        now = int(time.time() * 1000)
        client.log_batch(
            run_id,
            metrics=[Metric(key, value, now, 0) for key, value in one.figures.items()],
            params=[Param(key, value) for key, value in {"shares": together, **one.parameters}.items()],
        )
        client.log_inputs(run_id, [dataset])
        for name, text in files.items():
            client.log_text(run_id, text, name)
        client.set_terminated(run_id)
        ids.append(run_id)
    return tuple(ids)
