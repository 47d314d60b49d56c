"""Where the time of one request goes: `python -m tests.bench.serving_stages [--write PAGE] [--model FOLDER]`.

Stages run one after the other as in a server, because each pushes the others out of the fast caches: alone they take
half as long. What the HTTP server and the kernel take is not in it; `tests.bench.serving` has the whole.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from rich.console import Console

from serving.api import answering
from serving.api.meters import Meters
from serving.audit.folder import State
from serving.audit.trail import Trail
from serving.live import load, worker
from serving.live.worker import Settings
from tests.bench import serving, serving_model, tables
from therapport.predictor import answer_rows

ROUNDS = 2000
READ, GAMES, CHECK, ANSWER, WRITE, KEEP, COUNT = (
    "read the JSON and hold it against the codebook",
    "the family games of the model and its 20 refits",
    "the model's own score, by xgboost",
    "the rest of the answer: rules, probability points, intervals",
    "write the answer as JSON",
    "a line of audit, in the system's hands",
    "count for Prometheus",
)
AROUND, WHOLE = "routing, keys, headers", "all, without HTTP"
Done = TypeVar("Done")


class Stages:
    """Microseconds of each stage, round by round."""

    def __init__(self) -> None:
        self.taken: dict[str, list[float]] = {}

    def time(self, name: str, stage: Callable[[], Done]) -> Done:
        start = time.perf_counter_ns()
        done = stage()
        self.taken.setdefault(name, []).append((time.perf_counter_ns() - start) / 1000)
        return done

    def typical(self, name: str) -> float:
        """Of a fast round: other processes of the machine only ever add."""
        return float(np.quantile(self.taken[name], 0.05))


def measured(model: Path, state: Path) -> dict[str, float]:
    """Stage -> microseconds."""
    application = worker.application(Settings((str(model),), state=state / "server", watch_seconds=0))
    loaded = load.load(str(model))
    predictor, trail, meters, stages = loaded.predictor, Trail.begin(State(state / "own")), Meters(), Stages()
    head, _, body = serving.bodies(predictor)[serving.OURS].partition(b"\r\n\r\n")
    explained = predictor.response
    if explained is None:
        raise SystemExit("the model has no response")
    for number in range(2 * ROUNDS):
        patients = stages.time(READ, lambda: loaded.reader.several(body))
        if number % 2:  # the parts of the answer, in rounds of their own
            stages.time(GAMES, lambda: explained.explain(patients.matrix, refitted=True))  # noqa: B023
            stages.time(CHECK, lambda: explained.score.of(patients.matrix))  # noqa: B023
        rows = stages.time(str(number % 2), lambda: answer_rows(predictor, patients.ids, patients.matrix))  # noqa: B023
        texts = stages.time(WRITE, lambda: answering.encoded([dict(row) for row in rows]))  # noqa: B023
        kept = [rest for _, rest in texts]
        stages.time(KEEP, lambda: trail.answers(loaded, None, "predict", patients, kept))  # noqa: B023
        stages.time(COUNT, lambda: meters.answers(predictor.name, tuple(predictor.families), rows))  # noqa: B023
    trail.close()
    asyncio.run(_whole(application, head, body, stages))
    found = {name: stages.typical(name) for name in (READ, GAMES, CHECK)}
    found[ANSWER] = stages.typical("0") - found[GAMES] - found[CHECK]
    found |= {name: stages.typical(name) for name in (WRITE, KEEP, COUNT)}
    return {**found, AROUND: stages.typical(WHOLE) - sum(found.values()), WHOLE: stages.typical(WHOLE)}


async def _whole(application: Any, head: bytes, body: bytes, stages: Stages) -> None:  # noqa: ANN401 - any application
    headers = [tuple(line.split(b": ", 1)) for line in head.split(b"\r\n")[1:]]
    scope = {"type": "http", "method": "POST", "path": "/v1/predict", "query_string": b"", "headers": headers}
    statuses = set()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        statuses.add(message.get("status", 200))

    for _ in range(ROUNDS):
        start = time.perf_counter_ns()
        await application(dict(scope), receive, send)
        stages.taken.setdefault(WHOLE, []).append((time.perf_counter_ns() - start) / 1000)
    if statuses != {200}:
        raise SystemExit(f"answered with {sorted(statuses)}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", type=Path, help="the page whose table is replaced")
    parser.add_argument("--model", type=Path, help="a folder that an earlier run left, to save its training")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) if arguments.model is None else arguments.model
        serving_model.made(folder)
        found = measured(folder / "model", Path(scratch))
    rows = [[name, f"{taken:.0f}", f"{100 * taken / found[WHOLE]:.0f} %"] for name, taken in found.items()]
    text = tables.markdown(("stage", "microseconds", "share"), rows)
    Console().print(text, markup=False, soft_wrap=True)
    if arguments.write is not None:
        tables.replace_part(arguments.write, "serving stages", text)


if __name__ == "__main__":
    main()
