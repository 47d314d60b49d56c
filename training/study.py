"""The study: which cohort, which factors at which landmark, which outcome, which candidates, how they are compared."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field

from therapport import codebook as codebooks
from therapport import tomlfile
from therapport.codebook import Codebook, Landmark
from therapport.cohort import AsOf
from therapport.conformal import LEVEL
from therapport.errors import ConfigurationError
from therapport.instruments import Instrument
from therapport.models import BASELINES, CANDIDATES, DEFAULT
from therapport.outcome import AnyOutcome
from therapport.performance import CAPACITY
from therapport.predictor import Limits
from therapport.predictor.gate import GateTable
from therapport.predictor.stated import CardTable
from therapport.tomlfile import Problem, Strict
from training import explanation_table, outcome_table
from training.explanation_table import ExplanationTable, ReferenceTable
from training.findings import CHECKS
from training.outcome_table import OutcomeTable
from training.populations import table as subgroups_table
from training.populations.table import SubgroupsTable
from training.schemes import table as schemes_table

LATE = "late-factor"
FEWEST_REFITS = 2
"""Fewer have no spread."""


class ValidationTable(Strict):
    """[validation]: how candidates are compared."""

    group: str = "patient"
    folds: int = Field(default=5, ge=2, le=50)
    repeats: int = Field(default=2, ge=1, le=100)
    draws: int = Field(default=1000, ge=100, le=10_000)
    """Of the cluster bootstrap."""
    capacity: float = Field(default=CAPACITY, gt=0, lt=1)
    """Share of its patients whom the service can follow up."""
    interval: float = Field(default=LEVEL, ge=0.5, lt=1)
    """Share of patients whose end score the interval is to hold."""
    abstain_missing: float | None = Field(default=None, ge=0, lt=1)
    """No prediction where a larger share of the factors is missing."""
    abstain_beyond: int | None = Field(default=None, ge=0)
    """No prediction where more factors lie outside what the training cohort covers."""
    abstain_wide: float | None = Field(default=None, gt=0, lt=1)
    """No prediction where the probability's interval of model uncertainty is wider."""
    abstain_wide_points: float | None = Field(default=None, gt=0)
    """No prediction where the end score's interval of model uncertainty is wider, in points."""
    learning_curve: bool = False
    """Whether candidates are also fitted to shares of the training groups."""
    sites: str | None = None
    """Level of leave-one-site-out, or "none"; unless stated, `site` where there are four of enough patients."""
    start: str | None = None
    """The cohort's column with the day of the start, for a split in time; the codebook has it under [dates]."""
    train_share: float | None = Field(default=None, ge=0.2, le=0.9)
    """Of those with a start, so many are learned from; unless stated, 70 %."""
    train_until: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}-\d{2}$")
    """Or all who started before this day."""


class TuningTable(Strict):
    """[tuning]: how settings are found, inside each training part."""

    trials: int = Field(default=0, ge=0, le=1000)
    """So many settings are tried of each candidate that has any; 0 compares a few fixed ones."""
    inner_folds: int = Field(default=3, ge=2, le=20)


class StudyTable(Strict):
    """The whole file."""

    format: Literal[1]
    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    title: str
    cohort: str
    measurements: str | None = None
    """The long table beside the cohort, as the codebook's [measurements] describes it."""
    encoding: str | None = None
    """Of CSV files that are not UTF-8, such as cp1252."""
    codebook: str
    landmark: Landmark
    severity: str
    seed: int = Field(default=1, ge=0, le=2**31 - 1)
    factors: tuple[str, ...] | None = None
    candidates: tuple[str, ...] | None = Field(default=None, min_length=1)
    outcome: OutcomeTable
    waive: dict[str, str] = Field(default_factory=dict)
    """Code of a check -> why it may be overruled here."""
    validation: ValidationTable = ValidationTable()
    tuning: TuningTable = TuningTable()
    reference: ReferenceTable = ReferenceTable()
    explanation: ExplanationTable = ExplanationTable()
    gate: GateTable = GateTable()
    card: CardTable = CardTable()
    subgroups: SubgroupsTable = SubgroupsTable()


