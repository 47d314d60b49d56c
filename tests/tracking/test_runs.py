"""A study in MLflow: an experiment for each outcome, a run for each candidate, the same keys for all of them."""

import json
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.entities import Run

from tests.studies import CANARY, CANARY_VALUES, Made
from tests.tracking.conftest import DEFINITIONS, log
from therapport.tracking import database

EXPERIMENTS = ("simulated: response at session3", "simulated: end score at session3")


@pytest.fixture
def client(mlruns: Path) -> MlflowClient:
    assert mlruns.exists()
    return database.connect()


def runs_of(client: MlflowClient, experiment: str) -> dict[str, Run]:
    found = client.get_experiment_by_name(experiment)
    assert found is not None
    return {run.info.run_name: run for run in client.search_runs([found.experiment_id])}


def test_each_outcome_has_an_experiment_that_says_what_it_is(client: MlflowClient, compared: Made) -> None:
    log(compared)
    names = {experiment.name for experiment in client.search_experiments()}
    assert names == {"Default", *EXPERIMENTS}
    for name, definition in zip(EXPERIMENTS, DEFINITIONS.values(), strict=True):
        experiment = client.get_experiment_by_name(name)
        assert experiment is not None
        assert experiment.tags["mlflow.note.content"] == f"Simulated patients\n\nOutcome: {definition}."


def test_each_candidate_has_a_finished_run_with_its_own_figures(client: MlflowClient, compared: Made) -> None:
    log(compared)
    for name, comparison in zip(EXPERIMENTS, compared.predictor.evidence.comparisons, strict=True):
        found = runs_of(client, name)
        assert set(found) == {"prevalence", "severity", "elastic_net", "mixed", "xgboost"}
        for candidate, run in found.items():
            assert run.info.status == "FINISHED"
            for metric, figure in comparison.candidates[candidate].metrics.items():
                assert run.data.metrics[f"oof/{metric}"] == pytest.approx(figure.value)
                if figure.low is not None and figure.high is not None:
                    assert run.data.metrics[f"oof/{metric}_low"] == pytest.approx(figure.low)
                    assert run.data.metrics[f"oof/{metric}_high"] == pytest.approx(figure.high)
            difference = comparison.differences[candidate].value
            assert run.data.metrics["oof/loss_above_best"] == pytest.approx(difference)


def test_metrics_parameters_and_tags_of_all_candidates_have_the_same_keys(client: MlflowClient, compared: Made) -> None:
    log(compared)
    for name in EXPERIMENTS:
        found = runs_of(client, name)
        one, other = found["severity"], found["xgboost"]
        assert set(one.data.metrics) == set(other.data.metrics)
        # Prevalence ranks nobody: what needs an order is left out, and nothing else.
        lacking = set(other.data.metrics) - set(found["prevalence"].data.metrics)
        assert all("auc" in key or "slope" in key for key in lacking)
        assert set(found["prevalence"].data.metrics) <= set(other.data.metrics)
        for run in found.values():
            assert set(run.data.params) == set(other.data.params)
            assert {key for key in run.data.tags if not key.startswith("mlflow.")} == {
                "outcome",
                "preferred",
                "simulated",
            }
            assert run.data.tags["simulated"] == "true"
            assert "Simulated: nobody in this cohort exists" in run.data.tags["mlflow.note.content"]
        assert len(other.data.metrics) < 60


def test_the_preferred_candidate_is_marked_and_holds_the_comparison(client: MlflowClient, compared: Made) -> None:
    run_id = log(compared)
    for name, comparison in zip(EXPERIMENTS, compared.predictor.evidence.comparisons, strict=True):
        found = runs_of(client, name)
        preferred = [candidate for candidate, run in found.items() if run.data.tags["preferred"] == "true"]
        assert preferred == [comparison.chosen]
        chosen = found[comparison.chosen]
        assert comparison.verdict in chosen.data.tags["mlflow.note.content"]
        stored = client.download_artifacts(chosen.info.run_id, "comparison.json")
        assert json.loads(Path(stored).read_text()) == comparison.model_dump(mode="json")
    assert run_id == runs_of(client, EXPERIMENTS[0])[compared.predictor.evidence.comparisons[0].chosen].info.run_id


def test_what_was_compared_on_what_stands_in_the_parameters(client: MlflowClient, compared: Made) -> None:
    log(compared)
    run = runs_of(client, EXPERIMENTS[0])["severity"]
    assert (
        run.data.params.items()
        >= {
            "candidate": "severity",
            "study": "simulated",
            "landmark": "session3",
            "patients": "397",
            "group": "therapist",
            "folds": "3",
            "repeats": "1",
            "bootstrap_draws": "100",
            "cohort_digest": compared.design.cohort.digest(),
            "codebook_digest": compared.study.codebook.digest(),
            "simulated": "true",
        }.items()
    )
    (dataset,) = run.inputs.dataset_inputs
    assert (dataset.dataset.name, dataset.dataset.digest) == ("simulated", compared.design.cohort.digest())
    assert dataset.dataset.source == "{}"


def test_a_second_comparison_goes_into_the_same_experiments(client: MlflowClient, compared: Made) -> None:
    first, second = log(compared), log(compared)
    assert first != second
    assert {experiment.name for experiment in client.search_experiments()} == {"Default", *EXPERIMENTS}
    experiment = client.get_experiment_by_name(EXPERIMENTS[0])
    assert experiment is not None
    found = client.search_runs([experiment.experiment_id])
    assert len(found) == 10
    assert len({run.data.params["comparison"] for run in found}) == 2


def test_artifacts_lie_beside_the_database(mlruns: Path, compared: Made) -> None:
    log(compared)
    assert sorted(path.name for path in mlruns.iterdir()) == ["artifacts", "mlflow.db"]
    assert len(list((mlruns / "artifacts").rglob("comparison.json"))) == 2


def test_nothing_of_a_patient_is_tracked(mlruns: Path, compared: Made) -> None:
    log(compared)
    for path in mlruns.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert CANARY.encode() not in content
            assert not [value for value in CANARY_VALUES.values() if str(value).encode() in content]
            assert str(compared.study.path.parent).encode() not in content  # nor where the cohort lies
