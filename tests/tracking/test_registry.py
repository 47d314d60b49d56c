"""Predictors in the registry: kept as challenger, promoted to champion, never forgotten."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.studies import CANARY, Made
from tests.tracking.conftest import log, register
from therapport.errors import RegistryError
from therapport.registry import aliases, keep
from therapport.registry.find import find
from therapport.tracking import database


def standing(name: str = "simulated") -> dict[str, str]:
    return {alias: str(version) for alias, version in database.connect().get_registered_model(name).aliases.items()}


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
