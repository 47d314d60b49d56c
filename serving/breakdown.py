"""What one patient's prediction rests on: a bar for each family, and within it for each factor."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from serving import charts, sentences
from serving.sentences import Direction
from serving.text import number, short
from therapport.codebook import Factor
from therapport.cohort import Cohort
from therapport.instruments import Instrument
from therapport.predictor import ExplainedModel, Predictor

HARDLY_PROBABILITY, HARDLY_LOG_ODDS = 0.01, 0.04
"""One of 100 people; on the log-odds the same at even chances."""
LEAST_SCALE = 10
"""The longest bar stands for at least ten times what hardly counts: small contributions must look small."""
UNUSED = 1e-9


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
        return sentences.WORDS[self.direction]


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
    bar: charts.Bar
    """On one scale for all patients of the training cohort, unless this one goes beyond it."""
    direction: Direction
    factors: tuple[FactorView, ...]
    """Those that treatment could change first, then by size."""

    @property
    def words(self) -> str:
        """Speaks for, speaks against, hardly counts, or not used."""
        return sentences.WORDS[self.direction]


@dataclass(frozen=True)
class Breakdown:
    """One prediction from the reference to the total, family by family in the codebook's order."""

    subject: str
    """What the families speak for or against."""
    unit: str
    reference: str
    total: str
    summary: str
    families: tuple[FamilyView, ...]


@dataclass(frozen=True)
class _Reading:
    """One model of the predictor, and how its contributions are read."""

    predictor: Predictor
    model: ExplainedModel
    kind: Literal["binary", "score"]
    sign: float
    """-1 where a lower figure is the better one."""
    hardly: float
    hardly_factor: float
    moved: Callable[[float], str]


def of_response(predictor: Predictor, cohort: Cohort, answer: "pd.Series[float]") -> Breakdown:
    """The chance of the outcome, in people of 100. The predictor must have a response and an outcome."""
    model, outcome = predictor.response, predictor.outcome
    if model is None or outcome is None:
        raise ValueError("the predictor has no binary outcome")
    reading = _Reading(
        predictor, model, "binary", 1.0, HARDLY_PROBABILITY, HARDLY_LOG_ODDS, moved=sentences.people_moved
    )
    families = _families(reading, cohort, {family: answer[f"contribution_{family}"] for family in predictor.families})
    return Breakdown(
        subject=outcome.phrase.noun,
        unit="people of 100",
        reference=sentences.people(float(answer["reference_probability"])),
        total=sentences.people(float(answer["response_probability"])),
        summary=_summary(reading, families),
        families=families,
    )


def of_end_score(predictor: Predictor, cohort: Cohort, answer: "pd.Series[float]") -> Breakdown:
    """The score at the end, in points. The predictor must have an end score."""
    model, instrument = predictor.end_score, predictor.end_score_instrument
    if model is None or instrument is None:
        raise ValueError("the predictor has no end score")
    sign, hardly = -1.0 if instrument.better == "lower" else 1.0, hardly_points(instrument)
    reading = _Reading(predictor, model, "score", sign, hardly, hardly, moved=sentences.points_moved)
    points = {family: answer[f"score_contribution_{family}"] for family in predictor.families}
    families = _families(reading, cohort, points)
    return Breakdown(
        subject="a better score",
        unit="points",
        reference=number(float(answer["end_score_reference"]), 1),
        total=number(float(answer["end_score"]), 1),
        summary=_summary(reading, families),
        families=families,
    )


def hardly_points(instrument: Instrument) -> float:
    """What hardly counts in points: a hundredth of the range, and at least half a step of the instrument."""
    return max((instrument.range[1] - instrument.range[0]) / 100, instrument.step / 2)


def used_factors(predictor: Predictor, kind: Literal["binary", "score"]) -> frozenset[str]:
    """The factors that moved any prediction of the training cohort."""
    factors = {one.kind: one.factors for one in predictor.evidence.comparisons}.get(kind, {})
    return frozenset(name for name, value in factors.items() if value > UNUSED)


def shown(factor: Factor, value: object) -> str:
    """A factor's value as people read it."""
    if pd.isna(value):  # type: ignore[call-overload] # one value of a table, whatever its type
        return "not known"
    if factor.kind == "category":
        return factor.levels.get(str(value), str(value))
    if factor.kind == "boolean":
        return "yes" if value else "no"
    return short(float(str(value)))


def _summary(reading: _Reading, families: tuple[FamilyView, ...]) -> str:
    used = used_factors(reading.predictor, reading.kind)
    if len(used) == 1:
        return sentences.one_factor_only(reading.predictor.codebook.factors[next(iter(used))].label)
    return sentences.rests_mostly_on([(family.label, family.points, family.direction) for family in families])


def _families(reading: _Reading, cohort: Cohort, points: dict[str, float]) -> tuple[FamilyView, ...]:
    predictor = reading.predictor
    spreads = {one.kind: one.families for one in predictor.evidence.comparisons}.get(reading.kind, {})
    usual = [abs(end) for spread in spreads.values() for end in spread.quantiles]
    longest = max([*usual, *map(abs, points.values()), LEAST_SCALE * reading.hardly])
    used = used_factors(predictor, reading.kind)
    factors = _factors(reading, cohort, used)
    colours = {family: place for place, family in enumerate(predictor.codebook.families)}
    views = []
    for family, members in predictor.families.items():
        known, moved = predictor.codebook.families[family], float(points[family])
        unused = abs(moved) < UNUSED and not used.intersection(members)
        views.append(
            FamilyView(
                name=family,
                label=known.label,
                description=known.description,
                colour=colours[family],
                points=moved,
                moved="none" if unused else reading.moved(moved),
                bar=charts.diverging(reading.sign * moved, scale=longest),
                direction="unused" if unused else sentences.direction(reading.sign * moved, hardly=reading.hardly),
                factors=tuple(
                    sorted((factors[name] for name in members), key=lambda one: (not one.modifiable, -one.bar.width))
                ),
            )
        )
    return tuple(views)


def _factors(reading: _Reading, cohort: Cohort, used: frozenset[str]) -> dict[str, FactorView]:
    predictor, row = reading.predictor, cohort.table.iloc[0]
    explained = reading.model.factors.explain(predictor.matrix(cohort.table))
    contributions = (reading.sign * explained.contributions[0]).tolist()
    longest = max([*map(abs, contributions), LEAST_SCALE * reading.hardly_factor])
    views = {}
    for name, favourable in zip(predictor.factors, contributions, strict=True):
        factor = predictor.codebook.factors[name]
        unused = abs(favourable) < UNUSED and name not in used
        views[name] = FactorView(
            name=name,
            label=factor.label,
            value=shown(factor, row[name]),
            unit="" if pd.isna(row[name]) else factor.unit,
            modifiable=factor.modifiable,
            bar=charts.diverging(favourable, scale=longest),
            direction="unused" if unused else sentences.direction(favourable, hardly=reading.hardly_factor),
        )
    return views
