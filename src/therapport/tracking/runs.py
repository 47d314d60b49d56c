"""Comparisons as MLflow runs: an experiment per outcome and landmark, in it a run for the study and one per candidate.

Candidates are not nested below the run of their study: the UI folds nested runs away, and side by side is what they are
there for. Folds are nested below the preferred candidate, and steps of all of them. `comparison` tells the runs of one
study from those of the next.
"""

import json
import time
import uuid
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param

from therapport import __version__
from therapport.codebook import Codebook
from therapport.models import Kind
from therapport.predictor.evidence import Comparison, Evidence
from therapport.tracking import candidate_keys as keys
from therapport.tracking import database, described, experiments, further, learning_curve, tables

MOST_AT_ONCE = 1000
"""Metrics that MLflow takes in one call."""
MOST_FOLD_RUNS = 50
"""Runs below the preferred candidate; where there are more folds, they are steps only."""


@dataclass(frozen=True)
class Fold:
    """One fold of one repeat, counted from 1."""

    repeat: int
    number: int
    figures: Mapping[str, float]


@dataclass(frozen=True)
class Attached:
    """What the study's run holds beside the comparison, made where a study is carried out."""

    folds: Mapping[str, Sequence[Fold]] = field(default_factory=dict)
    """Candidate -> its folds, in the same order for all."""
    files: Mapping[str, str] = field(default_factory=dict)
    """File -> text: pages for reading, and the settings of the study."""


NOTHING = Attached()


def log_study(
    evidence: Evidence,
    codebook: Codebook,
    definitions: Mapping[str, str],
    attached: Mapping[Kind, Attached] | None = None,
) -> str:
    """Log every candidate of every comparison; returns the id of the run that the predictor belongs to.

    `definitions` says for each kind of comparison what its outcome is. Nothing of a patient is logged: figures over
    the cohort, names of columns, and digests.
    """
    client = database.connect()
    shared = _parameters(evidence, codebook)
    chosen = [
        _log_comparison(
            client, comparison, evidence, shared, definitions[comparison.kind], (attached or {}).get(comparison.kind)
        )
        for comparison in evidence.comparisons
    ]
    return chosen[0]


def _log_comparison(  # noqa: PLR0917 - what one comparison is made of
    client: MlflowClient,
    comparison: Comparison,
    evidence: Evidence,
    shared: Mapping[str, str],
    definition: str,
    attached: Attached | None,
) -> str:
    attached = attached or NOTHING
    experiment = experiment_of(client, comparison, evidence, definition)
    dataset = DatasetInput(
        # Its place is not recorded, because paths tell of people's machines.
        Dataset(name=evidence.study, digest=evidence.cohort.digest, source_type="cohort file", source="{}"),
        [InputTag("mlflow.data.context", "training")],
    )
    runs = {}
    shared = {**shared, **further.parameters(comparison)}
    # The UI shows the latest run first: the study, then candidates from the simplest to the most complex.
    for name, result in reversed(comparison.candidates.items()):
        run = client.create_run(
            experiment, run_name=name, tags=described.candidate(name, result, comparison, definition, shared)
        )
        runs[name] = str(run.info.run_id)
        folds = attached.folds.get(name, ())
        figures = keys.of_candidate(name, comparison)
        if name == comparison.chosen:
            figures |= further.figures(comparison, taken=len(figures))
        _log_figures(client, runs[name], figures, folds)
        client.log_batch(runs[name], metrics=list(learning_curve.metrics(name, comparison, int(time.time() * 1000))))
        _log_parameters(client, runs[name], {"candidate": name, **shared})
        client.log_inputs(runs[name], [dataset])
        if name == comparison.chosen and len(folds) <= MOST_FOLD_RUNS:
            _log_folds(client, experiment, runs[name], name, folds, shared)
        client.set_terminated(runs[name])
    study = client.create_run(
        experiment,
        run_name=f"study {shared['comparison']}",
        tags=described.study(comparison, evidence, definition, shared),
    )
    study_id = str(study.info.run_id)
    _log_parameters(client, study_id, {"candidate": "all", **shared})
    client.log_inputs(study_id, [dataset])
    _attach(client, study_id, comparison, evidence, shared, attached)
    client.set_terminated(study_id)
    return runs[comparison.chosen]


