"""The real command: several workers, a new version under load, kills, and a graceful end."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from serving.audit.folder import State
from serving.audit.verify import verify
from tests.serving.live.served import Load, running, until
from therapport import predictor as predictors
from therapport.predictor import Predictor


@pytest.fixture
def model(tmp_path: Path, severity_alone: Predictor) -> Path:
    predictors.save(replace(severity_alone, version="old"), tmp_path / "model")
    return tmp_path / "model"


def answers_kept(state: Path) -> int:
    report = verify(State(state).audit)
    assert not report.problems
    return sum(one.answers for one in report.chains)


def test_workers_swap_and_die_and_end_without_a_lost_answer(
    model: Path, tmp_path: Path, severity_alone: Predictor
) -> None:
    state = tmp_path / "state"
    with running(model, "--workers", 2, "--state", state, "--watch", 0.3) as server:
        until(lambda: len(server.children()) == 2)
        with Load(server) as load:
            until(lambda: load.answered > 50)
            predictors.save(replace(severity_alone, version="new"), model, overwrite=True)
            until(lambda: "new" in load.versions)
            until(lambda: all(server.version() == "new" for _ in range(8)))
            assert load.dropped == load.halves == 0
            # One worker is killed: the other goes on, and a new one takes its place.
            first, second = server.children()
            os.kill(first, signal.SIGKILL)
            until(lambda: len(set(server.children()) - {first, second}) == 1)
            before = load.answered
            until(lambda: load.answered > before + 50)
        assert load.halves == 0
        metrics = server.ask("/metrics").decode()
        assert 'therapport_rows_total{model="small",status="scored"}' in metrics
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=60) in (0, -signal.SIGTERM)
        until(lambda: server.children() == [])
    assert answers_kept(state) >= load.answered
    ends = [one for one in verify(State(state).audit).chains if not one.torn]
    assert len(ends) >= 2


def test_a_server_that_is_killed_twice_under_load_serves_again(model: Path, tmp_path: Path) -> None:
    state, answered = tmp_path / "state", 0
    for kill in range(2):
        with running(model, "--state", state) as server, Load(server) as load:
            until(lambda load=load: load.answered > 30)
            time.sleep(0.013 * (kill + 1))
            server.kill()
        answered += load.answered
        assert load.halves == 0
        assert answers_kept(state) >= answered


def test_others_are_not_answered_without_keys(model: Path) -> None:
    command = [str(Path(sys.executable).parent / "therapport"), "serve", str(model), "--host", "0.0.0.0"]  # noqa: S104 - it is refused
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 3
    assert "therapport keys add" in done.stderr
