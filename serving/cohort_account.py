"""What the predictions of the training cohort rest on: families, how sure their order is, pairs, and single factors."""

from dataclasses import dataclass

from serving import charts, family_matrix, family_words, reading
from serving.family_matrix import Together
from serving.language import family_label, label
from serving.reading import NOTHING, UNUSED, Reading
from serving.text import listed, number, span
from therapport.language import gettext as _
from therapport.predictor import Predictor
from therapport.predictor.evidence import Comparison, FamilySpread


@dataclass(frozen=True)
class FamilyRow:
    """How far one family moved the predictions of the training cohort."""

    label: str
    colour: int
    used: bool
    mean_absolute: str
    others: tuple[str, ...]
    """The same for each candidate, used or not."""
    spread: charts.Spread
    words: str
    """The 5 to 95 % spread."""
    rank: str
    """At which place refits put it; empty where that is not known."""
    beside: str
    """Mean size of its difference to the sum of its factors; empty where that is not known."""


@dataclass(frozen=True)
class FactorRow:
    """Mean absolute SHAP of one factor."""

    label: str
    colour: int
    text: str
    width: float


@dataclass(frozen=True)
class CohortAccount:
    """The chosen candidate's predictions in the training cohort."""

    summary: str
    families: tuple[FamilyRow, ...]
    family_ticks: tuple[charts.Tick, ...]
    ranked: bool
    """Whether refits say how sure the order is."""
    compared: bool
    """Whether families are known to differ from the sums of their factors."""
    own_unit: str
    """The scale on which contributions add up: log-odds, or points."""
    sums: str
    """Says so where families are the sums of their factors; else empty."""
    together: Together | None
    method: str
    """How contributions are computed."""
    factors: tuple[FactorRow, ...]
    unused: str
    scale: str
    """The scale of the SHAP values."""


def account(predictor: Predictor, comparison: Comparison) -> CohortAccount:
    """The account of one outcome."""
    read = reading.of_kind(predictor, comparison.kind)
    used = reading.used_factors(predictor, comparison.kind)
    families, ticks = _families(read, comparison)
    return CohortAccount(
        summary=_summary(predictor, comparison, used),
        families=families,
        family_ticks=ticks,
        ranked=any(row.rank for row in families),
        compared=any(row.beside for row in families) and not _sums(comparison),
        own_unit=family_matrix.unit(read),
        sums=_sums(comparison),
        together=family_matrix.of_cohort(read),
        method=read.method,
        factors=_factors(predictor, comparison),
        unused=listed([predictor.codebook.factors[one].label for one in comparison.factors if one not in used]),
        scale="log-odds, before calibration" if comparison.kind == "binary" else "points, before calibration",
    )


def _families(read: Reading, comparison: Comparison) -> tuple[tuple[FamilyRow, ...], tuple[charts.Tick, ...]]:
    predictor, unit = read.predictor, 100.0 if comparison.kind == "binary" else 1.0
    colours = {family: place for place, family in enumerate(predictor.codebook.families)}
    spreads = {family: comparison.families[family] for family in predictor.families if family in comparison.families}
    drawn = charts.spreads([_times(unit, one.quantiles) for one in spreads.values()])
    candidates = [one.families for one in comparison.candidates.values()]
    rows = tuple(
        FamilyRow(
            label=family_label(family, predictor.codebook.families[family]),
            colour=colours[family],
            used=spread_of.mean_absolute > UNUSED,
            mean_absolute=number(unit * spread_of.mean_absolute, 1),
            others=tuple(number(unit * one[family], 1) if family in one else "unknown" for one in candidates),
            spread=spread,
            words=span(number(unit * spread_of.quantiles[0], 1), number(unit * spread_of.quantiles[-1], 1)),
            rank=family_words.rank(spread_of.ranks),
            beside="" if spread_of.beside_factors is None else number(spread_of.beside_factors, 3),
        )
        for (family, spread_of), spread in zip(spreads.items(), drawn.rows, strict=True)
    )
    return rows, drawn.ticks


def _times(unit: float, quantiles: tuple[float, ...]) -> tuple[float, float, float, float, float]:
    first, second, third, fourth, fifth = (unit * value for value in quantiles)
    return first, second, third, fourth, fifth


def _summary(predictor: Predictor, comparison: Comparison, used: frozenset[str]) -> str:
    if not used:
        return _(family_words.SAME_FOR_ALL)
    if len(used) == 1:
        return family_words.one_factor_only(label(predictor.codebook.factors[next(iter(used))]))
    largest = sorted(comparison.families, key=lambda family: -comparison.families[family].mean_absolute)[:2]
    labels = [family_label(family, predictor.codebook.families[family]) for family in largest]
    return _("The predictions rest mostly on {families}.", families=listed(labels))


def _sums(comparison: Comparison) -> str:
    beside = [_known(one) for one in comparison.families.values()]
    return family_words.SUMS_OF_FACTORS if beside and max(beside) < NOTHING else ""


def _known(spread: FamilySpread) -> float:
    return float("inf") if spread.beside_factors is None else spread.beside_factors


def _factors(predictor: Predictor, comparison: Comparison) -> tuple[FactorRow, ...]:
    used = {name: value for name, value in comparison.factors.items() if value > UNUSED}
    places = {family: place for place, family in enumerate(predictor.codebook.families)}
    known = predictor.codebook.factors
    return tuple(
        FactorRow(known[name].label, places[known[name].family], number(value, 3), width)
        for (name, value), width in zip(used.items(), charts.widths(list(used.values())), strict=True)
    )
