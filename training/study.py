"""The study: which cohort, which factors at which landmark, which outcome, which candidates, how they are compared."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, ValidationInfo, field_validator

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
from therapport.tomlfile import Location, Problem, Strict
from training import outcome_table, study_problems
from training.explanation_table import ExplanationTable, ReferenceTable
from training.landmarks.at_risk_table import AtRiskTable
from training.outcome_table import OutcomeTable
from training.populations.table import SubgroupsTable
from training.shares.across.table import DeliveryTable
from training.shares.multiverse.table import MultiverseTable
from training.shares.path.table import PathTable
from training.shares.policy.table import PolicyTable
from training.study_problems import LATE


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
    stated: Landmark | None = Field(default=None, alias="landmark")
    landmarks: tuple[Landmark, ...] | None = Field(default=None, min_length=1, validate_default=True)
    """In place of `landmark`: one comparison for each, in this order."""
    at_risk: AtRiskTable = AtRiskTable()
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
    path: PathTable = PathTable()
    delivery: DeliveryTable = DeliveryTable()
    multiverse: MultiverseTable = MultiverseTable()
    policy: PolicyTable = PolicyTable()

    @field_validator("landmarks")
    @classmethod
    def _one_or_several(
        cls, landmarks: tuple[Landmark, ...] | None, info: ValidationInfo
    ) -> tuple[Landmark, ...] | None:
        if "stated" in info.data and (info.data["stated"] is None) == (landmarks is None):
            both = "both are there; " if landmarks else ""
            raise ValueError(f"{both}name one moment of prediction under landmark, or several under landmarks")
        if landmarks is not None and len(set(landmarks)) < len(landmarks):
            raise ValueError("a landmark is named twice")
        if Landmark.END in (info.data.get("stated"), *(landmarks or ())):
            raise ValueError("at the end there is nothing left to predict")
        return landmarks

    @property
    def moments(self) -> tuple[Landmark, ...]:
        """All landmarks of the file."""
        return self.landmarks or tuple(one for one in (self.stated,) if one is not None)

    @property
    def landmark(self) -> Landmark:
        """The landmark that this table is for."""
        return self.stated or self.moments[0]

    @property
    def place(self) -> Location:
        """Where in the file its landmark stands."""
        return ("landmark",) if self.landmarks is None else ("landmarks", self.landmarks.index(self.landmark))

    def at(self, landmark: Landmark) -> Self:
        """The table of one landmark."""
        return self.model_copy(update={"stated": landmark})


@dataclass(frozen=True)
class Study:
    """A study whose file, codebook and each other's names all fit."""

    path: Path
    table: StudyTable
    codebook: Codebook

    @property
    def name(self) -> str:
        """The name under which predictors are registered: of several landmarks each has its own."""
        return f"{self.table.name}-{self.table.landmark.value}" if self.is_one_of_several else self.table.name

    @property
    def title(self) -> str:
        """The question, and of several landmarks at which it is asked."""
        where = f" (landmark: {self.table.landmark.value})" if self.is_one_of_several else ""
        return f"{self.table.title}{where}"

    @property
    def is_one_of_several(self) -> bool:
        """Whether its file asks the same at other landmarks, too."""
        return len(self.table.moments) > 1

    @property
    def cohort_path(self) -> Path:
        """The file of patients, found from the study's own folder."""
        return self.path.parent / self.table.cohort

    @property
    def measurements(self) -> AsOf | None:
        """The long table, to be joined as of the study's landmark."""
        table = self.table
        if table.measurements is None:
            return None
        file = self.path.parent / table.measurements
        return AsOf(table.landmark, file, table.encoding, always=table.at_risk.last_measurement)

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
        return study_problems.latest(self.table, self.codebook)

    @property
    def _lacks(self) -> dict[str, str | None]:
        return study_problems.lacks(self.table, self.codebook)

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


def read(path: Path, *, landmark: Landmark | None = None) -> Study:
    """The study in the file at its landmark; if it has several, at the one that is asked for.

    Raises ConfigurationError as `read_all` does, and if a study with several landmarks does not have this one.
    """
    every = read_all(path)
    if len(every) == 1:
        return every[0]
    has = ", ".join(study.table.landmark.value for study in every)
    for study in every:
        if study.table.landmark is landmark:
            return study
    lacks = "one of them has to be named here" if landmark is None else f"not {landmark.value}"
    raise ConfigurationError(f"{path}: the study has the landmarks {has}; {lacks}.")


def read_all(path: Path) -> tuple[Study, ...]:
    """The study in the file together with its codebook, once for each of its landmarks.

    Raises ConfigurationError with every problem and its line: first those of the study's form, then the codebook's,
    then those of the names in the study that the codebook does not bear out at one of the landmarks.
    """
    table = tomlfile.read(path, StudyTable)
    codebook = codebooks.read(path.parent / table.codebook)
    tomlfile.read(path, StudyTable, check=lambda study: _at_all_landmarks(study, codebook))
    return tuple(Study(path, table.at(landmark), codebook) for landmark in table.moments)


def _at_all_landmarks(study: StudyTable, codebook: Codebook) -> Iterable[Problem]:
    found = [problem for landmark in study.moments for problem in study_problems.problems(study.at(landmark), codebook)]
    return dict.fromkeys(found)
