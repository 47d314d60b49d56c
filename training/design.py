"""Study and cohort brought together: factor matrix, outcomes, groups; or why the study cannot be carried out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from therapport import cohort as cohorts
from therapport import features, validation
from therapport.cohort import Cohort
from therapport.errors import CohortError, DesignError
from therapport.models import Kind, Task
from therapport.performance import SMALLEST_CELL
from training.described.few import too_few
from training.findings import settled
from training.findings.asked import of_cohort
from training.landmarks.at_risk import AtRiskSet, at_risk, undecided
from training.study import Study

FloatArray = NDArray[np.float64]
PATIENT = "patient"
FEW = (
    f"Patients whose outcome is unknown or undefined, fewer than {SMALLEST_CELL} of a kind, are left out of "
    f"everything, the number of patients too: beside it they could be counted by subtraction."
)


@dataclass(frozen=True)
class Target:
    """One outcome of a study: the patients in whom it is known, and what is known of them."""

    task: Task
    rows: NDArray[np.int64]
    """Rows of the cohort with a known outcome."""
    matrix: features.FactorMatrix
    outcome: FloatArray
    cluster: NDArray[np.int64]

    @property
    def kind(self) -> Kind:
        """Binary or score."""
        return self.task.kind


@dataclass(frozen=True)
class Design:
    """Everything that the candidates are compared on."""

    study: Study
    cohort: Cohort
    targets: tuple[Target, ...]
    warnings: tuple[str, ...]
    at_risk: AtRiskSet
    """Who of the file is in the cohort."""
    few_left_out: bool = False
    """Whether there are some whose outcome is not known, so few that they are left out of everything."""


def read(study: Study, *, audit: bool = True) -> Design:
    """The design of a study; raises CohortError for the file, DesignError for what it does not allow.

    Without `audit` the attributes that are only audited need not be in the file.
    """
    codebook = study.codebook
    # What rests on measurements is made for the study's landmark: the columns that it does not use are not made.
    used = {*study.factors, *study.roles.values(), *(study.table.subgroups.columns or ())}
    unused = {*codebook.from_measurements((*codebook.factors, *codebook.measures))} - used
    cohort = cohorts.read(
        study.cohort_path,
        codebook,
        factors=[name for name in codebook.factors if name not in unused],
        measures=[name for name in codebook.measures if name not in unused],
        audit=tuple(codebook.audit) if audit else (),
        encoding=study.table.encoding,
        measurements=study.measurements,
    )
    return of(study, cohort)


def of(study: Study, cohort: Cohort) -> Design:
    """The design on a cohort that is already in memory: of it, those still in treatment at the landmark.

    Without those whose outcome is not known where they are so few that they could be counted by subtraction.
    """
    still = at_risk(study, cohort)
    known = [~np.isnan(values) for values in _outcomes(study, still, still.of(cohort)).values()]
    few = too_few(known, still.decided)
    still = still.without(few)
    cohort = still.of(cohort)
    cluster = cluster_codes(study, cohort)
    matrix = features.factor_matrix(cohort.table, study.codebook, study.factors)
    outcomes = _outcomes(study, still, cohort)
    targets = tuple(_target(study, cohort, matrix, cluster, kind, values) for kind, values in outcomes.items())
    findings = settled(of_cohort(study, cohort.table, matrix, targets), study.table.waive)
    warnings = (*_warnings(study, cohort, still), *([FEW] if few.any() else []), *findings)
    return Design(study, cohort, targets, warnings, still, bool(few.any()))


def _outcomes(study: Study, still: AtRiskSet, cohort: Cohort) -> dict[Kind, FloatArray]:
    """Each outcome of those at risk, (rows of the cohort,); NaN where it is not known or was known already."""
    outcomes: dict[Kind, FloatArray] = {}
    if study.outcome is not None:
        columns = {role: cohort.table[column].to_numpy() for role, column in study.roles.items()}
        outcomes["binary"] = study.outcome.of_columns(columns)
    if study.table.outcome.wants_end_score:
        outcomes["score"] = cohort.table[study.table.outcome.after].to_numpy()
    return {kind: undecided(study, still, kind, values) for kind, values in outcomes.items()}


def cluster_codes(study: Study, cohort: Cohort) -> NDArray[np.int64]:
    """Numbers (rows of the cohort,) of the groups that no fold splits; one holds all episodes of a patient."""
    level = study.table.validation.group
    several = PATIENT in study.codebook.groups
    if level == PATIENT:
        return _groups(study, cohort, PATIENT) if several else np.arange(len(cohort.table))
    cluster = _groups(study, cohort, level)
    if not several:
        return cluster
    tied = validation.together(cluster, _groups(study, cohort, PATIENT))
    groups, clusters, folds = len(np.unique(cluster)), len(np.unique(tied)), study.table.validation.folds
    if clusters < folds <= groups:
        raise DesignError(
            f"Patients with episodes in several {level}s tie {groups:,} {level}s into {clusters:,} "
            f"group{'s' * (clusters != 1)}, and {folds} folds need at least {folds}: "
            f"group by patient, or keep one episode of each patient."
        )
    return tied


def _groups(study: Study, cohort: Cohort, level: str) -> NDArray[np.int64]:
    column = study.codebook.groups[level]
    codes, _ = pd.factorize(cohort.table[column])
    lost = int((codes < 0).sum())
    if lost:
        raise CohortError(
            f"{column}: {lost} {study.rows} have no {level}; without it they cannot be kept out of each other's folds."
        )
    return codes.astype(np.int64)


def _target(  # noqa: PLR0917 - what one design is made of
    study: Study,
    cohort: Cohort,
    matrix: features.FactorMatrix,
    cluster: NDArray[np.int64],
    kind: Kind,
    outcome: FloatArray,
) -> Target:
    rows = np.flatnonzero(~np.isnan(outcome))
    known = outcome[rows]
    name = study.table.outcome.after or study.table.outcome.dropped_out or study.table.outcome.completed
    if len(rows) == 0:
        raise DesignError(f"{name}: the outcome is not known for any patient.")
    if len(np.unique(known)) < 2:  # noqa: PLR2004 - one value only
        what = "everyone has the same outcome" if kind == "binary" else "everyone has the same end score"
        raise DesignError(f"{name}: {what}, so there is nothing to predict.")
    validation.require_enough_clusters(
        cluster[rows], known, folds=study.table.validation.folds, binary=kind == "binary"
    )
    if kind == "binary" and min(known.sum(), len(known) - known.sum()) < SMALLEST_CELL <= len(known):
        which = "with" if known.mean() < 0.5 else "without"  # noqa: PLR2004 - the rarer of two
        raise DesignError(
            f"{name}: fewer than {SMALLEST_CELL} patients {which} the outcome: too few to learn from, and every figure "
            f"would tell of them."
        )
    if study.table.reference.where and study.table.reference.are_meant(cohort.table.iloc[rows]).sum() < SMALLEST_CELL:
        raise DesignError(
            f"reference: fewer than {SMALLEST_CELL} patients with a known outcome have the levels that where names; "
            f"explanations cannot start from so few."
        )
    tuning = study.table.tuning
    task = Task(
        kind,
        study.codebook,
        study.factors,
        study.table.severity,
        study.table.seed,
        trials=tuning.trials,
        inner_folds=tuning.inner_folds,
        latest=study.latest,
        groups=tuple(
            pd.factorize(cohort.table[column])[0][rows].astype(np.int64) for column in study.codebook.groups.values()
        ),
    )
    # A copy for each outcome would be most of a large cohort's memory.
    own = matrix if len(rows) == len(matrix) else matrix[rows]
    return Target(task, rows, own, known, cluster[rows])


def _warnings(study: Study, cohort: Cohort, still: AtRiskSet) -> list[str]:
    warnings = list(cohort.notices)
    level = study.table.validation.group
    if level != PATIENT and PATIENT in study.codebook.groups:
        groups = cohort.table[study.codebook.groups[level]].nunique()
        clusters = len(np.unique(cluster_codes(study, cohort)))
        if clusters < groups:
            warnings.append(
                f"Patients with episodes in several {level}s tie these together: {groups:,} {level}s form "
                f"{clusters:,} groups that no fold splits."
            )
    held, ends = cohort.held, {column for column in study.roles.values() if column in study.codebook.measures}
    if still.told is None and held is not None and held.nothing_later and not ends <= {*held.columns}:
        warnings.append(
            f"Episodes of which nothing was measured after {held.landmark.value}: {cohorts.shown(held.nothing_later)}. "
            f"If they had ended by then, their outcome was known already, and the figures are too good."
        )
    for kind, outcome in _outcomes(study, still, cohort).items():
        lost = int((np.isnan(outcome) & ~still.decided).sum())
        if lost:
            what = "outcome" if kind == "binary" else "end score"
            warnings.append(f"The {what} is unknown or undefined in {cohorts.shown(lost)} patients, who are left out.")
    empty = [name for name in study.factors if cohort.table[name].isna().all()]
    return [*warnings, *(f"{name} is missing in every patient." for name in empty)]
