"""Long trials of a server: `python -m tests.soak.serving [--write PAGE]`.

Kills at random moments under load, requests with canaries, schemathesis over the whole description.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from fastapi.testclient import TestClient
from rich.progress import track

from serving import app
from serving.api.frame import Frame
from serving.api.served import Loaded, Served
from serving.audit.folder import State
from serving.audit.trail import Trail
from serving.audit.verify import Report, verify
from serving.security.access import Access
from tests.bench import serving_model, tables
from tests.serving.api.tried import tried
from tests.serving.live.served import Load, running, until
from tests.serving.malformed import CANARIES, malformed
from therapport.predictor import Predictor

HEADER = ("trial", "what was done", "what must hold", "found")


def kills(model: Path, state: Path, number: int, generator: random.Random) -> list[str]:
    """A server of two workers is killed, sometimes one worker only; the next one goes on in the same state."""
    answered = halves = 0
    for kill in track(range(number), "Kills"):
        with running(model, "--workers", 2, "--state", state) as server, Load(server) as load:
            until(lambda load=load: load.answered > 20)
            time.sleep(generator.uniform(0, 1))
            if kill % 3 == 0 and server.children():
                os.kill(generator.choice(server.children()), signal.SIGKILL)
                before = load.answered
                until(lambda load=load, before=before: load.answered > before + 20)
            server.kill()
            for worker in server.children():
                os.kill(worker, signal.SIGKILL)
        answered, halves = answered + load.answered, halves + load.halves
        report = checked(state)
    kept = sum(one.answers for one in report.chains)
    torn = sum(one.torn for one in report.chains)
    if halves or kept < answered:
        sys.exit(f"{halves} half answers; {kept:,} answers kept of {answered:,}")
    found = f"{answered:,} answers got, {kept:,} kept; {len(report.chains)} chains, {torn} end in half a line"
    return [f"{number} kills under load", "kill -9 of the server, each third time of one worker first",
            "every answer got is whole and kept; chains intact; the next serves", found]  # fmt: skip


def checked(state: Path) -> Report:
    report = verify(State(state).audit)
    if report.problems:
        sys.exit("\n".join(report.problems))
    return report


def canaries(predictor: Predictor, folder: Path, number: int, generator: random.Random) -> list[str]:
    trail = Trail.begin(State(folder / "canaries"))
    made = app.assemble([Served(Loaded(predictor))], Frame(trail=trail), Access())
    client = TestClient(made, raise_server_exceptions=False)
    statuses: dict[int, int] = {}
    for one in track(malformed(predictor, generator, number), "Requests", total=number):
        answer = client.request(one.method, one.path, content=one.body, headers=one.headers)
        statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
        if answer.status_code >= 500 or any(canary in answer.text for canary in CANARIES):
            sys.exit(f"{one.path}: {answer.status_code} {answer.text[:500]}")
    trail.close()
    kept = b"".join(path.read_bytes() for path in (folder / "canaries").rglob("*") if path.is_file()).decode()
    if any(canary in client.get("/metrics").text + kept for canary in CANARIES):
        sys.exit("a canary in the metrics or in the trail")
    found = ", ".join(f"{count:,} × {status}" for status, count in sorted(statuses.items()))
    return [f"{number:,} malformed requests", "a canary in every field of every route",
            "no 5xx; the canary in no answer, metric or trail", found]  # fmt: skip


def description(predictor: Predictor, examples: int) -> list[str]:
    sent = tried(app.create([predictor]), examples=examples, leave_out=f"^/{predictor.name}/")
    return [f"schemathesis, {examples} examples", f"{len(sent)} operations, fitting and unfitting requests",
            "no 5xx, no answer other than described", f"{sum(sent.values()):,} requests, all as described"]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--examples", type=int, default=300)
    parser.add_argument("--model", type=Path, help="a folder that an earlier run left, to save its training")
    parser.add_argument("--write", type=Path, help="the page whose table is replaced")
    arguments = parser.parse_args()
    generator = random.Random(1)  # noqa: S311 - the same requests each time
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) if arguments.model is None else arguments.model
        predictor = serving_model.made(folder)
        named = replace(predictor, name="soak")
        trials: list[Callable[[], list[str]]] = [
            lambda: description(named, arguments.examples),
            lambda: canaries(named, Path(scratch), arguments.requests, generator),
            lambda: kills(folder / "model", Path(scratch) / "state", arguments.kills, generator),
        ]
        rows = [trial() for trial in trials]
    text = tables.markdown(HEADER, rows)
    print(text)  # noqa: T201 - what was asked for
    if arguments.write is not None:
        tables.replace_part(arguments.write, "serving trials", text)


if __name__ == "__main__":
    main()
