"""Our server beside MLflow's own, in one run: `python -m tests.bench.serving [--write PAGE] [--memory REQUESTS]`.

The peers predict only; ours gives families with intervals, checks itself and keeps an audit trail. One peer is what its
users serve, a scikit-learn pipeline on the same factors; the other is a bare booster that is sent encoded numbers, so
that somebody else has to read the patient. All have 300 trees of depth 4 and as many workers, and take turns, so that
they meet the same machine.
"""

import argparse
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import xgboost
from mlflow.models import infer_signature
from rich.console import Console
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from tests.bench import http_load, serving_model, tables
from tests.bench.http_load import Load
from tests.bench.serving_model import DEPTH, TREES
from therapport.models import TreeScore
from therapport.predictor import Predictor, made_up

PACKAGES = ("therapport", "mlflow", "uvicorn", "uvloop", "starlette", "xgboost-cpu", "numpy", "numba")
HEADER = (
    "server", "workers", "clients", "requests/s", "p50, ms", "p99, ms", "processor, ms", "requests/s, ours / this",
    "p50, this / ours", "processor, this / ours",
)  # fmt: skip
ROUNDS, CLIENTS = 3, (1, 16)
OURS, PIPELINE, BOOSTER = "therapport", "mlflow-pipeline", "mlflow-booster"
REQUESTS = {OURS: 3000, PIPELINE: 300, BOOSTER: 900}
TICK = os.sysconf("SC_CLK_TCK")
COMMANDS = Path(sys.executable).parent
WAIT_SECONDS = 120


@dataclass(frozen=True)
class Timed:
    load: Load
    processor: float
    """Milliseconds a request, over all processes of the server."""


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextlib.contextmanager
def server(command: Sequence[str], port: int, ping: str, **environment: str) -> Iterator[tuple[int, float]]:
    """A server as a process group of its own; yields its process id and the seconds until it was ready."""
    start = time.perf_counter()
    path = f"{COMMANDS}{os.pathsep}{os.environ['PATH']}"
    with subprocess.Popen(
        command, env={**os.environ, "PATH": path, **environment}, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            while True:
                if process.poll() is not None or time.perf_counter() - start > WAIT_SECONDS:
                    raise SystemExit(f"{command[0]} did not start")
                with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
                    urllib.request.urlopen(f"http://127.0.0.1:{port}{ping}", timeout=2).close()
                    break
                time.sleep(0.05)
            yield process.pid, time.perf_counter() - start
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=60)


def command(name: str, folder: Path, workers: int, port: int) -> list[str]:
    if name == OURS:
        return [
            str(COMMANDS / "therapport"), "serve", str(folder / "model"), "--port", str(port),
            "--workers", str(workers), "--state", str(folder / "state"),
        ]  # fmt: skip
    return [
        str(COMMANDS / "mlflow"), "models", "serve", "-m", str(folder / name), "--env-manager", "local",
        "-p", str(port), "-w", str(workers),
    ]  # fmt: skip


def bodies(predictor: Predictor) -> dict[str, bytes]:
    """The same patient for all: by name for ours and the pipeline, as model inputs for the booster."""
    table = made_up(predictor, patients=1, seed=3).table.ffill()
    row = json.loads(table.to_json(orient="records"))[0]
    inputs = tree_score(predictor).encoding.apply(predictor.matrix(table))[0]
    numbers = np.nan_to_num(inputs).tolist()  # the peers take no missing value through JSON
    factors = {name: 0.0 if row[name] is None else row[name] for name in predictor.factors}
    split = {
        PIPELINE: {"columns": list(factors), "data": [list(factors.values())]},
        BOOSTER: {"columns": [f"f{place}" for place in range(len(numbers))], "data": [numbers]},
    }
    for name in predictor.factors:
        if predictor.codebook.factors[name].kind == "boolean" and row[name] is not None:
            row[name] = bool(row[name])
    return {
        OURS: http_load.request("/v1/predict", json.dumps({"patients": [row]}).encode()),
        **{
            name: http_load.request("/invocations", json.dumps({"dataframe_split": each}).encode())
            for name, each in split.items()
        },
    }


def tree_score(predictor: Predictor) -> TreeScore:
    model = predictor.response
    if model is None or not isinstance(model.score, TreeScore):
        raise SystemExit("the model has no trees")
    return model.score


