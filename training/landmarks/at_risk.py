"""The patients of a cohort who were still in treatment at a study's landmark."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from therapport.codebook import Landmark
from therapport.cohort import Cohort
from therapport.errors import DesignError
from therapport.models import Kind
from therapport.predictor.at_risk import AtRisk, By, kept, sentence

if TYPE_CHECKING:
    from training.study import Study

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class AtRiskSet:
    """Who counts at the landmark."""

    rows: NDArray[np.int64]
    """Their places in the file, in its order."""
    decided: NDArray[np.bool_]
    """Of these: whose last contact was at the landmark itself, so that a last score was known by then."""
    told: AtRisk | None
    """What is kept with the model; None where nothing tells who was still in treatment, and everybody counts."""

    def of(self, cohort: Cohort) -> Cohort:
        """The cohort without all others."""
        if len(self.rows) == len(cohort.table):
            return cohort
        return replace(
            cohort,
            table=cohort.table.iloc[self.rows].reset_index(drop=True),
            start=None if cohort.start is None else cohort.start[self.rows],
        )

    def without(self, some: NDArray[np.bool_]) -> "AtRiskSet":
        """The same but for some of them; mask (rows,)."""
        return replace(self, rows=self.rows[~some], decided=self.decided[~some])

    def sentence(self, study: "Study") -> str:
        """What a reader is told of it."""
        return sentence(self.told, len(self.rows), rows=study.rows, when=f"at {study.table.landmark.value}")


def at_risk(study: "Study", cohort: Cohort) -> AtRiskSet:
    """Who of the cohort is at risk at the landmark; raises DesignError if nobody is, or if it cannot be told."""
    table, landmark = study.table.at_risk, study.table.landmark
    every, by = len(cohort.table), table.by(landmark)
    if by is None:
        return AtRiskSet(np.arange(every), np.zeros(every, dtype=np.bool_), None)
    length, limit = _length(study, cohort, by)
    reached, passed, unknown = length >= limit, length > limit, np.isnan(length)
    if landmark is Landmark.INTAKE:
        # Everybody is at risk; only of some it may be known that nothing came after.
        by, reached, passed, unknown = "intake", np.ones_like(reached), passed | unknown, np.zeros_like(reached)
    rows = np.flatnonzero(reached)
    if len(rows) == 0:
        raise DesignError(f"at_risk: nobody was still in treatment at {landmark.value}.")
    decided = ~passed[rows] & (table.outcome_at == "last_contact")
    if not _rests_on_last_contact(study, cohort):
        decided = np.zeros_like(decided)
    told = AtRisk(
        by=by,
        lost=kept(int((~reached & ~unknown).sum())),
        unknown=kept(int(unknown.sum())),
        decided=kept(int(decided.sum())),
    )
    return AtRiskSet(rows, decided, told)


def _length(study: "Study", cohort: Cohort, by: By) -> tuple[FloatArray, int]:
    """Until which session or day each patient was there, NaN where it is not known; and that of the landmark."""
    table, landmark = study.table.at_risk, study.table.landmark
    if by == "intake":
        return np.full(len(cohort.table), np.nan), 0
    if by == "last_measurement":
        if cohort.held is None:  # cannot be: the long table is read wherever this is asked for
            raise DesignError("at_risk: the long table was not read, so it cannot say who was still in treatment.")
        return cohort.held.last, cohort.held.limit
    column, limit = (table.sessions, landmark.session) if by == "sessions" else (table.days, landmark.days)
    return cohort.table[column].to_numpy(), limit or 0


def undecided(study: "Study", found: AtRiskSet, kind: Kind, outcome: FloatArray) -> FloatArray:
    """The outcome of those at risk, unknown where a score that it rests on was known at the landmark already."""
    response = study.table.outcome.response
    if kind == "binary" and response is not None and response.rests_on == "event":
        return outcome
    return np.where(found.decided, np.nan, outcome)


def _rests_on_last_contact(study: "Study", cohort: Cohort) -> bool:
    """Whether a last score is a column of the cohort's own; those of the long table lie after the landmark anyway."""
    scores = {column for column in study.roles.values() if column in study.codebook.measures}
    scores = {column for column in scores if study.codebook.measures[column].kind == "score"}
    return not scores <= {*(() if cohort.held is None else cohort.held.columns)}
