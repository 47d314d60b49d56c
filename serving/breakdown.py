"""What one patient's prediction rests on: a bar for each family with its interval, and within it for each factor."""

import math
from dataclasses import dataclass

import pandas as pd

from serving import charts, factor_views, family_matrix, family_words, reading, sentences
from serving.factor_views import LEAST_SCALE, FactorsOfFamily, FactorView
from serving.family_matrix import Together
from serving.family_words import Direction
from serving.language import family_description, family_label, label
from serving.reading import UNUSED, Reading, used_factors
from serving.text import number
from therapport.cohort import Cohort
from therapport.language import gettext as _
from therapport.language import pgettext
from therapport.predictor import Predictor


@dataclass(frozen=True)
class Points:
    """What a family contributes in one answer, with its interval where there is one."""

    value: float
    low: float | None
    high: float | None

    @property
    def ends(self) -> tuple[float, float] | None:
        """Of the interval."""
        return None if self.low is None or self.high is None else (self.low, self.high)

    @property
    def known(self) -> tuple[float, ...]:
        """The value, and the ends where there are any."""
        return self.value, *(self.ends or ())


@dataclass(frozen=True)
class FamilyView:
    """One family: how far it moves the prediction, as a number, as a bar, in words, and factor by factor."""

    name: str
    label: str
    description: str
    colour: int
    points: float
    """Probability points, or points of the score; reference + sum over the families = prediction."""
    moved: str
    interval: str
    """The ends of its interval, in the same unit; empty where it has none."""
    bar: charts.Bar
    """On one scale for all patients of the training cohort, unless this one goes beyond it."""
    whisker: charts.Whisker | None
    direction: Direction
    factors: tuple[FactorView, ...]
    """Those that treatment could change first, then by size."""
    beside: str
    """By how much the sum of the factors differs from the family; empty where that hardly counts."""

    @property
    def words(self) -> str:
        """Speaks for, speaks against, hardly counts, could be zero, or not used."""
        return _(family_words.WORDS[self.direction])


@dataclass(frozen=True)
class Breakdown:
    """One prediction from the reference to the total, family by family in the codebook's order."""

    subject: str
    """What the families speak for or against."""
    unit: str
    start: str
    """Whom it starts from."""
    reference: str
    total: str
    summary: str
    families: tuple[FamilyView, ...]
    together: Together | None

    @property
    def sure(self) -> bool:
        """Whether bars have intervals."""
        return any(family.whisker is not None for family in self.families)


def of_response(predictor: Predictor, cohort: Cohort | None, answer: "pd.Series[float]") -> Breakdown:
    """The chance of the outcome, in people of 100. The predictor must have a response and an outcome.

    Without the patient's values (no cohort) there are no factors; without all families in the answer no families.
    """
    read = reading.of_response(predictor)
    families = _families(read, cohort, _all_points(predictor, answer, "contribution_"))
    return Breakdown(
        subject="" if predictor.outcome is None else predictor.outcome.phrase.noun,
        unit=pgettext("beside a figure", "people of 100"),
        start=reading.typical(read, cohort),
        reference=sentences.people(float(answer["reference_probability"])) if families else "",
        total=sentences.people(float(answer["response_probability"])),
        summary=_summary(read, families) if families else "",
        families=families,
        together=None if cohort is None else family_matrix.of_patient(read, cohort),
    )


def of_end_score(predictor: Predictor, cohort: Cohort | None, answer: "pd.Series[float]") -> Breakdown:
    """The score at the end, in points. The predictor must have an end score; the rest is as in `of_response`."""
    read = reading.of_end_score(predictor)
    families = _families(read, cohort, _all_points(predictor, answer, "score_contribution_"))
    return Breakdown(
        subject=_("a better score"),
        unit=_("points"),
        start=reading.typical(read, cohort),
        reference=number(float(answer["end_score_reference"]), 1) if families else "",
        total=number(float(answer["end_score"]), 1),
        summary=_summary(read, families) if families else "",
        families=families,
        together=None if cohort is None else family_matrix.of_patient(read, cohort),
    )


def _all_points(predictor: Predictor, answer: "pd.Series[float]", part: str) -> dict[str, Points]:
    """Family -> what it contributes; empty where the answer does not have it, or not what it starts from."""
    reference = "reference_probability" if part == "contribution_" else "end_score_reference"
    needed = (reference, *(f"{part}{family}" for family in predictor.families))
    if any(pd.isna(answer.get(name)) for name in needed):
        return {}
    return {family: _points(answer, f"{part}{family}") for family in predictor.families}


def _points(answer: "pd.Series[float]", column: str) -> Points:
    value, low, high = (float(answer.get(name, math.nan)) for name in (column, f"{column}_low", f"{column}_high"))
    return Points(value, None, None) if pd.isna(low) or pd.isna(high) else Points(value, low, high)


def _summary(read: Reading, families: tuple[FamilyView, ...]) -> str:
    used = used_factors(read.predictor, read.kind)
    if len(used) == 1:
        factor = read.predictor.codebook.factors[next(iter(used))]
        unclear = any(one.name == factor.family and one.direction == "unclear" for one in families)
        return family_words.one_factor_only(label(factor), unclear=unclear)
    return family_words.rests_mostly_on([(family.label, family.points, family.direction) for family in families])


def _families(read: Reading, cohort: Cohort | None, points: dict[str, Points]) -> tuple[FamilyView, ...]:
    predictor = read.predictor
    if not points:
        return ()
    factors = dict.fromkeys(points, FactorsOfFamily((), ""))
    if cohort is not None:
        factors = factor_views.factors(read, cohort, read.model.families.explain(predictor.matrix(cohort.table)))
    longest, used = _longest(read, points), used_factors(predictor, read.kind)
    unused = {
        family
        for family, members in predictor.families.items()
        if max(map(abs, points[family].known)) < UNUSED and not used.intersection(members)
    }
    return tuple(
        _family(read, family, points[family], factors[family], longest, used=family not in unused)
        for family in predictor.families
    )


def _family(
    read: Reading, family: str, points: Points, factors: FactorsOfFamily, longest: float, *, used: bool
) -> FamilyView:
    families, favourable = read.predictor.codebook.families, read.sign * points.value
    unclear, ends = family_words.holds_zero(points.low, points.high), points.ends if used else None
    return FamilyView(
        name=family,
        label=family_label(family, families[family]),
        description=family_description(family, families[family]),
        colour=list(families).index(family),
        points=points.value,
        moved=read.moved(points.value) if used else _("none"),
        interval="" if ends is None else read.ends(*ends),
        bar=charts.diverging(favourable, scale=longest),
        whisker=None if ends is None else charts.whisker(*(read.sign * end for end in ends), scale=longest),
        direction=family_words.direction(favourable, hardly=read.hardly, unclear=unclear) if used else "unused",
        factors=factors.views,
        beside=factors.beside,
    )


def _longest(read: Reading, points: dict[str, Points]) -> float:
    spreads = read.comparison.families.values() if read.comparison else ()
    usual = [abs(end) for spread in spreads for end in spread.quantiles]
    return max([*usual, *(abs(end) for one in points.values() for end in one.known), LEAST_SCALE * read.hardly])
