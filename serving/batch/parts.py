"""One part of a run: rows held against the codebook, answered, and written; what does not fit is rejected."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from serving.batch.tally import Tally
from serving.batch.watch import Watched, digest
from serving.batch.work import Document, Work
from therapport import features
from therapport.cohort import allowed
from therapport.cohort.stream import Checked, Piece, Rows
from therapport.errors import ModelError
from therapport.predictor import Predictor
from therapport.predictor.answer import TEXT
from therapport.predictor.columnar import record_batch, schema
from therapport.predictor.outputs import Wanted

CHECKED_ROWS = 1000
"""So many rows are held against the model's own library; all of them where a page or the API asks for one."""
REJECTED = pa.schema(
    [
        pa.field("file", pa.string()),
        pa.field("row", pa.int64()),
        pa.field("id", pa.string()),
        pa.field("column", pa.string()),
        pa.field("reason", pa.string()),
        pa.field("allowed", pa.string()),
    ]
)
"""One line for each rule that a row breaks. Its value is never among them."""


@dataclass(frozen=True)
class Job:
    """What every part of a run shares."""

    predictor: Predictor
    rows: Rows
    wanted: Wanted
    work: Work
    watched: Watched


def make(job: Job, number: int, pieces: Iterable[Piece]) -> Document:
    """Make a part of its pieces and say what is in it; raises CohortError if the input has changed meanwhile."""
    tally, rejected = Tally.empty(job.predictor), []
    target = job.work.part(number)
    # Of this process alone: where another engine repeats what it believes lost, two may be at it.
    draft = target.with_name(f".{target.name}.{os.getpid()}.draft")
    try:
        with _writer(draft, schema(job.predictor, job.wanted)) as writer:
            for piece in pieces:
                checked = job.rows.checked(piece)
                rejected.append(_rejected(job.rows, piece, checked))
                writer.write_batch(_answered(job, piece, checked, tally))
        job.watched.require_unchanged()
        document = {
            "sha256": digest(draft),
            "rejected_sha256": _keep(pa.concat_tables(rejected), job.work.rejected(number)),
            **tally.to_json(),
        }
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    job.work.record(number, document)
    return document


def _answered(job: Job, piece: Piece, checked: Checked, tally: Tally) -> pa.RecordBatch:
    predictor, kept = job.predictor, checked.kept
    matrix = features.from_columns(checked.columns, predictor.factors, len(kept))
    ids = checked.ids
    if not kept.all():
        matrix, ids = matrix[kept], ids.filter(pa.array(kept))
    check_rows = int(kept[: max(0, CHECKED_ROWS - piece.first)].sum())
    batch, arrays = record_batch(predictor, ids, matrix, check_rows=check_rows, wanted=job.wanted)
    status = np.asarray(arrays["status"])
    if any(str(one).startswith("failed") for one in set(status.tolist())):
        raise ModelError(f"{predictor.name}: the explanation did not add up to the prediction; nothing was written.")
    tally.add(matrix, arrays, rejected=checked)
    return batch


def _rejected(rows: Rows, piece: Piece, checked: Checked) -> pa.Table:
    """One line for each violation, in the order of rows."""
    lines = sorted(
        ((row, place) for place, (_, _, found) in enumerate(checked.violations) for row in found),
    )
    places = [rows.place(piece.first + row - 1) for row, _ in lines]
    said = [checked.violations[place] for _, place in lines]
    return pa.table(
        {
            "file": [file for file, _ in places],
            "row": [row for _, row in places],
            "id": checked.ids.take(pa.array([row - 1 for row, _ in lines], pa.int64())),
            "column": [column for column, _, _ in said],
            "reason": [allowed.reason(words) for _, words, _ in said],
            "allowed": [words for _, words, _ in said],
        },
        schema=REJECTED,
    )


def _keep(rejected: pa.Table, path: Path) -> str | None:
    path.unlink(missing_ok=True)
    if len(rejected) == 0:
        return None
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        pyarrow.parquet.write_table(rejected, draft)
        found = digest(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return found


def _writer(path: Path, columns: pa.Schema) -> pyarrow.parquet.ParquetWriter:
    # Numbers of patients hardly repeat: a dictionary of them costs time and saves nothing.
    return pyarrow.parquet.ParquetWriter(
        path, columns, use_dictionary=[name for name in columns.names if name in TEXT], compression="snappy"
    )
