"""One predictor by each of its references, and none by any other."""

from pathlib import Path

import mlflow
import pandas as pd
import pytest

from tests.studies import Made
from tests.tracking.conftest import asked, register
from therapport import predictor as predictors
from therapport.errors import ModelError, RegistryError
from therapport.registry import aliases
from therapport.registry.find import find


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
