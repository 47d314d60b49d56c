"""A frozen predictor on another cohort: figures, sites, refusals, and a child in the registry."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss, mean_squared_error, roc_auc_score

from tests import studies
from tests.studies import CANARY, Made
from tests.tracking.conftest import register
from therapport import simulator
from therapport.calibration import Affine
from therapport.errors import CohortError, DesignError, ModelError
from therapport.predictor import Predictor
from therapport.predictor.evidence import Recalibration
from therapport.predictor.recalibrated import after, recalibrated
from therapport.registry.find import find
from therapport.tracking import database
from training import evaluation, external
from training import study as training_study
from training.external import Answered, sites, validate

EXPERIMENT = "simulated: response at session3, other cohorts"


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study of another service: 500 patients, 5 sites, one of them with a handful."""
    cohort = simulator.simulate(patients=500, therapists=30, sites=5, missing=0.0, seed=23).cohort
    for column in ("patient_id", "therapist_id"):
        cohort[column] = f"{CANARY}-" + cohort[column]
    cohort.loc[:8, "site_id"] = "hamlet"
    return studies.write(tmp_path_factory.mktemp("elsewhere"), cohort)


def answers(predictor: Predictor, study: Path) -> dict[str, Answered]:
    return {one.kind: one for one in external.answered(predictor, external.read(study))}


def test_figures_are_those_of_scikit_learn(made: Made, elsewhere: Path) -> None:
    predicted = made.predictor.predict(
        pd.read_csv(elsewhere.parent / "cohort.csv")[["patient_id", *made.predictor.factors]]
    )
    truth = pd.read_csv(elsewhere.parent / "cohort.csv")
    improved = (truth["phq9_intake"] - truth["phq9_end"] >= 6).astype(float)
    found = answers(made.predictor, elsewhere)
    study = training_study.read(elsewhere)
    binary = evaluation.metrics(study, "binary", found["binary"].predictions, np.ones((100, 500)))
    assert binary["auc"].value == pytest.approx(roc_auc_score(improved, predicted["response_probability"]))
    assert binary["brier"].value == pytest.approx(brier_score_loss(improved, predicted["response_probability"]))
    score = evaluation.metrics(study, "score", found["score"].predictions, np.ones((100, 500)))
    mean_error = mean_squared_error(truth["phq9_end"], predicted["end_score"])
    assert score["rmse"].value == pytest.approx(mean_error**0.5)
    # About the mean of the training cohort: a service whose patients fare otherwise counts against the model.
    trained = made.predictor.evidence.cohort.mean_end_score
    assert trained is not None
    assert score["r2"].value == pytest.approx(1 - mean_error / np.mean((truth["phq9_end"] - trained) ** 2))
    inside = (predicted["end_score_low"] <= truth["phq9_end"]) & (truth["phq9_end"] <= predicted["end_score_high"])
    assert found["score"].held == pytest.approx(inside.mean())


def test_small_sites_are_left_out_and_counted(linear_study: Made, elsewhere: Path) -> None:
    design = external.read(elsewhere)
    assert sites.level_of(design, None) == "site"
    found = sites.by_site(design, answers(linear_study.predictor, elsewhere)["binary"], "site")
    assert found.left_out == 1
    assert "hamlet" not in {site.name for site in found.shown}
    # In tens: all 500 less those who are shown do not tell that the small one has nine.
    assert all(site.patients % 10 == 0 for site in found.shown)
    assert 500 - 9 - 10 * len(found.shown) < sum(site.patients for site in found.shown) <= 500 - 9
    assert found.pooled["auc"].sites == len(found.shown) == 5
    low, high = (min(s.figures["auc"].value for s in found.shown), max(s.figures["auc"].value for s in found.shown))
    assert low < found.pooled["auc"].value < high
    by_therapist = sites.by_site(design, answers(linear_study.predictor, elsewhere)["binary"], "therapist")
    assert by_therapist.shown, "thirty patients of one therapist are enough"
    assert [one.name for one in by_therapist.shown] == [f"therapist {n + 1}" for n in range(len(by_therapist.shown))]
    with pytest.raises(DesignError, match="--by ward: the codebook has no such grouping level; known: therapist, site"):
        sites.level_of(design, "ward")


def test_the_training_cohort_is_refused_unless_told_so(linear_study: Made) -> None:
    design = external.read(linear_study.study.path)
    with pytest.raises(DesignError, match="was trained on this very cohort: nothing about it is external"):
        external.require_external(linear_study.predictor, design.cohort, advice="Name another.")
    stated = Recalibration(kind="slope", parent="x", cohort_digest=design.cohort.digest(), patients=100, gains={})
    evidence = linear_study.predictor.evidence
    other = evidence.cohort.model_copy(update={"digest": "another"})
    child = replace(
        linear_study.predictor, evidence=evidence.model_copy(update={"cohort": other, "recalibration": stated})
    )
    with pytest.raises(DesignError, match="was recalibrated on this very cohort"):
        external.require_external(child, design.cohort, advice="Name another.")


def test_another_question_is_refused_with_every_difference(linear_study: Made, elsewhere: Path, tmp_path: Path) -> None:
    text = elsewhere.read_text().replace("reliable_improvement", "below_cutoff").replace("session3", "intake")
    (tmp_path / "study.toml").write_text(text)
    book = (elsewhere.parent / "codebook.toml").read_text()
    (tmp_path / "codebook.toml").write_text(book.replace("range = [0, 27]", "range = [0, 28]", 1))
    (tmp_path / "cohort.csv").write_bytes((elsewhere.parent / "cohort.csv").read_bytes())
    design = external.read(tmp_path / "study.toml")
    with pytest.raises(ModelError, match="it asks another question") as caught:
        external.require_fit(linear_study.predictor, design.study)
    said = "\n".join(caught.value.problems)
    assert "landmark: the study's is intake, the model's session3" in said
    assert "outcome: the model predicts 'PHQ-9 falls by 6 points or more'" in said
    assert "phq9_intake: kind, range, unit, levels or instrument differ" in said