@dataclass(frozen=True)
class Study:
    """A study whose file, codebook and each other's names all fit."""

    path: Path
    table: StudyTable
    codebook: Codebook

    @property
    def name(self) -> str:
        """The name under which predictors are registered."""
        return self.table.name

    @property
    def cohort_path(self) -> Path:
        """The file of patients, found from the study's own folder."""
        return self.path.parent / self.table.cohort

    @property
    def measurements(self) -> AsOf | None:
        """The long table, to be joined as of the study's landmark."""
        if self.table.measurements is None:
            return None
        return AsOf(self.table.landmark, self.path.parent / self.table.measurements, self.table.encoding)

    @property
    def rows(self) -> str:
        """What the rows of the cohort are: patients, or the episodes of patients who may have several."""
        return "episodes" if "patient" in self.codebook.groups else "patients"

    @property
    def factors(self) -> tuple[str, ...]:
        """The factors that the candidates may use, in codebook order."""
        known = self.codebook.factors_known_at(self.table.landmark)
        chosen = self.table.factors
        if chosen is not None and LATE in self.table.waive:
            known = tuple(self.codebook.factors)
        return known if chosen is None else tuple(name for name in known if name in chosen)

    @property
    def candidates(self) -> tuple[str, ...]:
        """Whatever is compared, from the simplest to the most complex: the candidates, and baselines in any case."""
        wanted = {*(self.table.candidates or DEFAULT), *BASELINES}
        lacking = {name for name, lack in self._lacks.items() if lack}
        return tuple(name for name in CANDIDATES if name in wanted - lacking)

    @property
    def eligible(self) -> tuple[str, ...]:
        """The candidates of which one is kept: those that the study names, or all that are compared."""
        named = self.table.candidates
        return self.candidates if named is None else tuple(name for name in self.candidates if name in named)

    @property
    def latest(self) -> str | None:
        """The factor with the latest score of the outcome's instrument, if one is known after the severity."""
        return _latest(self.table, self.codebook)

    @property
    def _lacks(self) -> dict[str, str | None]:
        return _lacks(self.table, self.codebook)

    @property
    def instrument(self) -> Instrument | None:
        """The instrument of the end score, if the study has one."""
        after = self.table.outcome.after
        return None if after is None else self.codebook.instrument_of(after)

    @property
    def reliable_change(self) -> float | None:
        """The smallest reliable change of the end score in points, stated or the instrument's own; None if unknown."""
        own = None if self.instrument is None else self.instrument.stated_reliable_change
        return self.table.outcome.reliable_change or own

    @property
    def limits(self) -> Limits:
        """The rules by which the study's predictor abstains."""
        rules = self.table.validation
        return Limits(rules.abstain_missing, rules.abstain_beyond, rules.abstain_wide, rules.abstain_wide_points)

    @property
    def outcome(self) -> AnyOutcome | None:
        """The binary outcome, if the study has one."""
        return outcome_table.outcome(self.table.outcome, self.codebook)

    @property
    def roles(self) -> dict[str, str]:
        """Role in the outcome's rule -> column."""
        return outcome_table.roles(self.table.outcome)


def read(path: Path) -> Study:
    """The study in the file together with its codebook.

    Raises ConfigurationError with every problem and its line: first those of the study's form, then the codebook's,
    then those of the names in the study that the codebook does not bear out.
    """
    table = tomlfile.read(path, StudyTable)
    codebook = codebooks.read(path.parent / table.codebook)
    tomlfile.read(path, StudyTable, check=lambda study: _problems(study, codebook))
    return Study(path, table, codebook)


