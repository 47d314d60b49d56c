"""What was found of the path, as plain data. All coefficients in standard deviations; association, not effect."""

from pydantic import Field

from therapport.predictor.evidence import Figure
from therapport.tomlfile import Strict


class Arrow(Strict):
    """One path coefficient: from a factor to a later factor or the outcome, everything before held constant."""

    source: str
    target: str
    """A factor, or `outcome`."""
    figure: Figure

    @property
    def clear(self) -> bool:
        """Whether its interval leaves zero out."""
        return clear(self.figure)


class Beginning(Strict):
    """A factor with which the path begins: how its association with the outcome is divided."""

    factor: str
    family: str
    total: Figure
    direct: Figure
    mediated: Figure
    through: dict[str, Figure]
    """Stage -> what passes through it and through no earlier one."""
    chain: Figure
    """What passes through all stages one after the other."""
    e_value: float
    """Mediational, of the mediated part."""
    e_value_limit: float | None
    """Of the end of its interval nearer to zero; 1 where the interval holds zero."""


class Door(Strict):
    """Whether technique counts for more where resistance is low."""

    technique: str
    resistance: str
    figure: Figure
    """Of the product, in the outcome's standard deviations; 0 where they do not depend on each other."""

    @property
    def clear(self) -> bool:
        """Whether its interval leaves zero out."""
        return clear(self.figure)


class Level(Strict):
    """One beginning, of patients of the same therapist and of therapists."""

    factor: str
    between_share: float
    """Share of its variance that lies between therapists (ICC1)."""
    within: Figure | None
    """Total of patients of the same therapist; None for what does not differ among them."""
    between: Figure
    """Total of therapists' means."""


class SessionPath(Strict):
    """From session to session, within patients: one repeated measure where the path begins."""

    measure: str
    label: str
    mediators: dict[str, str]
    """Repeated measure -> label."""
    outcome: str
    patients: int
    steps: int
    total: Figure
    direct: Figure
    mediated: Figure
    centred: Figure
    """The total about each patient's own mean of all sessions: narrower, and biased where symptoms feed back."""


class OrderedShare(Strict):
    """A family's share in the orders that the path allows, beside that in all orders."""

    ordered: Figure
    difference: Figure
    """Ordered less plain share."""


class Ordered(Strict):
    """One model."""

    model: str
    families: dict[str, OrderedShare]


class Path(Strict):
    """Keijsers' path for one outcome."""

    stages: dict[str, tuple[str, ...]]
    stated: bool
    """Whether the study states any of it."""
    labels: dict[str, str]
    background: tuple[str, ...]
    spread: float
    """Standard deviation of the outcome, in its own units."""
    groups: int
    draws: int
    arrows: tuple[Arrow, ...]
    beginnings: tuple[Beginning, ...]
    rho: dict[str, Figure]
    """Stage -> residual correlation with the outcome at which nothing passes through it any more."""
    doors: tuple[Door, ...] = ()
    levels: tuple[Level, ...] = ()
    sessions: tuple[SessionPath, ...] = ()
    ordered: tuple[Ordered, ...] = ()
    mediators_out: dict[str, Figure] = Field(default_factory=dict)
    """Family -> share by the linear model without resistance and active role; `total` is the whole."""


def clear(figure: Figure) -> bool:
    """Whether the interval leaves zero out."""
    return figure.low is not None and figure.high is not None and (figure.low > 0 or figure.high < 0)