@pytest.fixture
def run(mlruns: Path) -> Callable[..., None]:
    assert mlruns.exists()
    return validate.run


def test_a_validation_is_a_run_of_an_experiment_of_its_own(
    run: Callable[..., None], linear_study: Made, elsewhere: Path, mlruns: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register(linear_study)
    run("models:/simulated@challenger", elsewhere)
    said = capsys.readouterr().out
    assert "Left out: 1 site with fewer than 30 patients" in said
    assert "A further site" in said
    client = database.connect()
    experiment = client.get_experiment_by_name(EXPERIMENT)
    assert experiment is not None
    every = client.search_runs([experiment.experiment_id])
    (tracked,) = every
    assert tracked.data.tags["kind"] == "external validation"
    assert tracked.info.status == "FINISHED"
    metrics = tracked.data.metrics
    assert len(metrics) < 60
    assert {"external/auc", "external/auc_low", "external/auc_high", "external/further_auc_low"} <= set(metrics)
    assert {key.split("/")[1] for key in metrics if key.count("/") == 2} == {f"site{n}" for n in range(1, 6)}
    assert metrics["external/patients"] == 500
    assert tracked.data.params["model_version"] == linear_study.predictor.version
    (dataset,) = tracked.inputs.dataset_inputs
    assert dataset.dataset.digest == tracked.data.params["cohort_digest"]
    artifacts = {one.path for one in client.list_artifacts(tracked.info.run_id)}
    assert {"calibration_curve.json", "sites.json"} <= artifacts
    tags = client.get_model_version("simulated", "1").tags
    assert tags["validated_on"] == tracked.data.params["cohort_digest"]
    assert tracked.info.run_id in tags["validation_runs"]
    for path in (one for one in mlruns.rglob("*") if one.is_file()):
        assert CANARY.encode() not in path.read_bytes(), path.name


def test_recalibrating_undoes_a_known_shift_and_registers_a_child(
    run: Callable[..., None], linear_study: Made, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sound = linear_study.predictor
    assert sound.response is not None
    stated = Recalibration(kind="slope", parent="", cohort_digest="", patients=10, gains={})
    # A predictor that is wrong by a known line: log-odds too high by 1, and half as steep again.
    wrong = recalibrated(sound, {"response": Affine(1.0, 1.5)}, stated)
    register(linear_study, wrong)
    run("models:/simulated/1", elsewhere, recalibrate="slope")
    assert "version 2 (challenger), a child of" in capsys.readouterr().out
    child = find("models:/simulated@challenger")
    assert child.evidence.recalibration is not None
    assert child.evidence.recalibration.parent == wrong.version
    gain = child.evidence.recalibration.gains["binary"]
    assert gain.high is not None
    assert gain.high < 0
    # What is left is the line from the sound predictor to this cohort, whatever was done to it in between.
    run_sound = answers(sound, elsewhere)["binary"]
    from training.external import recalibration

    line = recalibration.line("binary", run_sound.score, run_sound.predictions.truth, "slope")
    expected = after(sound.response.calibration, line)
    assert child.response is not None
    assert (child.response.calibration.intercept, child.response.calibration.slope) == pytest.approx(
        (expected.intercept, expected.slope), abs=1e-3
    )
    tags = database.connect().get_model_version("simulated", "2").tags
    assert (tags["parent_version"], tags["parent_model_version"]) == ("1", wrong.version)
    assert tags["recalibration"] == "slope"
    assert tags["recalibrated_on"] == child.evidence.recalibration.cohort_digest
    with pytest.raises(DesignError, match="was recalibrated on this very cohort"):
        run("models:/simulated@challenger", elsewhere)


def test_fewer_than_ten_patients_are_not_shown(
    run: Callable[..., None], linear_study: Made, elsewhere: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register(linear_study)
    pd.read_csv(elsewhere.parent / "cohort.csv")[:9].to_csv(tmp_path / "nine.csv", index=False)
    with pytest.raises(DesignError, match="fewer than 10 patients whose outcome is known"):
        run("models:/simulated@challenger", elsewhere, cohort=tmp_path / "nine.csv")
    assert capsys.readouterr().out == ""


def test_a_site_may_be_called_anything(
    run: Callable[..., None], linear_study: Made, elsewhere: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register(linear_study)
    cohort = pd.read_csv(elsewhere.parent / "cohort.csv")
    cohort["site_id"] = "[/red] ward/" + cohort["site_id"] + " é"
    cohort.to_csv(tmp_path / "odd.csv", index=False)
    run("models:/simulated@challenger", elsewhere, cohort=tmp_path / "odd.csv")
    assert "[/red]" in capsys.readouterr().out


def test_bad_cells_are_named_and_never_shown(
    run: Callable[..., None], linear_study: Made, elsewhere: Path, tmp_path: Path
) -> None:
    register(linear_study)
    cohort = pd.read_csv(elsewhere.parent / "cohort.csv").astype({"alliance": object})
    cohort.loc[3, "alliance"] = "Zebrowski"
    cohort.to_csv(tmp_path / "bad.csv", index=False)
    with pytest.raises(CohortError, match="alliance: must be a number from 1 to 5: row 4") as caught:
        run("models:/simulated@challenger", elsewhere, cohort=tmp_path / "bad.csv")
    assert "Zebrowski" not in str(caught.value)
