"""What `therapport shares` finds, as plain data: written as JSON, read by the report, logged in MLflow.

Nothing of a patient is in here: figures over the cohort, names of families and factors.
"""

from typing import Literal

from pydantic import Field

from therapport.predictor.evidence import Figure
from therapport.tomlfile import Strict
from training.shares.across.results import AcrossDelivery
from training.shares.landmarks.results import OverLandmarks
from training.shares.multiverse.results import Multiverse
from training.shares.path.results import Path
from training.shares.policy.results import Policy
from training.shares.therapists.results import Therapists


class FamilyShare(Strict):
    """How much one family adds to what the model predicts out of sample."""

    share: Figure
    """Mean of what it adds over all orders of the families; the shares sum to the total."""
    unique: Figure
    """What is lost without it, all others being there."""
    shared: Figure
    """Share less unique part: what others could stand in for; below 0 where it needs others to work."""
    alone: Figure
    """What it predicts without any other."""

    @property
    def beyond_zero(self) -> bool:
        """Whether the interval of its share leaves zero out."""
        return _beyond_zero(self.share)

    @property
    def unique_beyond_zero(self) -> bool:
        """Whether the interval of its unique part leaves zero out."""
        return _beyond_zero(self.unique)


class Overlap(Strict):
    """Shared variance of two families: minus their pairwise Shapley interaction in the game of shares."""

    one: str
    other: str
    overlap: Figure
    """Above 0: they carry the same information; below 0: together they tell more than the sum of both."""


class Partition(Strict):
    """One model on one measure, shared out among the families."""

    measure: Literal["r2", "scaled_brier", "auc"]
    total: Figure
    """Of the model with all families; AUC less .5."""
    families: dict[str, FamilyShare]
    overlaps: tuple[Overlap, ...]
    widened: float
    """By how much the interval of the total is wider than one that takes the models for fixed."""


class Together(Strict):
    """What a model gains out of fold when two families may act together, over one in which they may not."""

    one: str
    other: str
    gain: Figure
    """In R2 or scaled Brier."""
    p_value: float
    """One-sided, corrected for folds that share their training patients (Nadeau and Bengio)."""
    adjusted: float
    """Holm over all pairs, models and outcomes; for the pre-stated pair over models and outcomes."""
    prestated: bool

    @property
    def found(self) -> bool:
        """Whether the gain is beyond chance after correction for the number of pairs."""
        return self.gain.value > 0 and self.adjusted < 0.05  # noqa: PLR2004 - the customary level


class FamilyMatrix(Strict):
    """What families do together in the fitted model: mean sizes on its own scale (log-odds or points)."""

    sizes: dict[str, dict[str, float]]
    """Family -> family -> half of their interaction; on the diagonal what is left of a family's own."""
    unit: Literal["log-odds", "points"]


class ModelShares(Strict):
    """Everything that was found of one outcome with one model."""

    model: str
    label: str
    about: str
    partitions: tuple[Partition, ...]
    together: tuple[Together, ...] = ()
    matrix: FamilyMatrix | None = None


class FactorSpread(Strict):
    """How much one factor varies, and how reliably it was measured."""

    factor: str
    label: str
    missing: float
    sd: float | None = None
    of_range: float | None = None
    """Standard deviation as a share of the range of its instrument."""
    at_mode: float | None = None
    """Share of patients with the commonest value."""
    at_end: float | None = None
    """Share of patients at the lowest or at the highest possible value, whichever is more."""
    reliability: float | None = None
    reliability_source: str = "not known"
    narrow: bool = False
    """Too little variation for a share to say much."""


class FamilySpread(Strict):
    """The factors of a family, and what follows for its share."""

    factors: tuple[FactorSpread, ...]

    @property
    def narrow(self) -> bool:
        """Whether none of its factors varies enough."""
        return all(one.narrow for one in self.factors)

    @property
    def reliability_known(self) -> bool:
        """Whether the reliability of every factor is known."""
        return all(one.reliability is not None for one in self.factors)


class Corrected(Strict):
    """Shares of a linear model as measured, and as they would be without error of measurement."""

    as_measured: dict[str, Figure]
    without_error: dict[str, Figure]
    assumed: tuple[str, ...]
    """Factors of unknown reliability, taken for measured without error."""


class OutcomeShares(Strict):
    """One outcome of a study."""

    kind: Literal["binary", "score"]
    definition: str
    patients: int
    models: tuple[ModelShares, ...]
    spread: dict[str, FamilySpread]
    corrected: Corrected | None = None
    """None where no reliability is known, or the reliabilities given are too low for the correlations found."""
    path: Path | None = None
    """None where the study has no factors at two stages of it."""
    therapists: Therapists | None = None
    """None where therapists are not known, or too few."""


class Shares(Strict):
    """Everything that `therapport shares` finds of a study."""

    study: str
    title: str
    simulated: bool
    landmark: str
    group: str
    groups: int
    folds: int
    repeats: int
    draws: int
    straddling: int
    """Groups found in two folds; must be 0."""
    cohort_digest: str
    codebook_digest: str
    families: dict[str, str]
    """Family -> its label."""
    colours: dict[str, int]
    """Family -> its place in the codebook, which is its colour in every picture."""
    unmeasured: tuple[str, ...] = ()
    """Labels of families of which the study knows no factor by its landmark."""
    outcomes: tuple[OutcomeShares, ...]
    landmarks: tuple[OverLandmarks, ...] = ()
    """Empty where the study has one landmark only."""
    across: AcrossDelivery | None = None
    multiverse: Multiverse | None = None
    policy: Policy | None = None
    warnings: tuple[str, ...] = Field(default=())


def _beyond_zero(figure: Figure) -> bool:
    return figure.low is not None and figure.high is not None and (figure.low > 0 or figure.high < 0)
