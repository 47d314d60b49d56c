"""Comparisons as MLflow runs: an experiment per outcome and landmark, a run per candidate, the same keys for all.

Candidates are not nested below a run of the study: the UI folds nested runs away, and side by side is what they are
there for. `comparison` tells the runs of one study from those of the next.
"""

import time
import uuid
from collections.abc import Mapping

from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param

from therapport.codebook import Codebook
from therapport.predictor.evidence import CandidateResult, Comparison, Evidence
from therapport.tracking import database, further, learning_curve

NET_BENEFIT_AT = (0.2, 0.4, 0.6)
"""The thresholds that are charted; the whole curve is in comparison.json."""


def log_study(evidence: Evidence, codebook: Codebook, definitions: Mapping[str, str]) -> str:
    """Log every candidate of every comparison; returns the id of the run that the predictor belongs to.

    `definitions` says for each kind of comparison what its outcome is. Nothing of a patient is logged: figures over
    the cohort, names of columns, and digests.
    """
    client = database.connect()
    shared = _parameters(evidence, codebook)
    chosen = [
        _log_comparison(client, comparison, evidence, shared, definitions[comparison.kind])
        for comparison in evidence.comparisons
    ]
    return chosen[0]


def _log_comparison(
    client: MlflowClient, comparison: Comparison, evidence: Evidence, shared: Mapping[str, str], definition: str
) -> str:
    experiment = experiment_of(client, comparison, evidence, definition)
    dataset = DatasetInput(
        # Its place is not recorded, because paths tell of people's machines.
        Dataset(name=evidence.study, digest=evidence.cohort.digest, source_type="cohort file", source="{}"),
        [InputTag("mlflow.data.context", "training")],
    )
    runs, receipts = {}, further.parameters(comparison)
    for name, result in comparison.candidates.items():
        run = client.create_run(experiment, run_name=name, tags=_tags(name, result, comparison, definition, shared))
        runs[name] = str(run.info.run_id)
        now = int(time.time() * 1000)
        figures = {
            **_figures(result),
            **_beside(name, comparison),
            "oof/loss_above_best": comparison.differences[name].value,
        }
        if name == comparison.chosen:
            figures |= further.figures(comparison, taken=len(figures))
        client.log_batch(
            run.info.run_id,
            metrics=[
                *(Metric(key, value, now, 0) for key, value in figures.items()),
                *learning_curve.metrics(name, comparison, now),
            ],
            params=[Param(key, value) for key, value in {"candidate": name, **shared, **receipts}.items()],
        )
        client.log_inputs(run.info.run_id, [dataset])
        if name == comparison.chosen:
            client.log_dict(run.info.run_id, comparison.model_dump(mode="json"), "comparison.json")
            further.log_tables(client, run.info.run_id, comparison)
        client.set_terminated(run.info.run_id)
    return runs[comparison.chosen]


def experiment_of(
    client: MlflowClient, comparison: Comparison, evidence: Evidence, definition: str, *, ending: str = ""
) -> str:
    """The id of the experiment of one outcome at one landmark, which is made if there is none yet."""
    outcome = "response" if comparison.kind == "binary" else "end score"
    name = f"{evidence.study}: {outcome} at {evidence.landmark}{ending}"
    found = client.get_experiment_by_name(name)
    if found is not None:
        return str(found.experiment_id)
    folder = name.replace(": ", "-").replace(" ", "-")
    return str(
        client.create_experiment(
            name,
            artifact_location=database.artifact_location(folder),
            tags={
                "mlflow.note.content": f"{evidence.title}\n\nOutcome: {definition}.",
                # Without it the UI takes the experiment for one of language models.
                "mlflow.experimentKind": "custom_model_development",
            },
        )
    )


def _parameters(evidence: Evidence, codebook: Codebook) -> dict[str, str]:
    return {
        "comparison": uuid.uuid4().hex[:8],
        "study": evidence.study,
        "landmark": evidence.landmark,
        "patients": str(evidence.cohort.patients),
        "group": evidence.group,
        "folds": str(evidence.folds),
        "repeats": str(evidence.repeats),
        "bootstrap_draws": str(evidence.draws),
        "groups_in_two_folds": str(evidence.straddling),
        "cohort_digest": evidence.cohort.digest,
        "codebook": codebook.name,
        "codebook_digest": codebook.digest(),
        "simulated": str(codebook.simulated).lower(),
    }


def _tags(
    name: str, result: CandidateResult, comparison: Comparison, definition: str, shared: Mapping[str, str]
) -> dict[str, str]:
    lines = [f"**{result.label}**: {result.description}."]
    if shared["simulated"] == "true":
        lines.insert(0, "Simulated: nobody in this cohort exists.\n")
    if name == comparison.chosen:
        lines += ["", f"Preferred. {comparison.verdict}"]
    return {
        "outcome": definition,
        "simulated": shared["simulated"],
        "preferred": str(name == comparison.chosen).lower(),
        "mlflow.note.content": "\n".join(lines),
    }


def _beside(name: str, comparison: Comparison) -> dict[str, float]:
    """The differences to the two simplest baselines, both intervals, and three points of the decision curve."""
    figures = {}
    for baseline in ("prevalence", "severity"):
        difference = comparison.beside.get(name, {}).get(baseline)
        if difference is None:
            continue
        for end in ("value", "low", "high", "corrected_low", "corrected_high"):
            if (figure := getattr(difference, end)) is not None:
                figures[f"difference/{baseline}" + ("" if end == "value" else f"_{end}")] = figure
    for point in comparison.decision:
        if point.threshold in NET_BENEFIT_AT and name in point.candidates:
            figures[f"decision/net_benefit_{point.threshold:.0%}".rstrip("%")] = point.candidates[name].value
    return figures


def _figures(result: CandidateResult) -> dict[str, float]:
    figures = {}
    for metric, figure in result.metrics.items():
        figures[f"oof/{metric}"] = figure.value
        if figure.low is not None and figure.high is not None:
            figures[f"oof/{metric}_low"], figures[f"oof/{metric}_high"] = figure.low, figure.high
    return figures | {f"family/{name}": value for name, value in result.families.items()}
