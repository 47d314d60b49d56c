"""What was found of therapists, as plain data: spreads, never a therapist."""

from therapport.predictor.evidence import Figure
from therapport.tomlfile import Strict


class Variances(Strict):
    """One mixed model: which share of what is left of the variance lies between therapists, and between sites."""

    held: str
    """`nothing`, `case mix` (what was known at intake of the patient) or `all factors`."""
    therapist: Figure
    site: Figure | None
    """None where the study has no sites."""
    sd: float
    """Of therapists, in the outcome's units."""


class Bar(Strict):
    """Therapists whose shrunken deviation lies in a range; never fewer than five in a bar."""

    low: float
    high: float
    therapists: int


class Slopes(Strict):
    """Whether what goes with alliance differs between therapists."""

    factor: str
    label: str
    mean: Figure
    """In the outcome's units per standard deviation of the factor."""
    sd: Figure
    """Between therapists, chance taken out."""
    therapists: int


class Therapists(Strict):
    """The known-therapist analysis of one outcome."""

    therapists: int
    patients: int
    sites: int | None
    unit: str
    variances: tuple[Variances, ...]
    characteristics: dict[str, str]
    """Measured factors that are the therapist's own -> the family whose share they are in."""
    bars: tuple[Bar, ...] = ()
    """Of therapists with ten patients or more, after case mix; none where there are too few."""
    shown: int = 0
    """How many therapists are in them."""
    slopes: Slopes | None = None
