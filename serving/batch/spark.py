"""The same in Spark: parts of a run made by its workers, and a function for tables that Spark has already.

    score = spark.scorer("/shared/model")
    answers = session.table("patients").mapInArrow(score, score.schema)

Nothing here is imported unless it is asked for, and a worker needs no pandas of Spark's: Arrow in, Arrow out. Each
worker process reads the model once.
"""

import functools
import json
import os
import sys
import threading
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from serving.batch import parts
from serving.batch.parts import CHECKED_ROWS, Job
from serving.batch.run import Make, Making, piece_rows
from serving.batch.settings import Settings, Told
from serving.batch.work import Document
from therapport import features
from therapport import predictor as predictors
from therapport.cohort.header import check_header
from therapport.cohort.stream import Checked, Checks
from therapport.cohort.stream.values import as_floats, plain
from therapport.errors import CohortError, MissingPartError, ModelError, TherapportError
from therapport.predictor import Predictor
from therapport.predictor.columnar import record_batch, schema
from therapport.predictor.outputs import Output, Wanted, wanted

RESULT = "part int, problem string"
ATTEMPTS = 4
"""So often is a part tried whose worker is lost."""
A_LOOK = 0.2
"""Seconds between two looks at which parts are there."""
DDL = {pa.string(): "string", pa.float64(): "double"}


def session(workers: int | None) -> Any:  # noqa: ANN401 - Spark is an optional part
    """The session that is there, or a local one with so many workers; raises MissingPartError without Spark."""
    try:
        from pyspark import SparkConf  # noqa: PLC0415 - it is an optional part
        from pyspark.sql import SparkSession  # noqa: PLC0415
    except ImportError:
        raise MissingPartError("Spark is not installed: pip install 'therapport[spark]'.") from None
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    # Of pandas, which is not used here.
    warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas", category=FutureWarning)
    if (active := SparkSession.getActiveSession()) is not None:
        return active
    try:
        conf = SparkConf()
        if not conf.contains("spark.master"):
            conf = conf.setMaster(f"local[{workers or '*'},{ATTEMPTS}]")
        conf.setIfMissing("spark.ui.showConsoleProgress", "false").setIfMissing("spark.ui.enabled", "false")
        return SparkSession.builder.appName("therapport").config(conf=conf).getOrCreate()
    except Exception as error:  # noqa: BLE001 - Spark raises whatever Java raises
        raise MissingPartError(
            f"Spark does not start ({type(error).__name__}); it needs Java 17 or later (JAVA_HOME)."
        ) from None


def maker(settings: Settings, *, workers: int | None) -> Make:
    """Make the parts of a run in Spark; input, output and model must lie where every worker finds them."""
    spark = session(workers)

    def make(job: Job, numbers: list[int], told: Told) -> Making:
        if not numbers:
            return
        model = job.work.folder / "model"
        predictors.save(job.predictor, model, overwrite=True)
        order = Order(replace(job, predictor=None), model, tuple(numbers), settings.part_rows)  # type: ignore[arg-type]
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
        job = replace(self.job, predictor=_predictor(self.model))
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


@functools.lru_cache(maxsize=2)
def _predictor(model: Path) -> Predictor:
    return predictors.load(model)


def scorer(
    model: str | Path,
    outputs: Sequence[str] = (Output.INTERVALS.value,),
    *,
    ignore_unknown: bool = False,
    allow_absent: bool = False,
) -> "Scorer":
    """A function for `mapInArrow` with a model folder that every worker can read.

    Rows that break the codebook come back with the status `rejected: …` and nothing else; whether an id stands in
    several rows cannot be seen here. Raises ModelError if the folder is no model.
    """
    asked = wanted(map(Output, outputs))
    columns = schema(predictors.load(Path(model)), asked)
    ddl = ", ".join(f"`{field.name}` {DDL[field.type]}" for field in columns)
    return Scorer(Path(model).resolve(), asked, ddl, ignore_unknown, allow_absent)


@dataclass(frozen=True)
class Scorer:
    """Batches of patients in, batches of answers out."""

    model: Path
    wanted: Wanted
    schema: str
    """What Spark must be told of the answers."""
    ignore_unknown: bool
    allow_absent: bool

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Score one partition. Raises CohortError if its columns are not those of the codebook."""
        predictor, rows = _predictor(self.model), 0
        for batch in batches:
            checked = self._checks(predictor, batch).of(batch)
            yield self._answered(predictor, checked, max(0, CHECKED_ROWS - rows))
            rows += len(batch)

    def _checks(self, predictor: Predictor, batch: pa.RecordBatch) -> Checks:
        codebook, names = predictor.codebook, batch.schema.names
        header = check_header(
            names,
            codebook,
            wanted=[codebook.id, *predictor.factors],
            ignore_unknown=self.ignore_unknown,
            may_be_absent=set(predictor.factors) if self.allow_absent else set(),
        )
        if header.problems:
            raise CohortError("The columns do not fit the model.", header.problems)
        there = [name for name in predictor.factors if name in names]
        codes = [codebook.id, *(name for name in there if codebook.factors[name].kind == "category")]
        return Checks(codebook, there, broken_codes={name for name in codes if _broken(plain(batch.column(name)))})

    def _answered(self, predictor: Predictor, checked: Checked, check_rows: int) -> pa.RecordBatch:
        kept = checked.kept
        matrix = features.from_columns(checked.columns, predictor.factors, len(kept))
        matrix[~kept] = np.nan
        batch, _ = record_batch(predictor, checked.ids, matrix, check_rows=check_rows, wanted=self.wanted)
        if kept.all():
            return batch
        said: dict[int, list[str]] = {}
        for column, words, rows in checked.violations:
            for row in rows:
                said.setdefault(row - 1, []).append(f"{column}: {words}")
        there = pa.array(np.where(kept, np.arange(len(kept)), -1), mask=~kept)
        empty = batch.take(there)
        status = empty.column("status").to_pylist()
        for row, problems in said.items():
            status[row] = f"rejected: {'; '.join(problems)}"
        columns = {name: empty.column(name) for name in batch.schema.names}
        columns |= {predictor.codebook.id: checked.ids, "status": pa.array(status, pa.string())}
        return pa.RecordBatch.from_pydict(columns, schema=batch.schema)


def _broken(array: pa.Array) -> bool:
    """Whether floating-point numbers are to be read as codes and are not all whole."""
    if not pa.types.is_floating(array.type):
        return False
    values = as_floats(array)
    return bool((values[~np.isnan(values)] != np.round(values[~np.isnan(values)])).any())
