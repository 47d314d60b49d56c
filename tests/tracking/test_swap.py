"""A server follows an alias of the registry, and goes on when the database is locked or away."""

import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from serving.api.meters import Meters
from serving.api.served import Served
from serving.live import load
from serving.live.watch import Watcher
from tests.studies import Made
from tests.tracking.conftest import register
from therapport.errors import ModelError
from therapport.registry import aliases
from therapport.tracking import database

REFERENCE = "models:/simulated@champion"


@pytest.fixture
def served(mlruns: Path, linear_study: Made) -> Served:
    assert mlruns.is_dir()
    register(linear_study)
    aliases.promote("simulated")
    return Served(load.load(REFERENCE))


def watcher(served: Served) -> Watcher:
    return Watcher([served], Meters(), seconds=0)


def test_a_promoted_version_is_swapped_in_and_rolled_back(served: Served, linear_study: Made) -> None:
    old = served.now.predictor.version
    assert served.now.number == "1"
    register(linear_study, replace(linear_study.predictor, version="new"))
    watcher(served).look()
    assert served.now.predictor.version == old  # a challenger does not answer
    aliases.promote("simulated")
    watcher(served).look()
    assert (served.now.predictor.version, served.now.number) == ("new", "2")
    aliases.rollback("simulated")
    watcher(served).look()
    assert (served.now.predictor.version, served.now.number) == (old, "1")


def test_a_damaged_champion_is_refused(served: Served, linear_study: Made, mlruns: Path) -> None:
    known = set(mlruns.rglob("response.json"))
    register(linear_study, replace(linear_study.predictor, version="new"))
    (stored,) = set(mlruns.rglob("response.json")) - known
    stored.write_text(stored.read_text().replace("0.", "1.", 1))
    aliases.promote("simulated")
    watcher(served).look()
    assert served.now.number == "1"
    assert served.refused is not None
    assert served.refused.version == "2"
    assert "digest" in served.refused.reason
    aliases.rollback("simulated")
    watcher(served).look()
    assert served.refused is None


def test_a_database_that_is_locked_or_away_changes_nothing(
    served: Served, mlruns: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = mlruns / database.DATABASE
    before = served.now
    path.chmod(0o000)
    shutil.move(path, path.with_suffix(".away"))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{mlruns / 'no' / 'such' / 'place'}")
    (mlruns / "no").write_text("a file, where a folder should be")
    watcher(served).look()
    assert served.registry_away
    assert served.now is before
    shutil.move(path.with_suffix(".away"), path)
    path.chmod(0o644)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{path}")
    watcher(served).look()
    assert not served.registry_away
    with sqlite3.connect(path) as other:
        other.execute("BEGIN EXCLUSIVE")
        watcher(served).look()
        assert served.registry_away
        assert served.now is before
        other.rollback()
    watcher(served).look()
    assert not served.registry_away


def test_a_model_that_answers_otherwise_is_not_served(mlruns: Path, linear_study: Made) -> None:
    assert mlruns.is_dir()
    golden = {
        name: tuple(value + 0.01 for value in values) for name, values in linear_study.predictor.evidence.golden.items()
    }
    changed = linear_study.predictor.evidence.model_copy(update={"golden": golden})
    register(linear_study, replace(linear_study.predictor, evidence=changed))
    with pytest.raises(ModelError, match="does not answer as when it was made"):
        load.load("models:/simulated@challenger")
