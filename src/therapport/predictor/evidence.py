"""What is known of a predictor: the cohort it comes from, how good it is beside the baselines, what it rests on."""

from typing import Literal

from pydantic import Field

from therapport.predictor.at_risk import AtRisk
from therapport.predictor.course import ExpectedCourse
from therapport.predictor.described import Analysis, CohortTable, MissingReport
from therapport.predictor.distribution import Distribution
from therapport.predictor.figure import Figure as Figure  # noqa: PLC0414 - evidence is where others find it
from therapport.predictor.gate import GateTable
from therapport.predictor.populations import Completers, Subgroups
from therapport.predictor.schemes import InTime, LeftOutSites
from therapport.predictor.stated import CardTable
from therapport.tomlfile import Strict


class CandidateResult(Strict):
    """One candidate, out of fold."""

    label: str
    description: str
    metrics: dict[str, Figure]
    families: dict[str, float] = Field(default_factory=dict)
    """Family -> mean absolute contribution in the training cohort, in probability points or points of the score."""
    missing: str = ""
    """How the candidate takes a missing value."""


class Difference(Figure):
    """Loss of a candidate minus that of a baseline: interval from the cluster bootstrap, and Nadeau and Bengio's."""

    corrected_low: float
    corrected_high: float
    p_value: float
    """Of the corrected resampled t, two-sided."""


class DecisionPoint(Strict):
    """Net benefit of acting on those whose probability of the poor outcome reaches a threshold; on nobody it is 0."""

    threshold: float
    everyone: Figure
    """Of acting on everybody."""
    candidates: dict[str, Figure]


class Coverage(Strict):
    """How often the end score's interval held what happened, in patients whom it had not met."""

    by: str
    """everyone, a factor, or left-out and a grouping level."""
    label: str
    """The level of the factor."""
    patients: int
    """Rounded down to tens."""
    share: float
    low: float | None = None
    high: float | None = None


class Interval(Strict):
    """The conformal interval of the end score."""

    level: float
    half_width: float | None
    """In points; None where there are too few groups for the level, and the interval is the instrument's range."""
    group: str
    """The grouping level whose groups are the units."""
    groups: int
    coverage: tuple[Coverage, ...]


class Abstention(Strict):
    """Whom the predictor gives no prediction, counted out of fold by the study's rules, and its figures with them."""

    patients: int
    """With a known outcome; rounded down to tens, like all counts here."""
    abstained: int
    share: float | None
    """None where it stands for fewer than ten patients, or for all but fewer than ten."""
    reasons: dict[str, int]
    """Code -> patients; one patient may count for several."""
    predicted: dict[str, Figure]
    """Figures in those who get a prediction."""
    left_out: dict[str, Figure]
    """What they would have been in the others; empty where these are too few to tell."""


class CurvePoint(Strict):
    """A group of patients with similar predictions: what was predicted and what was observed."""

    predicted: float
    observed: float
    low: float
    high: float
    patients: int


class FamilySpread(Strict):
    """How far a family moved predictions in the training cohort, in probability points or points of the score."""

    mean_absolute: float
    quantiles: tuple[float, float, float, float, float]
    """5, 25, 50, 75 and 95 %."""
    ranks: tuple[int, ...] = ()
    """How many refits of the model put the family first, second, … by mean absolute contribution."""
    beside_factors: float | None = None
    """Mean absolute difference to the sum of the family's single factors, on the score's own scale: none in a sum of
    factors, and the larger, the more families interact."""


class Interaction(Strict):
    """How far two families moved predictions together, on the calibrated score's own scale (log-odds or points)."""

    mean: float
    mean_absolute: float


class Gap(Strict):
    """The chosen candidate's figure where groups are kept together, and where they are torn apart."""

    metric: str
    grouped: float
    random: float


class Complete(Strict):
    """Out-of-fold figures of the chosen candidate among patients with every factor, or with some missing."""

    complete: bool
    patients: int
    """Rounded down to tens."""
    metrics: dict[str, Figure]


class LearningPoint(Strict):
    """Out-of-fold figures of candidates that learned from a share of the training groups of each fold."""

    share: float
    patients: int
    """On average, in the training parts."""
    candidates: dict[str, dict[str, Figure]]


class LearningCurve(Strict):
    """Figures against the number of patients learned from, all on the same patients."""

    points: tuple[LearningPoint, ...]
    """From the fewest patients to all; of the first repeat."""
    gain: dict[str, Figure]
    """Candidate -> its loss at all patients minus that at the point nearest to half of them, paired."""
    sentence: str
    """Whether more patients would help, in plain words."""


