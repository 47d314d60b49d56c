"""Predictors in the registry: kept, promoted, found again, and asked through MLflow's own interface."""

from dataclasses import replace
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow.types import DataType

from tests.studies import CANARY, Made
from tests.tracking.conftest import log
from therapport import predictor as predictors
from therapport.errors import CohortError, ModelError, RegistryError
from therapport.predictor import Predictor, answer_columns
from therapport.registry import aliases, keep
from therapport.registry.find import find
from therapport.registry.signature import signature
from therapport.tracking import database

TEXT = {"patient_id", "status", "missing", "noticed", "model_name", "model_version", "codebook_digest"}


def register(made: Made, predictor: Predictor | None = None) -> str:
    return keep.register(predictor or made.predictor, log(made), {"simulated": "true"})


def standing(name: str = "simulated") -> dict[str, str]:
    return {alias: str(version) for alias, version in database.connect().get_registered_model(name).aliases.items()}


def asked(made: Made) -> pd.DataFrame:
    return made.patients[["patient_id", *made.predictor.factors]]


@pytest.mark.usefixtures("mlruns")
def test_a_registered_predictor_is_the_challenger_until_it_is_promoted(linear_study: Made) -> None:
    assert register(linear_study) == "1"
    assert standing() == {"challenger": "1"}
    assert aliases.promote("simulated") == aliases.Promotion("simulated", "1", None)
    assert standing() == {"challenger": "1", "champion": "1"}


@pytest.mark.usefixtures("mlruns")
def test_a_new_champion_keeps_the_previous_one(linear_study: Made, tree_study: Made) -> None:
    register(linear_study)
    aliases.promote("simulated")
    assert register(tree_study) == "2"
    assert standing() == {"champion": "1", "challenger": "2"}
    assert aliases.promote("simulated") == aliases.Promotion("simulated", "2", "1")
    assert standing() == {"champion": "2", "challenger": "2", "previous": "1"}
    assert find("models:/simulated@previous").response is not None
    assert find("models:/simulated@champion").response.candidate == "xgboost"  # type: ignore[union-attr]


@pytest.mark.usefixtures("mlruns")
def test_promoting_twice_is_refused(linear_study: Made) -> None:
    register(linear_study)
    aliases.promote("simulated")
    with pytest.raises(RegistryError, match="version 1 is the champion already; there is no newer challenger"):
        aliases.promote("simulated")
    assert standing() == {"challenger": "1", "champion": "1"}


@pytest.mark.usefixtures("mlruns")
def test_promoting_an_unknown_name_tells_the_known_ones(linear_study: Made) -> None:
    with pytest.raises(RegistryError, match="simulated: no such registered model; known: none yet"):
        aliases.promote("simulated")
    register(linear_study)
    with pytest.raises(RegistryError, match="simulate: no such registered model; known: simulated"):
        aliases.promote("simulate")


@pytest.mark.usefixtures("mlruns")
def test_a_model_without_a_challenger_cannot_be_promoted(linear_study: Made) -> None:
    register(linear_study)
    database.connect().delete_registered_model_alias("simulated", "challenger")
    with pytest.raises(RegistryError, match="there is no challenger"):
        aliases.promote("simulated")


@pytest.mark.usefixtures("mlruns")
def test_a_version_says_what_it_is_and_which_run_it_comes_from(linear_study: Made) -> None:
    made, run_id = linear_study, log(linear_study)
    keep.register(made.predictor, run_id, {"landmark": "session3"})
    version = database.connect().get_model_version("simulated", "1")
    assert version.run_id == run_id
    assert version.tags == {
        "model_version": made.predictor.version,
        "codebook_digest": made.predictor.codebook.digest(),
        "landmark": "session3",
    }
    assert all(comparison.verdict in version.description for comparison in made.predictor.evidence.comparisons)
    assert database.connect().get_run(run_id).info.status == "FINISHED"


@pytest.mark.usefixtures("mlruns")
def test_every_reference_finds_the_same_predictor(made: Made, tmp_path: Path) -> None:
    register(made)
    aliases.promote("simulated")
    predictors.save(made.predictor, tmp_path / "saved")
    whole = Path(mlflow.artifacts.download_artifacts("models:/simulated/1", dst_path=str(tmp_path / "model")))
    expected = made.predictor.predict(asked(made))
    references = ("models:/simulated@champion", "models:/simulated@challenger", "models:/simulated/1")
    for reference in (*references, str(tmp_path / "saved"), str(whole)):
        pd.testing.assert_frame_equal(find(reference).predict(asked(made)), expected, check_exact=True)


