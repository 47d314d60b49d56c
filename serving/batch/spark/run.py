"""Parts of a run made by the workers of Spark, by the same code and with the same bytes as here."""

import json
import os
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from serving.batch import parts
from serving.batch.parts import Job
from serving.batch.run import Make, Making, piece_rows
from serving.batch.settings import Settings, Told
from serving.batch.spark import sessions
from serving.batch.spark.models import model
from serving.batch.spark.sessions import ATTEMPTS
from serving.batch.work import Document
from therapport import predictor as predictors
from therapport.errors import CohortError, ModelError, TherapportError

RESULT = "part int, problem string"
A_LOOK = 0.2
"""Seconds between two looks at which parts are there."""


def maker(settings: Settings, *, workers: int | None) -> Make:
    """Make the parts of a run in Spark; input, output and model must lie where every worker finds them."""
    spark = sessions.session(workers)

    def make(job: Job, numbers: list[int], told: Told) -> Making:
        if not numbers:
            return
        folder = job.work.folder / "model"
        predictors.save(job.predictor, folder, overwrite=True)
        order = Order(replace(job, predictor=None), folder, tuple(numbers), settings.part_rows)  # type: ignore[arg-type]
        spark.sparkContext.setLogLevel("OFF")
        group = f"therapport {id(job)}"
        running = _Running(spark, order, group)
        waiting = set(numbers)
        try:
            running.start()
            while waiting:
                over = not running.is_alive()
                for number in sorted(waiting):
                    document = _record(job, number)
                    if document is not None:
                        waiting.discard(number)
                        told(document["rows"])
                        yield number, document
                if over and waiting:
                    raise running.failure()
                running.join(A_LOOK)
        finally:
            if running.is_alive():
                spark.sparkContext.cancelJobGroup(group)
                running.join()

    return make


@dataclass(frozen=True)
class Order:
    """What a worker is told: the run without its predictor, which it reads itself."""

    job: Job
    model: Path
    numbers: tuple[int, ...]
    part_rows: int

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Make the parts whose places among `numbers` come in; what is wrong with a row or a file is told back."""
        for batch in batches:
            for place in batch.column(0).to_pylist():
                yield pa.RecordBatch.from_pydict(
                    {"part": [self.numbers[place]], "problem": [self._made(self.numbers[place])]},
                    schema=pa.schema([("part", pa.int32()), ("problem", pa.string())]),
                )

    def _made(self, number: int) -> str | None:
        os.environ.setdefault("LOKY_MAX_CPU_COUNT", "1")  # workers stand side by side already
        job = replace(self.job, predictor=model(self.model))
        size = piece_rows(self.part_rows)
        pieces = islice(job.rows.pieces(number * self.part_rows, size), self.part_rows // size)
        try:
            parts.make(job, number, pieces)
        except TherapportError as error:
            return str(error)  # trying it again would not help
        return None


class _Running(threading.Thread):
    """Spark at work."""

    def __init__(self, spark: Any, order: Order, group: str) -> None:  # noqa: ANN401 - Spark is an optional part
        super().__init__(daemon=True)
        self._spark, self._order, self._group = spark, order, group
        self._problems: list[str] = []
        self._error: Exception | None = None

    def run(self) -> None:
        """One task for each part."""
        number = len(self._order.numbers)
        try:
            self._spark.sparkContext.setJobGroup(self._group, "therapport score", interruptOnCancel=True)
            done = self._spark.range(0, number, 1, number).mapInArrow(self._order, RESULT).collect()
            self._problems = [row.problem for row in done if row.problem is not None]
        except Exception as error:  # noqa: BLE001 - Spark raises whatever Java raises
            self._error = error

    def failure(self) -> TherapportError:
        """Why parts are lacking; a message of Spark's own may quote a row."""
        if self._problems:
            return CohortError(self._problems[0])
        kind = "parts are lacking" if self._error is None else type(self._error).__name__
        return ModelError(f"Spark gave up after {ATTEMPTS} attempts ({kind}); run the command again to go on.")


def _record(job: Job, number: int) -> Document | None:
    try:
        document: Document = json.loads((job.work.folder / "records" / f"part-{number:05d}.json").read_bytes())
    except FileNotFoundError:
        return None
    return document
