"""Promotion and roll-back: who becomes champion, and the verdict that stays with a version."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import mlflow
import pytest
from mlflow import MlflowClient

from tests.studies import CANARY, Made
from tests.tracking.conftest import log, register
from tests.tracking.judging import by_name, with_rules
from therapport.errors import OutputError, RegistryError
from therapport.predictor import Predictor
from therapport.registry import aliases, keep, verdict
from therapport.tracking import database
from training.external import gate


@pytest.fixture
def run(mlruns: Path) -> Callable[..., None]:
    assert mlruns.exists()
    return gate.run


def test_a_passed_challenger_becomes_champion_and_the_verdict_is_readable(
    run: Callable[..., None], compared: Made, sound: Predictor
) -> None:
    register(compared, sound)
    run("simulated")
    assert aliases.standing("simulated")["champion"] == "1"
    version = database.connect().get_model_version("simulated", "1")
    assert version.tags["gate"] == "passed"
    assert version.tags["gate_baseline_response"].startswith("passed: brier 0.")
    assert version.tags["gate_subgroups"].startswith("not assessed")
    assert "Gate: passed on" in version.description
    read = verdict.read("simulated", "1")
    assert read.word == "passed"
    assert read.champion is None
    assert read.rules == sound.evidence.gate
    assert by_name(read.checks)["golden rows"].standing == "passed"
    document = mlflow.artifacts.load_dict(f"runs:/{version.run_id}/gate/simulated-1.json")
    assert document["verdict"] == "passed"
    assert CANARY not in json.dumps(document)


def test_a_refused_challenger_stays_one_and_its_verdict_is_kept(
    run: Callable[..., None], compared: Made, sound: Predictor
) -> None:
    register(compared, sound)
    run("simulated")
    slow = with_rules(replace(sound, version="slower11"), milliseconds=1e-3)
    register(compared, slow)
    with pytest.raises(RegistryError, match="version 2 is not promoted; the verdict is kept with it") as caught:
        run("simulated")
    assert caught.value.exit_code == 7
    assert any("answers fast: failed" in problem for problem in caught.value.problems)
    assert aliases.standing("simulated") == {"champion": "1", "challenger": "2"}
    assert verdict.read("simulated", "2").word == "failed"
    assert database.connect().get_model_version("simulated", "2").tags["gate"] == "failed"
    run("simulated", force="The machine is slow today")
    assert aliases.standing("simulated")["champion"] == "2"
    tags = database.connect().get_model_version("simulated", "2").tags
    assert (tags["gate"], tags["gate_reason"]) == ("forced", "The machine is slow today")
    assert verdict.read("simulated", "2").forced == "The machine is slow today"


def test_a_champion_that_cannot_be_read_stops_the_challenger_and_not_a_reason(
    run: Callable[..., None], compared: Made, sound: Predictor, mlruns: Path
) -> None:
    register(compared, sound)
    aliases.promote("simulated")
    (stored,) = mlruns.rglob("manifest.json")
    stored.write_text("{}")
    register(compared, sound)
    with pytest.raises(RegistryError, match="not promoted") as caught:
        run("simulated")
    assert caught.value.problems == ("champion: not assessed: version 1, the champion, cannot be read",)
    run("simulated", force="The old one is of another format")
    assert aliases.standing("simulated") == {"champion": "2", "challenger": "2", "previous": "1"}


def test_the_same_model_once_more_is_nothing_to_go_back_to(
    run: Callable[..., None], compared: Made, sound: Predictor
) -> None:
    register(compared, replace(sound, version="first111"))
    run("simulated")
    for _ in range(2):
        register(compared, sound)
        run("simulated")
    assert aliases.standing("simulated") == {"champion": "3", "challenger": "3", "previous": "1"}


def test_force_needs_a_reason(run: Callable[..., None], compared: Made) -> None:
    register(compared)
    with pytest.raises(RegistryError, match="needs a reason"):
        run("simulated", force="  ")
    assert "champion" not in aliases.standing("simulated")


def test_a_version_that_nobody_judged_has_no_verdict(run: Callable[..., None], compared: Made) -> None:
    assert run is gate.run
    register(compared)
    with pytest.raises(RegistryError, match="has not been judged"):
        verdict.read("simulated", "1")


@pytest.mark.usefixtures("mlruns")
def test_rolling_back_works_twice_and_says_what_it_did(linear_study: Made, tree_study: Made) -> None:
    register(linear_study)
    aliases.promote("simulated")
    with pytest.raises(RegistryError, match="no previous champion"):
        aliases.rollback("simulated")
    register(tree_study)
    aliases.promote("simulated")
    assert aliases.rollback("simulated") == aliases.Promotion("simulated", "1", "2")
    assert aliases.standing("simulated") == {"champion": "1", "previous": "2", "challenger": "2"}
    assert aliases.rollback("simulated") == aliases.Promotion("simulated", "2", "1")
    assert aliases.standing("simulated") == {"champion": "2", "previous": "1", "challenger": "2"}
    with pytest.raises(RegistryError, match="no such registered model"):
        aliases.rollback("nobody")


@pytest.mark.usefixtures("mlruns")
def test_a_version_whose_run_was_deleted_is_said_so(linear_study: Made) -> None:
    run_id = log(linear_study)
    keep.register(linear_study.predictor, run_id, {})
    with pytest.raises(RegistryError, match="the registry has no version 9"):
        verdict.read("simulated", "9")


def several(compared: Made, sound: Predictor) -> None:
    """Version 1 was champion, 2 is, 3 wants to be; all belong to one run, which is all that is asked of it here."""
    run_id = log(compared)
    for number in ("first111", "second22"):
        keep.register(replace(sound, version=number), run_id, {})
        aliases.promote("simulated")
    keep.register(sound, run_id, {})


def refuse(mlruns: Path, table: str, when: str) -> None:
    """From now on the database takes no such row, as on a full disk."""
    with sqlite3.connect(mlruns / database.DATABASE) as connection:
        for place, event in enumerate(("INSERT", "UPDATE")):
            connection.execute(
                f"CREATE TRIGGER full_{place} BEFORE {event} ON {table} WHEN {when} "
                f"BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
            )


def allow(mlruns: Path) -> None:
    with sqlite3.connect(mlruns / database.DATABASE) as connection:
        connection.execute("DROP TRIGGER full_0")
        connection.execute("DROP TRIGGER full_1")


@pytest.mark.parametrize("refused", ["champion", "previous"])
def test_a_champion_changes_in_all_or_in_nothing_and_the_verdict_is_kept(
    run: Callable[..., None], compared: Made, sound: Predictor, mlruns: Path, refused: str
) -> None:
    several(compared, sound)
    before = aliases.standing("simulated")
    assert before == {"champion": "2", "previous": "1", "challenger": "3"}
    refuse(mlruns, "registered_model_aliases", f"NEW.alias = '{refused}' AND NEW.version != {before[refused]}")
    with pytest.raises(OutputError, match="Whatever was champion still is, and a verdict is kept"):
        run("simulated", force="on a full disk")
    assert aliases.standing("simulated") == before
    assert verdict.read("simulated", "3").version == "3"
    with pytest.raises(OutputError, match="the champion cannot be changed"):
        aliases.rollback("simulated")
    assert aliases.standing("simulated") == before
    allow(mlruns)
    run("simulated", force="there is room again")
    assert aliases.standing("simulated") == {"champion": "3", "previous": "2", "challenger": "3"}


def test_a_verdict_that_cannot_be_kept_promotes_nobody_and_leaves_no_half_of_itself(
    run: Callable[..., None], compared: Made, sound: Predictor, mlruns: Path
) -> None:
    several(compared, sound)
    refuse(mlruns, "model_version_tags", "NEW.key = 'gate_golden_rows'")
    with pytest.raises(OutputError, match="the verdict cannot be kept: the disk is full"):
        run("simulated")
    assert aliases.standing("simulated") == {"champion": "2", "previous": "1", "challenger": "3"}
    assert "gate" not in database.connect().get_model_version("simulated", "3").tags
    allow(mlruns)
    run("simulated")
    assert database.connect().get_model_version("simulated", "3").tags["gate"] == "passed"


def test_an_interrupted_promotion_puts_back_what_it_had_moved(
    compared: Made, sound: Predictor, mlruns: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mlruns.exists()
    several(compared, sound)
    before = aliases.standing("simulated")
    own = MlflowClient.set_registered_model_alias

    def interrupted(self: MlflowClient, name: str, alias: str, version: str) -> None:
        if (alias, version) == ("champion", "3"):
            raise KeyboardInterrupt
        own(self, name, alias, version)

    monkeypatch.setattr(MlflowClient, "set_registered_model_alias", interrupted)
    with pytest.raises(KeyboardInterrupt):
        aliases.promote("simulated")
    assert aliases.standing("simulated") == before
