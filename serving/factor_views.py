"""The factors of one patient within their families: value, bar, and by how much their sum differs from the family."""

from dataclasses import dataclass

import pandas as pd

from serving import charts, family_words
from serving.family_words import Direction
from serving.language import label, level, unit
from serving.reading import UNUSED, Reading, used_factors
from serving.text import short
from therapport.codebook import Factor
from therapport.cohort import Cohort
from therapport.explanation import Explanation
from therapport.language import gettext as _

LEAST_SCALE = 10
"""The longest bar stands for at least ten times what hardly counts: small contributions must look small."""


@dataclass(frozen=True)
class FactorView:
    """One factor of this patient within its family."""

    name: str
    label: str
    value: str
    unit: str
    modifiable: bool
    bar: charts.Bar
    """Relative to the other factors of this patient, without a unit."""
    direction: Direction

    @property
    def words(self) -> str:
        """Speaks for, speaks against, hardly counts, or not used."""
        return _(family_words.WORDS[self.direction])


@dataclass(frozen=True)
class FactorsOfFamily:
    """The factors of one family, and how they compare with it."""

    views: tuple[FactorView, ...]
    """Those that treatment could change first, then by size."""
    beside: str
    """By how much their sum differs from the family; empty where that hardly counts."""


def factors(reading: Reading, cohort: Cohort, families: Explanation) -> dict[str, FactorsOfFamily]:
    """Family -> its factors; `families` is the explanation of the only patient of the cohort by family."""
    predictor = reading.predictor
    explained = reading.model.factors.explain(predictor.matrix(cohort.table))
    contributions = dict(zip(predictor.factors, explained.contributions[0].tolist(), strict=True))
    longest = max([*map(abs, contributions.values()), LEAST_SCALE * reading.hardly_own])
    used, row = used_factors(predictor, reading.kind), cohort.table.iloc[0]
    grouped = {}
    for family, contribution in zip(predictor.families.items(), families.contributions[0].tolist(), strict=True):
        name, members = family
        views = [
            _view(reading, factor, row[factor], contributions[factor], longest, used=factor in used)
            for factor in members
        ]
        summed = sum(contributions[factor] for factor in members)
        grouped[name] = FactorsOfFamily(
            views=tuple(sorted(views, key=lambda one: (not one.modifiable, -one.bar.width))),
            beside=_beside(reading, summed - contribution, families),
        )
    return grouped


def shown(factor: Factor, value: object) -> str:
    """A factor's value as people read it."""
    if pd.isna(value):  # type: ignore[call-overload] # one value of a table, whatever its type
        return _("not known")
    if factor.kind == "category":
        return level(factor, str(value))
    if factor.kind == "boolean":
        return _("yes") if value else _("no")
    return short(float(str(value)))


def _view(reading: Reading, name: str, value: object, contribution: float, longest: float, *, used: bool) -> FactorView:
    factor, favourable = reading.predictor.codebook.factors[name], reading.sign * contribution
    unused = abs(favourable) < UNUSED and not used
    return FactorView(
        name=name,
        label=label(factor),
        value=shown(factor, value),
        unit="" if pd.isna(value) else unit(factor),  # type: ignore[call-overload]
        modifiable=factor.modifiable,
        bar=charts.diverging(favourable, scale=longest),
        direction="unused" if unused else family_words.direction(favourable, hardly=reading.hardly_own),
    )


def _beside(reading: Reading, difference: float, families: Explanation) -> str:
    shown = reading.part(difference, float(families.reference[0]), float(families.total[0]))
    if abs(shown) < reading.hardly:
        return ""
    return family_words.factors_differ(reading.size(shown), more=shown > 0)
