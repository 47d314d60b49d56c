"""What is told of the training cohort beside its size: Table 1, what is missing, and how the analysis was set up."""

from typing import Literal

from pydantic import Field

from therapport.tomlfile import Strict

KNOWN, MISSING = "known", "missing"
"""The parts of a number in Table 1; a category has its levels and MISSING."""
ColumnKey = Literal["all", "with", "without", "known", "unknown"]


class Column(Strict):
    """A column of Table 1: everyone, or those with one outcome."""

    key: ColumnKey
    patients: int


class Values(Strict):
    """A number among those in whom it is known, to four digits."""

    mean: float
    deviation: float
    median: float
    quartile_1: float
    quartile_3: float


class Described(Strict):
    """One factor of Table 1."""

    name: str
    counts: dict[str, tuple[int | None, ...]]
    """Part -> patients by column. None: withheld, because a count below 10 would show or could be worked out."""
    values: tuple[Values | None, ...] = ()
    """Of a number, by column; None where a column has too few known values."""
    difference: float | None = None
    """Standardised difference between those with and without the outcome (or known and unknown), never negative."""


class CohortTable(Strict):
    """Table 1: the factors in everyone and by outcome."""

    columns: tuple[Column, ...]
    few_unknown: bool = False
    """Whether fewer than 10 patients whose outcome is not known stand with those without it; in older models only."""
    factors: tuple[Described, ...]


class MissingShare(Strict):
    """How often a factor, or the factors of a family, have no value."""

    share: float
    """Of patients, or of patients times factors; one to nine count as five."""
    groups: dict[str, tuple[float, float, float]] = Field(default_factory=dict)
    """Grouping level -> quartiles of the share over its groups, which are not named."""


class Pattern(Strict):
    """Factors that are missing together and no others."""

    missing: tuple[str, ...]
    patients: int
    """Rounded down to tens."""


class MissingReport(Strict):
    """What is missing in the training cohort."""

    complete: float
    """Share of patients with every factor, in whole per cent; one to nine, with or without, count as five."""
    factors: dict[str, MissingShare]
    families: dict[str, MissingShare]
    patterns: tuple[Pattern, ...]
    """The most frequent ones, each with 10 patients or more."""


class Analysis(Strict):
    """How the study was set up, beyond its folds."""

    seed: int
    trials: int
    """Settings searched for each candidate; 0: a few fixed ones were compared."""
    inner_folds: int
    capacity: float
    level: float
    """Of the end score's interval."""
    abstain_missing: float | None = None
    """No prediction where a larger share of the factors is missing."""
    parameters: int
    """Of a regression on all factors."""
    needed: dict[Literal["binary", "score"], int]
    """Patients that a regression with so many parameters takes (Riley 2019, 2020)."""
    landmarks: tuple[str, ...] = ()
    """All at which the study asks its question, each with a predictor of its own; none where it asks at one."""
    waived: dict[str, str] = Field(default_factory=dict)
    """Check -> why it was overruled."""
    software: dict[str, str] = Field(default_factory=dict)
    """Package -> version."""