def _log_figures(client: MlflowClient, run_id: str, figures: Mapping[str, float], folds: Sequence[Fold]) -> None:
    now = int(time.time() * 1000)
    metrics = [Metric(key, value, now, 0) for key, value in figures.items()]
    metrics += [
        Metric(f"{keys.BY_FOLD}/{key}", value, now, step)
        for step, fold in enumerate(folds, start=1)
        for key, value in fold.figures.items()
    ]
    for start in range(0, len(metrics), MOST_AT_ONCE):
        client.log_batch(run_id, metrics=metrics[start : start + MOST_AT_ONCE])


def _log_parameters(client: MlflowClient, run_id: str, parameters: Mapping[str, str]) -> None:
    client.log_batch(run_id, params=[Param(key, value) for key, value in parameters.items()])


def _log_folds(  # noqa: PLR0917 - what one fold is made of
    client: MlflowClient, experiment: str, parent: str, name: str, folds: Sequence[Fold], shared: Mapping[str, str]
) -> None:
    for step, fold in enumerate(folds, start=1):
        run = client.create_run(
            experiment,
            run_name=f"{name}, repeat {fold.repeat}, fold {fold.number}",
            tags={
                "kind": "fold",
                "mlflow.parentRunId": parent,
                "mlflow.note.content": f"Fold {fold.number} of repeat {fold.repeat}: predicted by a model that was "
                f"fitted on the others.",
            },
        )
        now = int(time.time() * 1000)
        client.log_batch(
            run.info.run_id,
            metrics=[Metric(f"{keys.BY_FOLD}/{key}", value, now, step) for key, value in fold.figures.items()],
            params=[Param("candidate", name), Param("comparison", shared["comparison"])],
        )
        client.set_terminated(run.info.run_id)


def _attach(  # noqa: PLR0917 - what the study's run holds
    client: MlflowClient,
    run_id: str,
    comparison: Comparison,
    evidence: Evidence,
    shared: Mapping[str, str],
    attached: Attached,
) -> None:
    client.log_dict(run_id, comparison.model_dump(mode="json"), "comparison.json")
    receipts = {**shared, "therapport": __version__, "warnings": list(evidence.warnings)}
    client.log_text(run_id, json.dumps(receipts, indent=1, ensure_ascii=False), "receipts.json")
    for name, content in attached.files.items():
        client.log_text(run_id, content, name)
    with warnings.catch_warnings():
        # MLflow asks pandas for columns of text in a way that pandas will drop.
        warnings.simplefilter("ignore", DeprecationWarning)
        for name, table in {**tables.of(comparison), **further.tables(comparison)}.items():
            client.log_table(run_id, table, name)


def experiment_of(
    client: MlflowClient, comparison: Comparison, evidence: Evidence, definition: str, *, ending: str = ""
) -> str:
    """The id of the experiment of one outcome at one landmark, which is made if there is none yet."""
    outcome = "response" if comparison.kind == "binary" else "end score"
    name = f"{evidence.study}: {outcome} at {evidence.landmark}{ending}"
    note = "\n".join(described.experiment(evidence, definition, candidates=not ending))
    return experiments.experiment(client, name, note)


def _parameters(evidence: Evidence, codebook: Codebook) -> dict[str, str]:
    return {
        "comparison": uuid.uuid4().hex[:8],
        "study": evidence.study,
        "landmark": evidence.landmark,
        "patients": str(evidence.cohort.patients),
        "at_risk": "not known" if evidence.cohort.at_risk is None else str(evidence.cohort.patients),
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