def save_peers(predictor: Predictor, folder: Path) -> None:
    """As a user of MLflow would: encoder and classifier in one pipeline; and the booster alone."""
    mlflow.xgboost.save_model(tree_score(predictor).booster, str(folder / BOOSTER))
    cohort = pd.read_parquet(folder / "cohort.parquet")
    known = predictor.codebook.factors
    categories = [name for name in predictor.factors if known[name].kind == "category"]
    numbers = [name for name in predictor.factors if name not in categories]
    encoder = OneHotEncoder(categories=[list(known[name].levels) for name in categories], handle_unknown="ignore")
    pipeline = make_pipeline(
        ColumnTransformer([("numbers", "passthrough", numbers), ("categories", encoder, categories)]),
        xgboost.XGBClassifier(n_estimators=TREES, max_depth=DEPTH, learning_rate=0.05, n_jobs=1),
    )
    factors = cohort[list(predictor.factors)].astype(dict.fromkeys(numbers, "float64"))
    pipeline.fit(factors, cohort["phq9_intake"] - cohort["phq9_end"] >= 6)
    # MLflow's safer format refuses pipelines with xgboost in them; this folder is gone after the run.
    signature = infer_signature(factors.head(), pipeline.predict(factors.head()))
    mlflow.sklearn.save_model(pipeline, str(folder / PIPELINE), signature=signature, serialization_format="cloudpickle")


def median_round(found: list[Timed]) -> Timed:
    """The median round by rate."""
    return sorted(found, key=lambda one: one.load.rate)[len(found) // 2]


def beside(folder: Path, predictor: Predictor, workers: int, scale: float) -> tuple[list[list[str]], list[str]]:
    sent = bodies(predictor)
    ports = {name: free_port() for name in sent}
    rows, ready, groups = [], {}, {}
    with contextlib.ExitStack() as stack:
        for name, port in ports.items():
            started = server(command(name, folder, workers, port), port, "/ping", MLFLOW_DISABLE_TELEMETRY="true")
            groups[name], ready[name] = stack.enter_context(started)
            http_load.load(port, sent[name], clients=2, requests=40)
        for clients in CLIENTS:
            rounds: dict[str, list[Timed]] = {name: [] for name in ports}
            for _ in range(ROUNDS):
                for name, port in ports.items():
                    number = max(clients, int(REQUESTS[name] * scale))
                    before = processor_seconds(groups[name])
                    load = http_load.load(port, sent[name], clients=clients, requests=number)
                    used = (processor_seconds(groups[name]) - before) / len(load.latencies)
                    rounds[name].append(Timed(load, used * 1000))
            found = {name: median_round(each) for name, each in rounds.items()}
            rows += [row(name, one, found[OURS], workers) for name, one in found.items()]
    times = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in ready.items())
    return rows, [f"With {workers} worker{'s' * (workers > 1)}, ready after: {times}."]


def row(name: str, timed: Timed, our: Timed, workers: int) -> list[str]:
    one, ours = timed.load, our.load
    figures = [f"{one.rate:,.0f}", f"{one.milliseconds(0.5):.2f}", f"{one.milliseconds(0.99):.2f}"]
    ratios = ["", "", ""]
    if name != OURS:
        ratios = [f"{ours.rate / one.rate:.1f}", f"{one.milliseconds(0.5) / ours.milliseconds(0.5):.1f}"]
        ratios.append(f"{timed.processor / our.processor:.1f}")
    return [name, str(workers), str(one.clients), *figures, f"{timed.processor:.2f}", *ratios]


def processor_seconds(group: int) -> float:
    """What all processes of a session have used so far; it does not depend on what else the machine does."""
    used = 0.0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            if int(fields[3]) == group:
                used += (int(fields[11]) + int(fields[12])) / TICK
    return used


def memory(folder: Path, predictor: Predictor, requests: int) -> str:
    """Resident memory of one worker as requests go by."""
    port, sent = free_port(), bodies(predictor)[OURS]
    with server(command(OURS, folder, 1, port), port, "/ping") as (pid, _):
        marks = [http_load.load(port, sent, clients=16, requests=1600) and resident(pid)]
        for _ in range(10):
            http_load.load(port, sent, clients=16, requests=requests // 10)
            marks.append(resident(pid))
    shown = ", ".join(f"{mark:.0f}" for mark in marks)
    return f"Memory of one worker over {requests:,} requests, MiB after each tenth: {shown}."


def resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", type=Path, help="the page whose table is replaced")
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--scale", type=float, default=1.0, help="of the number of requests")
    parser.add_argument("--memory", type=int, default=100_000, help="requests of the trial of memory; 0 for none")
    parser.add_argument("--model", type=Path, help="a folder that an earlier run left, to save its training")
    arguments = parser.parse_args()
    rows: list[list[str]] = []
    notes: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) if arguments.model is None else arguments.model
        folder.mkdir(exist_ok=True)
        predictor = serving_model.made(folder)
        if not (folder / PIPELINE).exists():
            save_peers(predictor, folder)
        for workers in arguments.workers:
            more, told = beside(folder, predictor, workers, arguments.scale)
            rows, notes = rows + more, notes + told
            Console().print(*told)
        if arguments.memory:
            notes.append(memory(folder, predictor, arguments.memory))
    text = "\n\n".join([tables.markdown(HEADER, rows), *notes, tables.machine(PACKAGES)])
    Console().print(text, markup=False, soft_wrap=True)
    if arguments.write is not None:
        tables.replace_part(arguments.write, "serving speed", text)


if __name__ == "__main__":
    main()
