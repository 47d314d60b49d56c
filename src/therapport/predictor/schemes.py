"""What other ways to split the cohort found: site by site, and by the day of the start.

Counts of patients are rounded down to tens: exact ones would give away, by subtraction, groups too small to be shown.
"""

from pydantic import Field

from therapport.predictor.figure import Figure
from therapport.tomlfile import Strict

Figures = dict[str, Figure]


class SiteMean(Figure):
    """The mean of a figure over sites, and what a further site may find."""

    further_low: float | None = None
    """Lower end of the 95 % prediction interval for a site that was not there; None with two sites."""
    further_high: float | None = None
    between: float
    """Standard deviation between sites (tau), on the scale that was pooled on: log-odds for an AUC, the logarithm for
    an RMSE, else the figure's own."""
    inconsistency: float
    """Share of the variation between sites that is more than chance (I2)."""
    sites: int


class Site(Strict):
    """One site, predicted by models that had met none of its patients."""

    label: str
    """Its number, from the largest on: names of sites are not kept."""
    patients: int
    """Rounded down to tens."""
    candidates: dict[str, Figures]


class LeftOutSites(Strict):
    """Leave-one-site-out: every site predicted by candidates that learned from the other sites."""

    level: str
    sites: int
    """All of them, whatever their size."""
    parts: int
    """How many times sites were left out; with fewer parts than sites, several went at a time."""
    too_small: int
    """Sites that count in `everyone`, and are too small to be shown or pooled."""
    straddling: int
    """Groups of the study's level found both among those learned from and among those predicted; must be 0."""
    kept_out: int
    """Patients of other sites, rounded down to tens, who share a group with a site and were not learned from for it."""
    everyone: dict[str, Figures]
    """Candidate -> figures of all patients, within parts; intervals draw whole sites."""
    pooled: dict[str, dict[str, SiteMean]]
    """Candidate -> figure -> random-effects mean over the sites that are shown."""
    shown: tuple[Site, ...] = ()
    gain: SiteMean | None = None
    """Loss of the chosen candidate minus that of severity alone, pooled: below zero, it is better elsewhere too."""


class InTime(Strict):
    """Learned from those who started before a day, tested on those who started later."""

    cut: str
    """The month of the first day that was tested, or the day that the study states."""
    learned_from: int
    """Patients, rounded down to tens."""
    tested: int
    undated: int
    """Patients without a start, who are in neither part."""
    returned: int
    """Later episodes of patients who were learned from: not tested."""
    straddling: int
    """Patients found on both sides; must be 0."""
    on_both_sides: dict[str, int] = Field(default_factory=dict)
    """Grouping level -> groups on both sides: therapists and sites go on in time."""
    mean_before: float
    """Share with the outcome, or mean end score, of those learned from."""
    mean_after: float
    candidates: dict[str, Figures]
    gain: Figure | None = None
    """Loss of the chosen candidate minus that of severity alone, in those tested."""
