"""Answers as Arrow has them, for cohorts that are read and written in batches; the arrays of `answer`, no frame."""

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from therapport import __version__
from therapport.features import FactorMatrix
from therapport.predictor.answer import TEXT, Values, answer_arrays, columns
from therapport.predictor.outputs import Wanted

if TYPE_CHECKING:
    from therapport.predictor.model import Predictor


def schema(predictor: "Predictor", wanted: Wanted) -> pa.Schema:
    """Columns and types of the answers; its metadata say which model answers."""
    fields = [pa.field(predictor.codebook.id, pa.string())]
    fields += [pa.field(name, pa.string() if name in TEXT else pa.float64()) for name in columns(predictor, wanted)]
    return pa.schema(
        fields,
        metadata={
            "therapport.version": __version__,
            "therapport.model": f"{predictor.name} {predictor.version}",
            "therapport.codebook_digest": predictor.codebook.digest(),
            "therapport.outcome": "" if predictor.outcome is None else predictor.outcome.definition,
            "therapport.simulated_training": str(predictor.codebook.simulated).lower(),
        },
    )


def record_batch(
    predictor: "Predictor", ids: pa.StringArray, matrix: FactorMatrix, *, check_rows: int | None, wanted: Wanted
) -> tuple[pa.RecordBatch, dict[str, Values]]:
    """The answers to a factor matrix whose values fit the codebook, and the same as arrays."""
    arrays = answer_arrays(predictor, matrix, check_rows=check_rows, wanted=wanted)
    made = [_column(values, len(matrix)) for values in arrays.values()]
    return pa.RecordBatch.from_arrays([ids, *made], schema=schema(predictor, wanted)), arrays


def _column(values: Values, rows: int) -> pa.Array:
    if isinstance(values, str):
        return pa.repeat(pa.scalar(values, pa.string()), rows)
    if isinstance(values, np.ndarray) and values.dtype == object:
        return pa.array(values, pa.string())
    # NaN is null: what is not known is no number.
    return pa.array(np.broadcast_to(np.asarray(values, dtype=np.float64), (rows,)), from_pandas=True)
