"""What the policy view finds, as plain data."""

from therapport.predictor.figure import Figure
from therapport.tomlfile import Strict


class Shifted(Strict):
    """One mix of delivery and planned sessions."""

    name: str
    mix: dict[str, float]
    """Label of each kind -> its share of the patients; rounded to hundredths where it is the cohort's own."""
    short: float | None
    end_score: Figure | None
    response: Figure | None
    """Share with the response, in those whose outcome is known, held for everyone of the same case mix."""
    response_if_lost_failed: Figure | None
    """The same if nobody whose outcome is unknown had the response."""
    response_change: Figure | None
    """Less that of the mix as it was."""
    sessions: Figure | None
    """Used per patient."""
    sessions_per_response: Figure | None
    cost_per_response: Figure | None
    beyond: float
    """Share of the patients who hardly ever get a kind of which there is to be more (see `support`)."""
    beyond_kind: str
    """The label of that kind."""

    @property
    def extrapolates(self) -> bool:
        """Whether that is more than a few."""
        return self.beyond > MOST_BEYOND


class Policy(Strict):
    """Everything of item 8."""

    outcome: str
    """The response in words."""
    patients: int
    """Rounded down to tens."""
    adjusted_for: tuple[str, ...]
    currency: str
    rare: float
    """A probability below it is hardly ever."""
    draws: int
    shifts: tuple[Shifted, ...]
    """The first is the mix as it was."""
    left_out: tuple[str, ...]


MOST_BEYOND = 0.05
