"""In whom predictions hold, and what those who were lost could change.

Counts of patients are rounded down to tens: exact ones would give away, by subtraction, groups too small to be shown.
"""

from pydantic import Field

from therapport.predictor.figure import Figure
from therapport.tomlfile import Strict

Figures = dict[str, Figure]


class Contrast(Figure):
    """A figure of a subgroup less that of the other patients of the same column."""

    p_value: float | None = None
    """Two-sided, of this comparison alone."""
    adjusted: float | None = None
    """The same after Holm's correction for all comparisons of this figure; None where another level says the same."""


class Subgroup(Strict):
    """The patients of one level of a column, out of fold."""

    column: str
    label: str
    """Of the column."""
    level: str
    patients: int
    """Rounded down to tens."""
    observed: float
    """Share with the outcome, or mean end score; two decimals."""
    predicted: float
    figures: Figures
    contrasts: dict[str, Contrast] = Field(default_factory=dict)


class Subgroups(Strict):
    """All subgroups that a study asks about, for the chosen candidate."""

    everyone: Figures
    """Computed like those of the subgroups, so that they can be held against each other."""
    shown: tuple[Subgroup, ...] = ()
    suppressed: int = 0
    """Levels with fewer than ten patients, or fewer than ten with or without the outcome."""
    audit_only: tuple[str, ...] = ()
    """Columns that no model has seen."""

    @property
    def by_name(self) -> dict[str, Figures]:
        """'column: level' -> figures."""
        return {f"{one.label}: {one.level}": one.figures for one in self.shown}


class LostDifference(Strict):
    """How those who were lost differ from completers in one factor, or one level of it, at intake."""

    column: str
    label: str
    standardised: float
    """Mean of the lost less mean of completers, over their pooled standard deviation."""


class Completers(Strict):
    """Those whose outcome is not known although they belong to the study, and what that could mean."""

    lost: int | None
    """Rounded down to tens; None where they are fewer than ten, but not none."""
    share: float | None
    """Of all who belong to the study; two decimals."""
    differences: tuple[LostDifference, ...] = ()
    """The largest first."""
    hidden: int = 0
    """Factors, or levels, of which nothing is told because fewer than ten people would be told of."""
    foreseen: Figure | None = None
    """AUC with which staying is predicted from the factors, by models that had not met the patient's group."""
    effective: float | None = None
    """Share of the completers that the weights leave (Kish)."""
    completers: Figures = Field(default_factory=dict)
    weighted: Figures = Field(default_factory=dict)
    """Completers standing for those who are like them and were lost."""
    bounds: dict[str, Figures] = Field(default_factory=dict)
    """`poor`, `good` or `last` (the last observation) -> figures of everyone, had all the lost ended so."""
    means: dict[str, float] = Field(default_factory=dict)
    """`completers`, `weighted` and each of `bounds` -> share with the outcome, or mean end score."""
