"""The real command in a folder of its own, as a user has it."""

import os
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
    """A folder with a small simulated study that has been compared, promoted and saved; not to be written to."""
    folder = tmp_path_factory.mktemp("trained")
    (folder / "mlruns").mkdir()
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
    return folder