def _problems(study: StudyTable, codebook: Codebook) -> Iterator[Problem]:
    known = codebook.factors_known_at(study.landmark)
    for code, reason in study.waive.items():
        if code not in CHECKS:
            yield Problem(("waive", code), f"no such check; known: {', '.join(CHECKS)}")
        elif not reason.strip():
            yield Problem(("waive", code), "say why")
    for place, name in enumerate(study.factors or ()):
        landmark = Landmark.END if LATE in study.waive else study.landmark
        if problem := _factor_problem(name, codebook, landmark):
            yield Problem(("factors", place), problem)
    if study.factors is None and not known:
        yield Problem(("landmark",), f"no factor of the codebook is known at {study.landmark.value}")
    if problem := _factor_problem(study.severity, codebook, study.landmark):
        yield Problem(("severity",), problem)
    elif study.factors is not None and study.severity not in study.factors:
        yield Problem(("severity",), "the severity must be one of the study's factors")
    for place, name in enumerate(study.candidates or ()):
        if name not in CANDIDATES:
            yield Problem(("candidates", place), f"unknown candidate; known: {', '.join(CANDIDATES)}")
        elif lack := _lacks(study, codebook).get(name):
            yield Problem(("candidates", place), lack)
    if study.validation.group != "patient" and study.validation.group not in codebook.groups:
        levels = ", ".join(["patient", *codebook.groups])
        yield Problem(("validation", "group"), f"unknown grouping level; the codebook has: {levels}")
    yield from schemes_table.problems(study.validation, codebook)
    yield from subgroups_table.problems(study.subgroups, codebook, study.landmark)
    yield from _abstaining_problems(study)
    yield from explanation_table.problems(study.reference, codebook, known if study.factors is None else study.factors)
    yield from outcome_table.problems(study.outcome, codebook)
    yield from _measurement_problems(study, codebook)


def _abstaining_problems(study: StudyTable) -> Iterator[Problem]:
    rules = study.validation
    lacking = {
        "abstain_wide": None if study.outcome.response is not None else "there is no probability without a response",
        "abstain_wide_points": None if study.outcome.wants_end_score else "the study does not predict the end score",
    }
    for key, lack in lacking.items():
        if getattr(rules, key) is None:
            continue
        if lack is not None:
            yield Problem(("validation", key), lack)
        elif study.explanation.refits < FEWEST_REFITS:
            yield Problem(
                ("validation", key), "how sure the model is comes from refits: set refits = 20, or leave it out"
            )


def _measurement_problems(study: StudyTable, codebook: Codebook) -> Iterator[Problem]:
    if study.measurements is not None:
        try:
            codebook.clock(study.landmark)
        except ConfigurationError as error:
            key = "measurements" if codebook.measurements is None else "landmark"
            yield Problem((key,), error.summary.rstrip("."))
    known = codebook.factors_known_at(study.landmark)
    for column in outcome_table.roles(study.outcome).values():
        factor = codebook.factors.get(column)
        if factor is not None and factor.repeated_measure is not None and column not in known:
            text = f"{column} exists only from {factor.known_at.value} on, after the study's landmark"
            yield Problem(("outcome",), text)


def _lacks(study: StudyTable, codebook: Codebook) -> dict[str, str | None]:
    """For candidates that not every cohort bears: what this one lacks."""
    return {
        "severity_landmark": None
        if _latest(study, codebook)
        else "no factor has a score of the outcome's instrument that is known after the severity and at the landmark",
        "mixed": None if codebook.groups else "the codebook has no groups, such as therapist or site",
    }


def _latest(study: StudyTable, codebook: Codebook) -> str | None:
    measure = codebook.measures.get(study.outcome.after or "")
    start = codebook.factors.get(study.severity)
    if measure is None or measure.instrument is None or start is None:
        return None
    moments = list(Landmark)
    later = [
        name
        for name in codebook.factors_known_at(study.landmark)
        if codebook.factors[name].instrument == measure.instrument
        and codebook.factors[name].kind in ("number", "integer")
        and moments.index(codebook.factors[name].known_at) > moments.index(start.known_at)
        and (study.factors is None or name in study.factors)
    ]
    # Of two at the same moment the last of the codebook.
    return max(reversed(later), key=lambda name: moments.index(codebook.factors[name].known_at), default=None)


def _factor_problem(name: str, codebook: Codebook, landmark: Landmark) -> str | None:
    if name in codebook.measures:
        return f"{name} is a measure of the outcome; as a factor it would give the answer away"
    if name not in codebook.factors:
        return f"the codebook has no factor {name}"
    known_at = codebook.factors[name].known_at
    if not known_at.is_known_by(landmark):
        return f"{name} is known only at {known_at.value}, after the study's landmark ({landmark.value})"
    return None