class Comparison(Strict):
    """All candidates for one outcome, and why one of them was taken."""

    kind: Literal["binary", "score"]
    candidates: dict[str, CandidateResult]
    chosen: str
    best: str
    differences: dict[str, Figure]
    """Loss of each candidate minus the best one's, paired."""
    verdict: str
    """The choice in plain words."""
    curve: tuple[CurvePoint, ...]
    """Calibration of the chosen candidate."""
    beside: dict[str, dict[str, Difference]] = Field(default_factory=dict)
    """Candidate -> baseline -> loss of the candidate minus that of the baseline."""
    only_compared: tuple[str, ...] = ()
    """Baselines that the study did not name: compared with, never kept."""
    gap: Gap | None = None
    """None where every patient is a group, or the chosen candidate says the same of everyone."""
    decision: tuple[DecisionPoint, ...] = ()
    interval: Interval | None = None
    """Of the chosen candidate, for an end score."""
    abstention: Abstention | None = None
    """Of the chosen candidate; None where the study states no rule."""
    sites: LeftOutSites | None = None
    """None where the cohort has too few sites, or the study asks for none."""
    in_time: InTime | None = None
    """None unless the study names the start."""
    subgroups: Subgroups | None = None
    completers: Completers | None = None
    families: dict[str, FamilySpread] = Field(default_factory=dict)
    interactions: dict[str, dict[str, Interaction]] = Field(default_factory=dict)
    """Family -> family -> half of their interaction; on the diagonal what a family moved by itself."""
    factors: dict[str, float] = Field(default_factory=dict)
    """Factor -> mean absolute SHAP value on the score's own scale, as the `shap` package computes it."""
    completeness: tuple[Complete, ...] = ()
    learning: LearningCurve | None = None
    """None where the study did not ask for it."""


class CohortDescription(Strict):
    """Who was in the training cohort; no count below 10."""

    patients: int
    with_outcome: int
    groups: dict[str, int]
    """Grouping level -> number of groups."""
    known: dict[Literal["binary", "score"], int] = Field(default_factory=dict)
    """Patients whose outcome is known, of each that is predicted; none in models that were made before it was kept."""
    events: int | None = None
    """Patients with the binary outcome."""
    started: tuple[str, str] | None = None
    """Months in which episodes started, such as 2021-01, without the nine first and the nine last starts."""
    base_rate: float | None = None
    mean_end_score: float | None = None
    digest: str
    at_risk: AtRisk | None = None
    """None where it is not known who was still in treatment at the landmark: everybody counts."""


class Reference(Strict):
    """Whom explanations start from."""

    patients: int | None = None
    """So many, drawn at random; None: all of them."""
    where: dict[str, str | bool] = Field(default_factory=dict)
    """Only patients with these levels: factor -> level."""
    same: str | None = None
    """Each patient is explained against those of the same level of this factor."""


class Recalibration(Strict):
    """On what, and how, a version was fitted to another cohort after it was made."""

    kind: Literal["intercept", "slope"]
    parent: str
    """The version that it is a child of."""
    cohort_digest: str
    patients: int
    gains: dict[Literal["binary", "score"], Figure]
    """Loss after minus loss before, paired, each patient on a line fitted without the patient's fold."""


class Evidence(Strict):
    """Everything that a report needs beside the predictor itself."""

    study: str
    title: str
    landmark: str
    group: str
    """The grouping level that no fold splits."""
    folds: int
    repeats: int
    draws: int
    straddling: int
    """Groups found in two folds; must be 0."""
    cohort: CohortDescription
    comparisons: tuple[Comparison, ...]
    reference: Reference | None = None
    """None in models that were made before it was kept."""
    warnings: tuple[str, ...] = ()
    golden: dict[str, tuple[float, ...]] = Field(default_factory=dict)
    """Answers to the prototype patients when the predictor was made: what it must still say wherever it is loaded."""
    gate: GateTable = GateTable()
    """What the study stated beforehand that a version must show."""
    recalibration: Recalibration | None = None
    table_one: CohortTable | None = None
    """None in models that were made before it was kept, as of the next two."""
    missing: MissingReport | None = None
    analysis: Analysis | None = None
    card: CardTable = CardTable()
    """What people stated of the model, for its card."""
    distributions: dict[str, Distribution] = Field(default_factory=dict)
    """Of factors that are numbers, predictions and contributions in the training cohort; none in older models."""
    course: ExpectedCourse | None = None
    """Over sessions; None where the study had no long table of the end score's instrument, and in older models."""
