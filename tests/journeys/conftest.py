"""The real command in a folder of its own, as a user has it."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

COMMAND = Path(sys.executable).parent / "therapport"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def therapport() -> Run:
    """Run `therapport` with arguments in a folder; its output is kept."""

    def run(*arguments: object, cwd: Path) -> "subprocess.CompletedProcess[str]":
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW")}
        return subprocess.run(
            [str(COMMAND), *map(str, arguments)],
            cwd=cwd,
            env={**environment, "COLUMNS": "200"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def trained(therapport: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small simulated study that has been compared, promoted and saved; not to be written to.

    One for all workers of a session: the first that asks makes it, and the others wait.
    """
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, ready = base / "trained", base / "trained.ready"
    with (base / "trained.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            shutil.rmtree(folder, ignore_errors=True)  # of a worker that failed half-way
            _train(therapport, folder)
            ready.touch()
    return folder


def _train(therapport: Run, folder: Path) -> None:
    (folder / "mlruns").mkdir(parents=True)
    done = therapport(
        "simulate", "--patients", 600, "--therapists", 24, "--sites", 4, "--seed", 3, "-o", "sim", cwd=folder
    )
    assert done.returncode == 0, done.stderr
    study = folder / "sim" / "study.toml"
    lighter = study.read_text().replace("repeats = 2", "repeats = 1").replace("draws = 1000", "draws = 200")
    stated = '\n[card]\nowner = "therapport: a test of its own commands"\n'
    study.write_text(lighter.replace("folds = 5", "folds = 3") + stated)
    for step in (("compare", "sim/study.toml", "--save", "model", "--learning-curve"), ("promote", "simulated")):
        done = therapport(*step, cwd=folder)
        assert done.returncode == 0, done.stderr
