"""The answers of a scored cohort, read back: a folder with parts, or one file."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds

from serving.batch import belonging
from therapport.errors import CohortError, ModelError
from therapport.predictor import Predictor
from therapport.predictor.distribution import monitored_columns

NOTHING = "{path}: there are no answers of therapport score here."
TEXTS = ("status", "missing", "model_name", "model_version")


def answers(predictor: Predictor, path: Path) -> pd.DataFrame:
    """The id, what is monitored, and the intervals, as far as they are there.

    Raises CohortError if there are no answers, ModelError if another model or version gave them.
    """
    further = ("response_probability", "end_score", "end_score_low", "end_score_high")
    table = read(path, (predictor.codebook.id, *TEXTS, *dict.fromkeys((*monitored_columns(predictor), *further))))
    if missing := [name for name in (predictor.codebook.id, *TEXTS) if name not in table]:
        raise CohortError(f"{path}: these are no answers of therapport score: {', '.join(missing)} is not there.")
    theirs = table[["model_name", "model_version"]].drop_duplicates()
    if theirs.to_numpy().tolist() != [[predictor.name, predictor.version]]:
        raise ModelError(
            f"{path}: these answers are not all of the model {predictor.name}, version {predictor.version}. "
            "Monitor each version by itself."
        )
    return table


def read(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    """Those of the columns that are there. Raises CohortError if nothing can be read, or there are no rows."""
    found = _dataset(path)
    there = [one for one in columns if one in found.schema.names]
    if not there:
        raise CohortError(NOTHING.format(path=path))
    try:
        table: pd.DataFrame = found.to_table(columns=there).to_pandas()
    except (OSError, pa.ArrowException):
        raise CohortError(NOTHING.format(path=path)) from None
    if table.empty:
        raise CohortError(f"{path}: there is no patient in it.")
    return table


def first_column(path: Path) -> str:
    """The name of the column in which answers have the patient's id. Raises CohortError."""
    names = _dataset(path).schema.names
    if not names or not set(TEXTS) <= set(names):
        raise CohortError(NOTHING.format(path=path))
    return str(names[0])


def _dataset(path: Path) -> ds.Dataset:
    there = belonging.answers(path)
    if not there:
        raise CohortError(NOTHING.format(path=path))
    try:
        return ds.dataset([str(one) for one in there], format="csv" if there[0].suffix.lower() == ".csv" else "parquet")
    except (OSError, pa.ArrowException):
        raise CohortError(NOTHING.format(path=path)) from None
