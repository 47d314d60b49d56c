"""Card and learning curve in MLflow: beside the version, and as lines over the patients learned from."""

from dataclasses import replace
from pathlib import Path

from mlflow import MlflowClient

from tests.studies import CANARY, Made
from tests.tracking.conftest import log, register
from therapport import card
from therapport.predictor import Predictor
from therapport.predictor.evidence import Figure, LearningCurve, LearningPoint
from therapport.registry import keep
from therapport.tracking import database, runs


def with_curve(predictor: Predictor) -> Predictor:
    """The predictor as if its study had asked for a learning curve of two candidates."""
    points = tuple(
        LearningPoint(
            share=share,
            patients=patients,
            candidates={
                "severity": {"auc": Figure(value=0.6, low=0.55, high=0.65)},
                "elastic_net": {"auc": Figure(value=auc)},
            },
        )
        for share, patients, auc in ((0.5, 130, 0.66), (1.0, 264, 0.7))
    )
    gain = {"severity": Figure(value=0.0), "elastic_net": Figure(value=-0.01)}
    curve = LearningCurve(points=points, gain=gain, sentence="More patients would probably help.")
    first, *others = predictor.evidence.comparisons
    comparisons = (first.model_copy(update={"learning": curve}), *others)
    return replace(predictor, evidence=predictor.evidence.model_copy(update={"comparisons": comparisons}))


def test_both_forms_of_the_card_are_kept_with_the_run_of_the_version(mlruns: Path, compared: Made) -> None:
    number = register(compared)
    client = database.connect()
    run_id = client.get_model_version("simulated", number).run_id
    assert run_id is not None
    expected = card.card(compared.predictor)
    for suffix, text in (("html", card.page(expected)), ("md", card.markdown(expected))):
        stored = client.download_artifacts(run_id, f"{keep.CARDS}/simulated-{number}.{suffix}")
        assert Path(stored).read_text(encoding="utf-8") == text
    assert not [path for path in mlruns.rglob(f"{keep.CARDS}/*") if CANARY in path.read_text(encoding="utf-8")]


def test_the_learning_curve_is_a_metric_whose_steps_are_patients(mlruns: Path, compared: Made) -> None:
    assert mlruns.exists()
    runs.log_study(with_curve(compared.predictor).evidence, compared.study.codebook, {"binary": "a", "score": "b"})
    client = database.connect()
    experiment = client.get_experiment_by_name("simulated: response at session3")
    assert experiment is not None
    found = {run.info.run_name: run.info.run_id for run in client.search_runs([experiment.experiment_id])}
    assert steps(client, found["elastic_net"], "learning/auc") == [(130, 0.66), (264, 0.7)]
    assert steps(client, found["severity"], "learning/auc_low") == [(130, 0.55), (264, 0.55)]
    assert "learning/auc_low" not in client.get_run(found["elastic_net"]).data.metrics
    assert not [key for key in client.get_run(found["xgboost"]).data.metrics if key.startswith("learning")]


def steps(client: MlflowClient, run_id: str, key: str) -> list[tuple[int, float]]:
    history = client.get_metric_history(run_id, key)
    return [(one.step, round(one.value, 9)) for one in sorted(history, key=lambda one: one.step)]


def test_without_a_curve_nothing_is_logged_of_it(mlruns: Path, compared: Made) -> None:
    assert mlruns.exists()
    data = database.connect().get_run(log(compared)).data
    assert not [key for key in data.metrics if key.startswith("learning")]
