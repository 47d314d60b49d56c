"""Clients of MLflow's own server and of pyfunc get the answers that `therapport score` gives."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.journeys.conftest import Run

MLFLOW = Path(sys.executable).parent / "mlflow"
PATIENTS = 40
EXACT = 1e-9


@pytest.fixture(scope="module")
def server(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`mlflow models serve` on a free port."""
    said = tmp_path_factory.mktemp("server") / "said"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        # Other tests of this process may have left MLflow's variables, such as that of the registry.
        **{name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW", "_MLFLOW"))},
        "MLFLOW_TRACKING_URI": f"sqlite:///{trained / 'mlruns' / 'mlflow.db'}",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "PATH": f"{MLFLOW.parent}{os.pathsep}{os.environ['PATH']}",  # it starts its server by name
    }
    address = f"http://127.0.0.1:{port}"
    arguments = ["models", "serve", "-m", "models:/simulated@champion", "--env-manager", "local", "-p", str(port)]
    with (
        said.open("wb") as log,
        subprocess.Popen(
            [str(MLFLOW), *arguments], env=environment, stdout=log, stderr=log, start_new_session=True
        ) as process,
    ):
        try:
            _wait_for(f"{address}/ping", process, said)
            yield address
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, 15)  # it starts workers of its own
            process.wait(timeout=30)


def _wait_for(address: str, process: "subprocess.Popen[bytes]", said: Path) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the server ended before it answered: {said.read_text()[-2000:]}"
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - our own loopback address
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.3)
    raise AssertionError("the server did not answer in time")


@pytest.fixture(scope="module")
def patients(trained: Path) -> pd.DataFrame:
    cohort = pd.read_parquet(trained / "sim" / "cohort.parquet").head(PATIENTS)
    return cohort.drop(columns=["phq9_end", "therapist_id", "site_id"])


@pytest.fixture(scope="module")
def scored(
    therapport: Run, trained: Path, patients: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory
) -> pd.DataFrame:
    folder = tmp_path_factory.mktemp("scored")
    patients.to_parquet(folder / "patients.parquet")
    done = therapport("score", "models:/simulated@champion", folder / "patients.parquet", "-o", folder, cwd=trained)
    assert done.returncode == 0, done.stderr
    return pd.read_parquet(folder / "scores.parquet")


@pytest.mark.parametrize("form", ["dataframe_split", "dataframe_records"])
def test_the_server_of_mlflow_gives_the_same_answers(
    server: str, patients: pd.DataFrame, scored: pd.DataFrame, form: str
) -> None:
    # Through JSON, so that missing values are null as any client sends them.
    records = json.loads(patients.to_json(orient="records"))
    columns = list(patients.columns)
    rows = [[record[column] for column in columns] for record in records]
    sent = records if form == "dataframe_records" else {"columns": columns, "data": rows}
    request = urllib.request.Request(  # noqa: S310 - our own loopback address
        f"{server}/invocations",
        data=json.dumps({form: sent}).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310 - our own loopback address
        answers = pd.DataFrame(json.load(response)["predictions"])
    assert list(answers.columns) == list(scored.columns)
    for column in scored.columns:
        if pd.api.types.is_numeric_dtype(scored[column]):
            given, expected = answers[column].to_numpy(dtype=float), scored[column].to_numpy(dtype=float)
            np.testing.assert_allclose(given, expected, rtol=0, atol=EXACT, err_msg=column)
        else:
            assert answers[column].tolist() == scored[column].tolist(), column
