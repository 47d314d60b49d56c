"""Figures site by site, and pooled over sites."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from therapport import performance
from therapport.errors import DesignError
from therapport.models import Kind
from therapport.performance import Estimate, bootstrap_weights, pooled
from therapport.performance.pooled import SCALES, Pooled, Scale
from training import evaluation
from training.design import PATIENT, Design
from training.external.frozen import Answered, subset

SITE = "site"
PERSONS = frozenset({"therapist", "clinician", "supervisor"})
"""Levels whose codes may name people: they are numbered by size instead, on the screen and in MLflow."""
FEWEST_PATIENTS = 30
"""In a smaller site a figure is mostly chance; it is left out, and counted."""
FEWEST_CLUSTERS = 5
"""In a site with fewer groups, patients are drawn one by one."""
POOLED: dict[Kind, tuple[str, ...]] = {
    "binary": ("auc", "brier", "calibration_slope", "calibration_intercept"),
    "score": ("r2", "rmse", "calibration_slope", "calibration_intercept"),
}


@dataclass(frozen=True)
class Site:
    """One site with enough patients to be shown."""

    name: str
    patients: int
    """Rounded down to tens: all less those of the sites that are shown would count those of a small one."""
    figures: dict[str, Estimate]


@dataclass(frozen=True)
class Sites:
    """All sites of a level."""

    level: str
    shown: tuple[Site, ...]
    """From the largest to the smallest."""
    left_out: int
    """Sites with fewer than FEWEST_PATIENTS, or fewer than ten with or without the outcome."""
    pooled: dict[str, Pooled]


def level_of(design: Design, wanted: str | None) -> str | None:
    """The grouping level that figures are pooled over: the one asked for, `site`, or the coarsest; None without any.

    Raises DesignError if the codebook does not have the level.
    """
    levels = {level: column for level, column in design.study.codebook.groups.items() if level != PATIENT}
    if wanted is not None and wanted not in levels:
        known = ", ".join(levels) or "none"
        raise DesignError(f"--by {wanted}: the codebook has no such grouping level; known: {known}.")
    if wanted is not None or not levels:
        return wanted
    if SITE in levels:
        return SITE
    return min(levels, key=lambda level: int(design.cohort.table[levels[level]].nunique()))


def by_site(design: Design, answered: Answered, level: str, *, only: Collection[str] | None = None) -> Sites:
    """Figures of each site with its own cluster bootstrap, `only` some if named, and their random-effects means."""
    column = design.cohort.table[design.study.codebook.groups[level]].iloc[answered.rows]
    codes, names = pd.factorize(column)
    members = {str(name): np.flatnonzero(codes == code) for code, name in enumerate(names)}
    large = {name: places for name, places in members.items() if is_large(answered, places)}
    ordered = sorted(large.items(), key=lambda item: (-len(item[1]), item[0]))
    shown = [
        Site(
            f"{level} {place}" if level in PERSONS else name,
            len(places) // performance.SMALLEST_CELL * performance.SMALLEST_CELL,
            of_patients(design, answered, places, only=only),
        )
        for place, (name, places) in enumerate(ordered, start=1)
    ]
    means = {name: _pooled(name, shown) for name in POOLED[answered.kind]}
    return Sites(
        level,
        tuple(shown),
        len(members) - len(shown),
        {name: mean for name, mean in means.items() if mean is not None},
    )


def is_large(answered: Answered, places: NDArray[np.int64]) -> bool:
    """Whether so many patients have figures that are not mostly chance, and tell of nobody."""
    truth = answered.predictions.truth[places]
    rarest = min(truth.sum(), len(truth) - truth.sum()) if answered.kind == "binary" else len(truth)
    return len(places) >= FEWEST_PATIENTS and bool(rarest >= performance.SMALLEST_CELL)


def of_patients(
    design: Design, answered: Answered, places: NDArray[np.int64], *, only: Collection[str] | None = None
) -> dict[str, Estimate]:
    """Figures of these patients alone, with a cluster bootstrap of their own."""
    own = subset(answered.predictions, places)
    return evaluation.metrics(design.study, answered.kind, own, own_weights(design, own.cluster), only=only)


def own_weights(design: Design, cluster: NDArray[np.int64]) -> NDArray[np.float64]:
    """Weights of a bootstrap within one site: by cluster, or patient by patient where it has few."""
    if len(np.unique(cluster)) < FEWEST_CLUSTERS:
        cluster = np.arange(len(cluster))
    settings = design.study.table
    return bootstrap_weights(cluster, draws=settings.validation.draws, seed=settings.seed)


def _pooled(name: str, sites: list[Site]) -> Pooled | None:
    found = [site.figures[name] for site in sites if name in site.figures]
    return pooled_over(found, scale=SCALES.get(name, "plain"))


def pooled_over(found: Sequence[Estimate], *, scale: Scale) -> Pooled | None:
    """The mean of one figure over sites; None where fewer than two have an interval."""
    errors = [(one.value, pooled.error_of(one, scale=scale)) for one in found]
    known = [(value, error) for value, error in errors if error is not None]
    if len(known) < performance.bootstrap.FEWEST_CLUSTERS:
        return None
    return pooled.pool([value for value, _ in known], [error for _, error in known], scale=scale)
