"""Comparisons as MLflow runs: an experiment per outcome and landmark, in it study and candidates, same keys for all."""

import time
from collections.abc import Mapping

from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, Run

from therapport.codebook import Codebook
from therapport.predictor.evidence import CandidateResult, Comparison, Evidence
from therapport.tracking import database

STUDY_RUN = "study"


def log_study(evidence: Evidence, codebook: Codebook, definitions: Mapping[str, str]) -> str:
    """Log every comparison of a study; returns the id of the run that the predictor belongs to.

    `definitions` says for each kind of comparison what its outcome is. Nothing of a patient is logged: figures over
    the cohort, names of columns, and digests.
    """
    client = database.connect()
    parents = [
        _log_comparison(client, comparison, evidence, codebook, definitions[comparison.kind])
        for comparison in evidence.comparisons
    ]
    return parents[0]


def _log_comparison(
    client: MlflowClient, comparison: Comparison, evidence: Evidence, codebook: Codebook, definition: str
) -> str:
    experiment = _experiment(client, comparison, evidence, definition)
    shared = _parameters(evidence, codebook)
    tags = {"simulated": str(codebook.simulated).lower(), "outcome": definition}
    parent = client.create_run(
        experiment,
        run_name=STUDY_RUN,
        tags={**tags, "role": "study", "mlflow.note.content": _note(evidence, comparison)},
    )
    chosen = comparison.candidates[comparison.chosen]
    _log(client, parent, {**shared, "candidate": comparison.chosen}, {**_figures(chosen), **_families(comparison)})
    dataset = _dataset(evidence)
    for name, result in comparison.candidates.items():
        run = client.create_run(
            experiment,
            run_name=name,
            tags={
                **tags,
                "role": "candidate",
                "chosen": str(name == comparison.chosen).lower(),
                "mlflow.parentRunId": parent.info.run_id,
                "mlflow.note.content": f"**{result.label}**: {result.description}.",
            },
        )
        difference = comparison.differences[name]
        figures = {**_figures(result), "oof/loss_above_best": difference.value}
        _log(client, run, {**shared, "candidate": name}, figures)
        client.log_inputs(run.info.run_id, [dataset])
        client.set_terminated(run.info.run_id)
    client.log_inputs(parent.info.run_id, [dataset])
    client.log_dict(parent.info.run_id, comparison.model_dump(mode="json"), "comparison.json")
    client.set_terminated(parent.info.run_id)
    return str(parent.info.run_id)


def _experiment(client: MlflowClient, comparison: Comparison, evidence: Evidence, definition: str) -> str:
    outcome = "response" if comparison.kind == "binary" else "end score"
    name = f"{evidence.study}: {outcome} at {evidence.landmark}"
    found = client.get_experiment_by_name(name)
    if found is not None:
        return str(found.experiment_id)
    folder = name.replace(": ", "-").replace(" ", "-")
    return str(
        client.create_experiment(
            name,
            artifact_location=database.artifact_location(folder),
            tags={"mlflow.note.content": f"{evidence.title}\n\nOutcome: {definition}."},
        )
    )


def _parameters(evidence: Evidence, codebook: Codebook) -> dict[str, str]:
    return {
        "study": evidence.study,
        "landmark": evidence.landmark,
        "patients": str(evidence.cohort.patients),
        "group": evidence.group,
        "folds": str(evidence.folds),
        "repeats": str(evidence.repeats),
        "bootstrap_draws": str(evidence.draws),
        "cohort_digest": evidence.cohort.digest,
        "codebook": codebook.name,
        "codebook_digest": codebook.digest(),
        "simulated": str(codebook.simulated).lower(),
    }


def _figures(result: CandidateResult) -> dict[str, float]:
    figures = {}
    for metric, figure in result.metrics.items():
        figures[f"oof/{metric}"] = figure.value
        if figure.low is not None and figure.high is not None:
            figures[f"oof/{metric}_low"], figures[f"oof/{metric}_high"] = figure.low, figure.high
    return figures


def _families(comparison: Comparison) -> dict[str, float]:
    return {f"family/{name}/mean_absolute": spread.mean_absolute for name, spread in comparison.families.items()}


def _log(client: MlflowClient, run: Run, parameters: Mapping[str, str], figures: Mapping[str, float]) -> None:
    now = int(time.time() * 1000)
    client.log_batch(
        run.info.run_id,
        metrics=[Metric(name, value, now, 0) for name, value in figures.items()],
        params=[Param(name, value) for name, value in parameters.items()],
    )


def _dataset(evidence: Evidence) -> DatasetInput:
    """The cohort by name and digest; its place is not recorded, because paths tell of people's machines."""
    return DatasetInput(
        Dataset(name=evidence.study, digest=evidence.cohort.digest, source_type="cohort file", source="{}"),
        [InputTag("mlflow.data.context", "training")],
    )


def _note(evidence: Evidence, comparison: Comparison) -> str:
    lines = [f"**{evidence.title}**", "", comparison.verdict, ""]
    lines += [f"- {warning}" for warning in evidence.warnings]
    return "\n".join(lines)
