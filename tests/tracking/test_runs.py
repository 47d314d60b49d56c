"""A study in MLflow: an experiment for each outcome, runs for the study and its candidates, folds below one."""

import json
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.entities import Run

from tests.studies import CANARY, CANARY_VALUES, Made
from tests.tracking.conftest import DEFINITIONS, log
from therapport.models import Kind
from therapport.tracking import database, runs
from training import tracked

EXPERIMENTS = ("simulated: response at session3", "simulated: end score at session3")


@pytest.fixture
def client(mlruns: Path) -> MlflowClient:
    assert mlruns.exists()
    return database.connect()


def runs_of(client: MlflowClient, experiment: str, *, kind: str = "candidate") -> dict[str, Run]:
    found = client.get_experiment_by_name(experiment)
    assert found is not None
    return {run.info.run_name: run for run in client.search_runs([found.experiment_id], f"tags.kind = '{kind}'")}


def study_of(client: MlflowClient, experiment: str) -> Run:
    (run,) = runs_of(client, experiment, kind="study").values()
    return run


def test_each_outcome_has_an_experiment_that_says_what_it_is(client: MlflowClient, compared: Made) -> None:
    log(compared)
    names = {experiment.name for experiment in client.search_experiments()}
    assert names == {"Default", *EXPERIMENTS}
    for name, definition in zip(EXPERIMENTS, DEFINITIONS.values(), strict=True):
        experiment = client.get_experiment_by_name(name)
        assert experiment is not None
        note = experiment.tags["mlflow.note.content"]
        assert note.startswith(f"Simulated patients\n\nOutcome: {definition}.\n")
        # Every key that a run has is explained by its prefix.
        prefixes = {key.split("/")[0] for run in runs_of(client, name).values() for key in run.data.metrics}
        assert all(f"- `{prefix}/…` " in note for prefix in prefixes - {"oof_by_fold"})


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
                "kind",
                "outcome",
                "preferred",
                "simulated",
            }
            assert run.data.tags["simulated"] == "true"
            assert "Simulated: nobody in this cohort exists" in run.data.tags["mlflow.note.content"]
        assert len(other.data.metrics) < 60


def test_the_preferred_candidate_is_marked_and_the_study_holds_the_comparison(
    client: MlflowClient, compared: Made
) -> None:
    run_id = log(compared)
    for name, comparison in zip(EXPERIMENTS, compared.predictor.evidence.comparisons, strict=True):
        found = runs_of(client, name)
        preferred = [candidate for candidate, run in found.items() if run.data.tags["preferred"] == "true"]
        assert preferred == [comparison.chosen]
        chosen = found[comparison.chosen]
        assert comparison.verdict in chosen.data.tags["mlflow.note.content"]
        for candidate, run in found.items():
            why = run.data.tags["mlflow.note.content"]
            assert ("Not preferred: " in why) == (candidate != comparison.chosen)
            difference = comparison.differences[candidate]
            if difference.low is not None and difference.low > 0 and candidate not in comparison.only_compared:
                assert f"{difference.value:.3f} ({difference.low:.3f} to " in why
                assert "more than chance explains" in why
        study = study_of(client, name)
        assert comparison.verdict in study.data.tags["mlflow.note.content"]
        assert "0 therapists stand in two folds" in study.data.tags["mlflow.note.content"]
        assert set(study.data.params) == set(chosen.data.params)
        assert study.data.metrics == {}  # or it would be a bar of its own among the candidates
        stored = client.download_artifacts(study.info.run_id, "comparison.json")
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
            "at_risk": "not known",
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
    assert len(found) == 12
    assert len({run.data.params["comparison"] for run in found}) == 2


def test_the_latest_runs_are_the_study_and_then_candidates_from_the_simplest_on(
    client: MlflowClient, compared: Made
) -> None:
    log(compared)
    for name, comparison in zip(EXPERIMENTS, compared.predictor.evidence.comparisons, strict=True):
        experiment = client.get_experiment_by_name(name)
        assert experiment is not None
        found = client.search_runs([experiment.experiment_id], order_by=["attributes.start_time DESC"])
        assert [run.data.params["candidate"] for run in found] == ["all", *comparison.candidates]
        starts = [run.info.start_time for run in found]
        assert len(set(starts)) == len(starts)  # or their order would be left to chance


