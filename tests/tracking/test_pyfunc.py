"""The predictor behind MLflow's own interface: the same answers, and the signature that says what they are."""

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow.types import DataType

from tests.studies import CANARY, Made
from tests.tracking.conftest import asked, register
from therapport.errors import CohortError
from therapport.predictor import answer_columns
from therapport.registry import aliases
from therapport.registry.signature import signature

TEXT = {"patient_id", "status", "reason", "missing", "noticed", "model_name", "model_version", "codebook_digest"}


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
