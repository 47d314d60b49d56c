"""A whole cohort scored: file in, file of answers out, complete or not at all."""

import io
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from therapport import __version__, codebook, cohort, files
from therapport.cohort import AsOf
from therapport.errors import CohortError, ModelError, OutputError
from therapport.predictor import Predictor

ENDINGS = (".parquet", ".csv")
DEFAULT_NAME = "scores.parquet"
CHECKED_ROWS = 1000
"""So many rows are held against the model's own library; all of them where a page or the API asks for one."""


def target_of(output: Path) -> Path:
    """The file that `-o` means: itself if it ends in .parquet or .csv, else `scores.parquet` in that folder."""
    if output.suffix.lower() in ENDINGS:
        return output
    if output.suffix and not output.is_dir():
        raise OutputError(f"{output}: answers are written as {' or '.join(ENDINGS)}, or into a folder.")
    return output / DEFAULT_NAME


def require_same_codebook(predictor: Predictor, path: Path) -> None:
    """Raise ModelError if the codebook in the file is not the one that the predictor was made for."""
    theirs, ours = codebook.read(path), predictor.codebook
    if theirs.digest() == ours.digest():
        return
    names = sorted({*ours.factors, *theirs.factors})
    differing = [name for name in names if ours.factors.get(name) != theirs.factors.get(name)]
    raise ModelError(
        f"{path}: the model {predictor.name} was made for the codebook {ours.name} ({ours.digest()}), "
        f"not for {theirs.name} ({theirs.digest()}).",
        [f"{name}: described differently" for name in differing],
    )


def score(
    predictor: Predictor,
    path: Path,
    output: Path,
    *,
    measurements: Path | None = None,
    encoding: str | None = None,
    ignore_unknown: bool = False,
    allow_absent: bool = False,
    overwrite: bool = False,
) -> tuple[Path, pd.DataFrame, tuple[str, ...]]:
    """Score the cohort in a file; returns where the answers are, the answers, and notices about columns left out.

    `measurements` is a long table, joined as of the landmark at which the predictor predicts: nothing later counts.
    Nothing is written unless every row of the file fits the codebook.
    """
    target = target_of(output)
    files.require_free(target, overwrite=overwrite)
    read = cohort.read(
        path,
        predictor.codebook,
        factors=predictor.factors,
        groups=(),
        measures=(),
        encoding=encoding,
        measurements=None if measurements is None else AsOf(predictor.landmark, measurements, encoding),
        ignore_unknown=ignore_unknown,
        allow_absent=allow_absent,
    )
    answers = predictor.answer(read, check_rows=CHECKED_ROWS)
    if (answers["status"].str.startswith("failed")).any():
        raise CohortError(f"{path}: the explanation did not add up to the prediction; nothing was written.")
    files.write_file(target, _encoded(answers, predictor, target.suffix.lower()), overwrite=overwrite)
    return target, answers, read.notices


def _encoded(answers: pd.DataFrame, predictor: Predictor, ending: str) -> bytes:
    if ending == ".csv":
        return answers.to_csv(index=False, lineterminator="\n").encode()
    table = pa.Table.from_pandas(answers, preserve_index=False)
    about = {
        "therapport.version": __version__,
        "therapport.model": f"{predictor.name} {predictor.version}",
        "therapport.codebook_digest": predictor.codebook.digest(),
        "therapport.outcome": "" if predictor.outcome is None else predictor.outcome.definition,
        "therapport.simulated_training": str(predictor.codebook.simulated).lower(),
    }
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(table.replace_schema_metadata({**(table.schema.metadata or {}), **about}), buffer)
    return buffer.getvalue()
