"""Tables that Spark has already: a function for `mapInArrow`, batches of patients in, batches of answers out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from serving.batch.parts import CHECKED_ROWS
from serving.batch.spark import models
from therapport import features
from therapport import predictor as predictors
from therapport.cohort.header import check_header
from therapport.cohort.stream import Checked, Checks
from therapport.cohort.stream.values import as_floats, plain
from therapport.errors import CohortError
from therapport.predictor import Predictor
from therapport.predictor.columnar import record_batch, schema
from therapport.predictor.outputs import Output, Wanted, wanted

DDL = {pa.string(): "string", pa.float64(): "double"}


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
        predictor, rows = models.model(self.model), 0
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
