"""What is found across kinds of delivery, as plain data."""

from typing import Literal

from therapport.predictor.figure import Figure
from therapport.tomlfile import Strict


class StratumShares(Strict):
    """Shares of one outcome in one kind of delivery; linear model."""

    split: str
    kind: str
    label: str
    patients: int
    """Rounded down to tens."""
    total: Figure
    families: dict[str, Figure]
    """Without those in which all patients of the kind are the same."""


class DifferentShare(Strict):
    """Whether the share of a family differs between kinds of one split."""

    split: str
    family: str
    spread: float
    """Standard deviation of its shares over the kinds, weighted by patients."""
    p_value: float
    """Of the permutation test, alone."""
    adjusted: float
    """Corrected for all families and splits of the outcome (Westfall and Young)."""


class AcrossOutcome(Strict):
    """One outcome of the study."""

    kind: Literal["binary", "score"]
    definition: str
    measure: Literal["r2", "scaled_brier"]
    strata: tuple[StratumShares, ...]
    differences: tuple[DifferentShare, ...]
    permutations: int


class Gap(Strict):
    """How much less one kind of patients takes part than another, on one measure; above 0 is worse."""

    comparison: str
    """ehealth, unguided, blended or short."""
    one: str
    other: str
    measure: str
    label: str
    unit: Literal["points", "own"]
    """Percentage points (yes or no), or the measure's own unit."""
    patients: int
    mean_one: float
    mean_other: float
    crude: Figure
    """Other less one, on the measure's own scale, so that above zero the one falls short."""
    intake: Figure
    """The same among patients of the same intake case mix."""
    adjusted: Figure
    """And of the same alliance."""
    standardised: Figure
    """The last in standard deviations of the measure."""
    p_value: float
    holm: float
    """Of the adjusted gap, corrected for all comparisons."""
    verdict: Literal["far_short", "short", "none", "better", "unclear"]


class AcrossDelivery(Strict):
    """Everything of item 5."""

    splits: dict[str, str]
    """Name -> label."""
    outcomes: tuple[AcrossOutcome, ...]
    left_out: tuple[str, ...]
    """Kinds too small for shares or for being shown, in words."""
    gaps: tuple[Gap, ...]
    adjusted_for: tuple[str, ...]
    """Labels of the intake factors."""
    alliance: tuple[str, ...]
    answer: tuple[str, ...]
    """Sentences."""
