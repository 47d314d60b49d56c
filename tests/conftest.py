"""What many tests share: studies that are carried out once a session."""

import os
from collections.abc import Iterator

import hypothesis
import joblib
import pandas as pd
import pytest

from tests import studies
from tests.studies import Made
from therapport.predictor import Predictor

# A busy machine is no failure; and CI tries the same examples each time, so that a red run can be repeated.
hypothesis.settings.register_profile("anywhere", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("anywhere")


@pytest.fixture(scope="session", autouse=True)
def _in_this_process() -> Iterator[None]:
    """Folds one after the other: starting workers costs more than these fits, and their warnings would be lost."""
    with joblib.parallel_config(backend="sequential"):
        yield


@pytest.fixture(scope="session")
def canary_cohort() -> pd.DataFrame:
    """397 simulated patients whose ids and extremes must not be found again; not to be changed."""
    return studies.canary_cohort()


@pytest.fixture(scope="session")
def linear_study(canary_cohort: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Response and end score by elastic net."""
    folder = tmp_path_factory.mktemp("linear")
    return studies.carry_out(studies.write(folder, canary_cohort, candidates='["elastic_net"]'))


@pytest.fixture(scope="session")
def tree_study(canary_cohort: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Response and end score by boosted trees."""
    folder = tmp_path_factory.mktemp("trees")
    return studies.carry_out(studies.write(folder, canary_cohort, candidates='["xgboost"]'))


@pytest.fixture(scope="session")
def compared(canary_cohort: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Response and end score by every candidate, side by side."""
    every = '["prevalence", "severity", "elastic_net", "mixed", "xgboost"]'
    return studies.carry_out(studies.write(tmp_path_factory.mktemp("compared"), canary_cohort, candidates=every))


@pytest.fixture(params=["linear", "trees"])
def made(request: pytest.FixtureRequest) -> Made:
    """Each of the two in turn."""
    study: Made = request.getfixturevalue({"linear": "linear_study", "trees": "tree_study"}[request.param])
    return study


@pytest.fixture
def predictor(made: Made) -> Predictor:
    """The predictor of each of the two in turn."""
    return made.predictor
