"""Which factors stand at which stage of the path, and which are held constant."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from therapport.codebook import Codebook, Landmark
from training.shares.path.table import ACTIVE_ROLE, FIRST, STAGES, TECHNIQUE, PathTable
from training.study import Study

FloatArray = NDArray[np.float64]
BY_FAMILY = {FIRST: ("alliance", "social_influence"), ACTIVE_ROLE: ("active_role",), TECHNIQUE: ("technique",)}


@dataclass(frozen=True)
class Stages:
    """Factors by stage, none of them empty, and everything else that is known."""

    stages: dict[str, tuple[str, ...]]
    background: tuple[str, ...]

    @property
    def first(self) -> tuple[str, ...]:
        """Where the path begins."""
        return self.stages[FIRST]

    @property
    def mediating(self) -> dict[str, tuple[str, ...]]:
        """The stages between."""
        return {name: factors for name, factors in self.stages.items() if name != FIRST}


def stages(study: Study) -> Stages | None:
    """The path of a study; None if nothing begins it or nothing lies between.

    Where the study does not say: the factors of the families alliance and social influence begin; what of the family
    active role is known after intake, and technique, lie between. Active role that is known at intake is what a
    patient brings: it is held constant, like all other factors.
    """
    found = {name: _factors(study, study.table.path, name) for name in STAGES}
    found = {name: factors for name, factors in found.items() if factors}
    if FIRST not in found or len(found) == 1:
        return None
    used = {factor for factors in found.values() for factor in factors}
    return Stages(found, tuple(name for name in study.factors if name not in used))


def _factors(study: Study, table: PathTable, stage: str) -> tuple[str, ...]:
    known = study.factors
    if stage in table.stated:
        return tuple(name for name in table.stated[stage] if name in known)
    elsewhere = {name for names in table.stated.values() for name in names}
    return tuple(
        name
        for name in known
        if name not in elsewhere and study.codebook.factors[name].family in BY_FAMILY.get(stage, ())
        if study.codebook.factors[name].kind != "category"
        if stage != ACTIVE_ROLE or study.codebook.factors[name].known_at is not Landmark.INTAKE
    )


def columns(table: pd.DataFrame, codebook: Codebook, factors: tuple[str, ...]) -> tuple[FloatArray, tuple[str, ...]]:
    """Standardised columns (patients, columns) with NaN for missing, and whose each is; constant ones are left out.

    A category gives a column for each level but the commonest.
    """
    made: list[FloatArray] = []
    owner: list[str] = []
    for name in factors:
        values = table[name]
        if codebook.factors[name].kind == "category":
            for level in values.value_counts().index[1:]:
                made.append(np.where(values.isna(), np.nan, (values == level).to_numpy(dtype=np.float64)))
                owner.append(name)
        else:
            made.append(values.to_numpy(dtype=np.float64))
            owner.append(name)
    kept = [place for place, one in enumerate(made) if _varies(one)]
    matrix = np.column_stack([standardised(made[place]) for place in kept]) if kept else np.empty((len(table), 0))
    return matrix, tuple(owner[place] for place in kept)


def standardised(values: FloatArray) -> FloatArray:
    """About the mean, in standard deviations; missing values stay missing."""
    return np.asarray((values - np.nanmean(values)) / np.nanstd(values))


def _varies(values: FloatArray) -> bool:
    known = values[~np.isnan(values)]
    return len(known) > 0 and float(known.std()) > 0
