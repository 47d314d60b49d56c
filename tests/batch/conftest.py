"""One model of each kind, saved once."""

from pathlib import Path

import pytest

from tests.studies import Made
from therapport import predictor as predictors


@pytest.fixture(scope="session")
def model(tree_study: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("batch") / "model"
    predictors.save(tree_study.predictor, folder)
    return folder