def test_folds_are_steps_of_every_candidate_and_runs_below_the_preferred_one(
    client: MlflowClient, compared: Made
) -> None:
    attached = tracked.attached(compared.study, compared.evaluations, compared.predictor.evidence)
    runs.log_study(compared.predictor.evidence, compared.study.codebook, DEFINITIONS, attached)
    for name, one in zip(EXPERIMENTS, compared.evaluations, strict=True):
        candidates, below = runs_of(client, name), runs_of(client, name, kind="fold")
        expected = attached[one.target.kind].folds
        for candidate, run in candidates.items():
            for key in expected[candidate][0].figures:
                history = client.get_metric_history(run.info.run_id, f"oof_by_fold/{key}")
                assert {point.step: point.value for point in history} == {
                    step: pytest.approx(fold.figures[key]) for step, fold in enumerate(expected[candidate], start=1)
                }
        chosen = candidates[one.choice.chosen]
        assert {run.data.tags["mlflow.parentRunId"] for run in below.values()} == {chosen.info.run_id}
        assert set(below) == {f"{one.choice.chosen}, repeat 1, fold {number}" for number in (1, 2, 3)}
        for run in below.values():
            assert run.info.status == "FINISHED"
            assert set(run.data.metrics) == {key for key in chosen.data.metrics if key.startswith("oof_by_fold/")}


def test_many_folds_are_steps_only(client: MlflowClient, compared: Made) -> None:
    comparison = compared.predictor.evidence.comparisons[0]
    many = [runs.Fold(1 + place // 30, 1 + place % 30, {"brier": 0.2, "auc": 0.6}) for place in range(600)]
    attached: dict[Kind, runs.Attached] = {"binary": runs.Attached(folds=dict.fromkeys(comparison.candidates, many))}
    runs.log_study(compared.predictor.evidence, compared.study.codebook, DEFINITIONS, attached)
    assert runs_of(client, EXPERIMENTS[0], kind="fold") == {}
    run = runs_of(client, EXPERIMENTS[0])["severity"]
    assert len(client.get_metric_history(run.info.run_id, "oof_by_fold/auc")) == 600


def test_the_studys_run_holds_tables_receipts_and_what_training_made(client: MlflowClient, compared: Made) -> None:
    evidence = compared.predictor.evidence
    attached = tracked.attached(compared.study, compared.evaluations, evidence)
    runs.log_study(evidence, compared.study.codebook, DEFINITIONS, attached)
    for name, comparison in zip(EXPERIMENTS, evidence.comparisons, strict=True):
        run_id = study_of(client, name).info.run_id
        page = Path(client.download_artifacts(run_id, "comparison.html")).read_text()
        assert page == attached[comparison.kind].files["comparison.html"]
        receipts = json.loads(Path(client.download_artifacts(run_id, "receipts.json")).read_text())
        assert receipts["groups_in_two_folds"] == "0"
        assert receipts["cohort_digest"] == compared.design.cohort.digest()
        assert json.loads(Path(client.download_artifacts(run_id, "study.json")).read_text())["cohort"] == "cohort.csv"
        table = client.load_table(compared_experiment(client, name), "tables/candidates.json", [run_id])
        assert table["candidate"].tolist() == [one.label for one in comparison.candidates.values()]
        for metric, figure in comparison.candidates[comparison.chosen].metrics.items():
            (cell,) = table.loc[table["preferred"] == "yes", metric]
            assert cell.startswith(f"{figure.value:.3f}")
        wanted = {"candidates", "differences", "calibration", "families"}
        wanted |= {"decision_curve"} if comparison.kind == "binary" else {"interval_coverage"}
        files = {Path(one.path).stem for one in client.list_artifacts(run_id, "tables")}
        assert files == wanted


def compared_experiment(client: MlflowClient, name: str) -> str:
    found = client.get_experiment_by_name(name)
    assert found is not None
    return str(found.experiment_id)


def test_artifacts_lie_beside_the_database(mlruns: Path, compared: Made) -> None:
    log(compared)
    assert sorted(path.name for path in mlruns.iterdir()) == ["artifacts", "mlflow.db"]
    assert len(list((mlruns / "artifacts").rglob("comparison.json"))) == 2


def test_nothing_of_a_patient_is_tracked(mlruns: Path, compared: Made) -> None:
    attached = tracked.attached(compared.study, compared.evaluations, compared.predictor.evidence)
    runs.log_study(compared.predictor.evidence, compared.study.codebook, DEFINITIONS, attached)
    for path in mlruns.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert CANARY.encode() not in content
            assert not [value for value in CANARY_VALUES.values() if str(value).encode() in content]
            assert str(compared.study.path.parent).encode() not in content  # nor where the cohort lies
