"""[reference] and [explanation] of a study: whom explanations start from, and how often the model is fitted anew."""

from collections.abc import Iterator
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from therapport.codebook import Codebook
from therapport.tomlfile import Problem, Strict

MOST = 10_000


class ReferenceTable(Strict):
    """[reference]: the patients that explanations start from."""

    patients: int | Literal["all"] = 500
    where: dict[str, str | bool] = Field(default_factory=dict)
    """Only patients with these levels of categories or booleans: factor -> level."""
    same: str | None = None
    """A category or boolean: each patient is explained against those of the same level."""

    def are_meant(self, table: pd.DataFrame) -> NDArray[np.bool_]:
        """Which patients of a validated table have the levels that `where` names, shape (patients,)."""
        meant = np.ones(len(table), dtype=np.bool_)
        for name, level in self.where.items():
            meant &= table[name].to_numpy() == (float(level) if isinstance(level, bool) else level)
        return meant


class ExplanationTable(Strict):
    """[explanation]: how sure contributions are."""

    refits: int = Field(default=20, ge=0, le=200)
    """Of the preferred candidate, each on groups drawn with replacement; 0 does without intervals."""


def problems(reference: ReferenceTable, codebook: Codebook, factors: tuple[str, ...]) -> Iterator[Problem]:
    """What the codebook does not bear out; `factors` are those of the study."""
    if reference.patients != "all" and not 1 <= reference.patients <= MOST:
        yield Problem(("reference", "patients"), f"must be 'all' or a whole number from 1 to {MOST:,}")
    for name, level in reference.where.items():
        levels = _levels(name, codebook)
        if not levels:
            yield Problem(("reference", "where", name), f"the codebook has no category or boolean {name}")
        elif level not in levels:
            shown = ", ".join(str(one).lower() if isinstance(one, bool) else f"'{one}'" for one in levels)
            yield Problem(("reference", "where", name), f"unknown level; {name} has: {shown}")
    if reference.same is not None and (reference.same not in factors or not _levels(reference.same, codebook)):
        yield Problem(("reference", "same"), "must be a category or boolean among the study's factors")
    if reference.same is not None and reference.where:
        yield Problem(("reference", "same"), "where and same exclude each other: take one of them")


def _levels(name: str, codebook: Codebook) -> tuple[str | bool, ...]:
    factor = codebook.factors.get(name)
    if factor is None:
        return ()
    return (True, False) if factor.kind == "boolean" else tuple(factor.levels)
