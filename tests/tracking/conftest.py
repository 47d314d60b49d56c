"""A tracking database for each test: MLflow makes and migrates one, which is then copied."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from tests.studies import Made
from tests.tracking.judging import with_figure, with_rules
from therapport.predictor import Predictor
from therapport.predictor.evidence import Figure
from therapport.registry import keep
from therapport.tracking import database, runs

DEFINITIONS = {"binary": "reliable improvement (PHQ-9 falls by 6 points or more)", "score": "end score (PHQ-9)"}


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database without anything in it; making one takes seconds."""
    folder = tmp_path_factory.mktemp("migrated")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{folder / database.DATABASE}")
        database.connect()
    return folder / database.DATABASE


@pytest.fixture
def mlruns(migrated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that everything of this test is tracked in."""
    folder = tmp_path / database.FOLDER
    folder.mkdir()
    shutil.copy(migrated, folder / database.DATABASE)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{folder / database.DATABASE}")
    return folder


def log(made: Made) -> str:
    """The study's runs; returns the id of the one that its predictor belongs to."""
    return runs.log_study(made.predictor.evidence, made.study.codebook, DEFINITIONS)


def register(made: Made, predictor: Predictor | None = None) -> str:
    """The registry's version number of the study's predictor, or of another one."""
    return keep.register(predictor or made.predictor, log(made), {"simulated": "true"})


def asked(made: Made) -> pd.DataFrame:
    """What the predictor is asked about: its cohort's ids and factors."""
    return made.patients[["patient_id", *made.predictor.factors]]


@pytest.fixture
def sound(compared: Made) -> Predictor:
    """A predictor of all candidates, whose figures are what the gate asks."""
    slope = with_figure(compared.predictor, "calibration_slope", Figure(value=1.02, low=0.8, high=1.3))
    return with_rules(slope, calibration_slope=(0.5, 2.0), calibration_intercept=0.5, end_score_intercept=3.0)
