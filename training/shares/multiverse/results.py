"""What the multiverse finds, as plain data."""

from therapport.predictor.figure import Figure
from therapport.tomlfile import Strict


class Specification(Strict):
    """One choice of each kind, and the shares that it gives."""

    choices: dict[str, str]
    """Kind of choice -> what was chosen, by its name."""
    own: bool
    """Whether these are the choices of the study itself."""
    patients: int
    """Rounded down to tens."""
    total: Figure | None
    """None where it could not be carried out."""
    families: dict[str, Figure]
    """Those that were measured by then."""
    lack: str = ""
    """Why it could not be carried out."""


class FamilyMultiverse(Strict):
    """The shares of one family over all specifications that have it."""

    specifications: int
    median: float
    low: float
    high: float
    """Lowest and highest share."""
    quarter: float
    three_quarters: float
    beyond_zero: float
    """Share of the specifications whose interval lies above zero."""
    hangs_on: str
    """The kind of choice that moves it most."""
    moves: float
    """By how much: the range of the medians over its choices."""


class Multiverse(Strict):
    """Everything of item 6."""

    choices: dict[str, dict[str, str]]
    """Kind of choice -> name -> label, where there is anything to choose."""
    possible: int
    """Specifications that there are; of more than are allowed, some are drawn."""
    specifications: tuple[Specification, ...]
    families: dict[str, FamilyMultiverse]

    @property
    def failed(self) -> int:
        """How many could not be carried out."""
        return sum(one.total is None for one in self.specifications)