@pytest.mark.usefixtures("mlruns")
def test_a_reference_that_the_registry_does_not_know_is_an_error_of_one_line(linear_study: Made) -> None:
    register(linear_study)  # a challenger, and no champion
    for unknown in ("other@champion", "simulated@champion", "simulated/7", "simulated", ""):
        with pytest.raises(RegistryError, match="the registry in mlruns/ does not know it") as caught:
            find(f"models:/{unknown}")
        assert "\n" not in str(caught.value)


def test_a_folder_that_is_not_there_is_told_how_registered_models_are_written(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="a registered model is written models:/name@champion"):
        find(str(tmp_path / "absent"))
    with pytest.raises(ModelError, match="this is not a model"):
        find(str(tmp_path))


def test_a_registered_predictor_whose_file_was_changed_is_refused(mlruns: Path, linear_study: Made) -> None:
    register(linear_study)
    (stored,) = mlruns.rglob("response.json")
    stored.write_text(stored.read_text().replace("0.", "1.", 1))
    with pytest.raises(ModelError, match=r"response\.json differs from its digest"):
        find("models:/simulated@challenger")


@pytest.mark.usefixtures("mlruns")
def test_mlflows_own_interface_gives_the_predictors_own_answers(made: Made) -> None:
    register(made)
    aliases.promote("simulated")
    loaded = mlflow.pyfunc.load_model("models:/simulated@champion")
    frame = asked(made)
    whole = frame.fillna({"competence": 36}).astype({"competence": "int64"})
    as_read = (
        frame,  # whole numbers as int64, or as float64 where one is missing
        frame.convert_dtypes(dtype_backend="numpy_nullable"),
        frame.astype(dict.fromkeys(frame.select_dtypes("number"), "float32")).astype({"phq9_intake": "int32"}),
        whole,
        frame.assign(patient_id=range(len(frame))),
        frame[:1],
    )
    for asking in as_read:
        pd.testing.assert_frame_equal(loaded.predict(asking), made.predictor.predict(asking))


@pytest.mark.usefixtures("mlruns")
def test_mlflows_own_interface_takes_absent_factors_as_missing_but_for_the_required_ones(linear_study: Made) -> None:
    register(linear_study)
    loaded = mlflow.pyfunc.load_model("models:/simulated@challenger")
    frame = asked(linear_study)
    without = frame.drop(columns=["alliance", "delivery_mode"])
    expected = linear_study.predictor.predict(without, allow_absent=True)
    pd.testing.assert_frame_equal(loaded.predict(without), expected)
    with pytest.raises(mlflow.exceptions.MlflowException, match="phq9_intake"):
        loaded.predict(frame.drop(columns="phq9_intake"))


@pytest.mark.usefixtures("mlruns")
def test_mlflows_own_interface_refuses_what_does_not_fit_without_a_value(linear_study: Made) -> None:
    register(linear_study)
    loaded = mlflow.pyfunc.load_model("models:/simulated@challenger")
    with pytest.raises(CohortError, match="alliance: must be a number from 1 to 5") as caught:
        loaded.predict(asked(linear_study).assign(alliance="Zebrowski"))
    assert "Zebrowski" not in str(caught.value)
    assert CANARY not in str(caught.value)


def test_the_signature_fits_what_goes_in_and_what_comes_out(made: Made) -> None:
    stated = signature(made.predictor)
    answers = made.predictor.predict(asked(made))
    assert stated.outputs is not None
    assert stated.outputs.input_names() == answers.columns.tolist() == list(answer_columns(made.predictor))
    for column in stated.outputs.inputs:
        is_text = column.name in TEXT
        assert column.type == (DataType.string if is_text else DataType.double)
        assert (answers[column.name].dtype == np.float64) == (not is_text)
        assert column.required == is_text  # numbers are null where the predictor abstains
        assert not column.required or answers[column.name].notna().all()
    assert stated.inputs is not None
    assert stated.inputs.input_names() == ["patient_id", *made.predictor.factors]
    required = [column.name for column in stated.inputs.inputs if column.required]
    assert required == ["patient_id", "phq9_intake"]


def test_no_pickle_and_nothing_of_a_patient_is_kept(mlruns: Path, tree_study: Made) -> None:
    register(tree_study)
    stored = [path for path in mlruns.rglob("*") if path.is_file()]
    assert {"MLmodel", "predictor.json"} <= {path.name for path in stored}
    assert not [path for path in stored if path.suffix in (".pkl", ".pickle", ".joblib", ".cloudpickle")]
    for path in stored:
        assert CANARY.encode() not in path.read_bytes()


@pytest.mark.usefixtures("mlruns")
def test_two_models_stand_side_by_side(linear_study: Made) -> None:
    register(linear_study)
    other = replace(linear_study.predictor, name="another")
    register(linear_study, other)
    assert standing("simulated") == standing("another") == {"challenger": "1"}
    assert find("models:/another@challenger").name == "another"
