"""Where a caseload comes from: a cohort file, answered here, or a scored cohort, whose answers are read."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from serving.caseload.sessions import Series, sessions
from serving.caseload.standing import Standings, standings
from therapport import cohort as cohorts
from therapport.cohort import AsOf, Cohort
from therapport.errors import CohortError, ModelError
from therapport.predictor import Predictor

SCORES = "scores.parquet"
CHECKED_ROWS = 1000
"""As `therapport score` does; the page of a patient checks its own row."""
FEW_VALUES = ("status", "reason", "missing", "noticed", "model_name", "model_version", "codebook_digest")
"""Columns of text that repeat: kept once."""


@dataclass(frozen=True)
class Listed:
    """A caseload under one version of the model."""

    standings: Standings
    answers: pd.DataFrame
    cohort: Cohort | None
    """What was known of the patients; None where only answers are there."""
    version: str
    """Of the model that gave the answers."""
    codebook: str
    """Digest of the codebook under which it was read."""
    sessions: Series = field(default_factory=dict)
    """The courses so far, where there is a long table."""


@dataclass
class Caseload:
    """The patients of one server."""

    path: Path
    measurements: Path | None = None
    _listed: Listed | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def listed(self, predictor: Predictor) -> Listed:
        """Everyone, under this model; a cohort file is answered anew once another version answers.

        Raises CohortError if the file does not fit the codebook, ModelError if it was scored under another one.
        """
        with self._lock:
            known = self._listed
            if known is None or known.codebook != predictor.codebook_digest:
                known = self._listed = self._read(predictor, None)
            elif known.cohort is not None and known.version != predictor.version:
                known = self._listed = self._read(predictor, known)
            return known

    def _read(self, predictor: Predictor, before: Listed | None) -> Listed:
        scored = _scored(self.path)
        if scored is not None:
            answers = _answers(self.path, scored, predictor)
            version = str(answers["model_version"].iloc[0])
            return Listed(standings(predictor, answers), answers, None, version, predictor.codebook_digest)
        cohort = before.cohort if before is not None and before.cohort is not None else self._cohort(predictor)
        answers = predictor.answer(cohort, check_rows=CHECKED_ROWS)
        courses = sessions(self.measurements, predictor, cohort) if before is None else before.sessions
        known = standings(predictor, answers)
        return Listed(known, answers, cohort, predictor.version, predictor.codebook_digest, courses)

    def _cohort(self, predictor: Predictor) -> Cohort:
        as_of = None if self.measurements is None else AsOf(predictor.landmark, self.measurements, None)
        return cohorts.read(
            self.path,
            predictor.codebook,
            factors=predictor.factors,
            groups=(),
            measures=(),
            measurements=as_of,
        )


def _scored(path: Path) -> Path | None:
    """Where the answers of a scored cohort lie; None if it is a cohort file."""
    if path.is_dir():
        return path / SCORES
    if path.suffix.lower() != ".parquet":
        return None
    try:
        return path if {"status", "model_version"} <= set(pq.read_schema(path).names) else None
    except (pa.ArrowException, OSError):
        return None  # what is wrong with it is told by who reads it


def _answers(named: Path, place: Path, predictor: Predictor) -> pd.DataFrame:
    wanted = [predictor.codebook.id, *predictor.answer_columns]
    unwanted = ("log_odds", "residual")
    try:
        dataset = ds.dataset(place, format="parquet")
        columns = [name for name in wanted if name in dataset.schema.names and not name.startswith(unwanted)]
        table = dataset.to_table(columns=columns)
    except (pa.ArrowException, OSError):
        raise CohortError(f"{named}: there are no answers of `therapport score` that can be read.") from None
    lacking = [name for name in (predictor.codebook.id, "status", "missing", "codebook_digest") if name not in columns]
    value = "response_probability" if predictor.response is not None else "end_score"
    if lacking or value not in columns or table.num_rows == 0:
        raise CohortError(f"{named}: these are no answers of this model, or nobody is in them.")
    answers: pd.DataFrame = table.to_pandas(categories=[name for name in FEW_VALUES if name in columns])
    if set(answers["codebook_digest"].cat.categories) != {predictor.codebook_digest}:
        raise ModelError(f"{named}: these answers were given under another codebook than that of {predictor.name}.")
    return answers
