"""The evidence of one outcome, ready to be shown: figures beside the baselines, calibration, families and factors."""

from dataclasses import dataclass

from serving import breakdown, charts, metrics, sentences
from serving.metrics import Metric
from serving.text import listed, number, sentence_case
from therapport.predictor import Predictor
from therapport.predictor.evidence import Comparison


@dataclass(frozen=True)
class Candidate:
    """One row of a table of figures."""

    label: str
    chosen: bool
    text: str
    """The figure, or why there is none."""
    interval: str


@dataclass(frozen=True)
class MetricTable:
    """One figure of all candidates, as text and as intervals on one axis."""

    metric: Metric
    rows: tuple[Candidate, ...]
    forest: charts.Forest


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


@dataclass(frozen=True)
class FactorRow:
    """Mean absolute SHAP of one factor."""

    label: str
    colour: int
    text: str
    width: float


@dataclass(frozen=True)
class Result:
    """One outcome of the study."""

    key: str
    title: str
    definition: str
    verdict: str
    plain: str
    """How good the chosen candidate is, in a sentence."""
    chosen: str
    tables: tuple[MetricTable, ...]
    candidates: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[str, ...]], ...]
    """Candidate, its description, all its figures."""
    curve: charts.Calibration
    groups: tuple[tuple[str, str, str, str], ...]
    """Predicted, observed, interval, patients."""
    unit: str
    families: tuple[FamilyRow, ...]
    family_ticks: tuple[charts.Tick, ...]
    summary: str
    factors: tuple[FactorRow, ...]
    unused: str
    scale: str
    """The scale of the SHAP values."""


def results(predictor: Predictor) -> tuple[Result, ...]:
    """One result for each outcome, the binary one first."""
    return tuple(_result(predictor, comparison) for comparison in predictor.evidence.comparisons)


def _result(predictor: Predictor, comparison: Comparison) -> Result:
    binary, outcome, instrument = comparison.kind == "binary", predictor.outcome, predictor.end_score_instrument
    if binary and outcome is not None:
        title, definition = sentence_case(outcome.phrase.noun), outcome.definition
    else:
        label = "Score" if instrument is None else instrument.label
        title, definition = f"{label} at the end", f"the {label} score at the end, in points"
    families, ticks = _families(predictor, comparison)
    factors = _factors(predictor, comparison)
    used = breakdown.used_factors(predictor, comparison.kind)
    shown = (*metrics.METRICS[comparison.kind], *metrics.FURTHER[comparison.kind])
    return Result(
        key=comparison.kind,
        title=title,
        definition=definition,
        verdict=comparison.verdict,
        plain=_plain(comparison),
        chosen=comparison.candidates[comparison.chosen].label,
        tables=tuple(_table(comparison, metric) for metric in metrics.METRICS[comparison.kind]),
        candidates=tuple(candidate.label for candidate in comparison.candidates.values()),
        columns=tuple(metric.label for metric in (*shown, metrics.LOSS)),
        rows=tuple(
            (
                candidate.label,
                candidate.description,
                (
                    *(metrics.whole(candidate.metrics.get(metric.key), metric) for metric in shown),
                    metrics.whole(comparison.differences.get(name), metrics.LOSS),
                ),
            )
            for name, candidate in comparison.candidates.items()
        ),
        curve=charts.calibration(
            [(point.predicted, point.observed, point.low, point.high) for point in comparison.curve], binary=binary
        ),
        groups=tuple(_group(comparison)),
        unit="people of 100" if binary else "points",
        families=families,
        family_ticks=ticks,
        summary=_summary(predictor, comparison, used),
        factors=factors,
        unused=listed([predictor.codebook.factors[one].label for one in comparison.factors if one not in used]),
        scale="log-odds, before calibration" if binary else "points, before calibration",
    )


def _plain(comparison: Comparison) -> str:
    figures = comparison.candidates[comparison.chosen].metrics
    if comparison.kind == "binary":
        return sentences.ranking(figures["auc"].value) if "auc" in figures else ""
    return sentences.gain(figures["r2"].value) if "r2" in figures else ""


def _table(comparison: Comparison, metric: Metric) -> MetricTable:
    figures = [candidate.metrics.get(metric.key) for candidate in comparison.candidates.values()]
    return MetricTable(
        metric,
        tuple(
            Candidate(candidate.label, name == comparison.chosen, metrics.text(figure, metric), metrics.span(figure))
            for (name, candidate), figure in zip(comparison.candidates.items(), figures, strict=True)
        ),
        charts.forest(
            [None if figure is None else (figure.value, figure.low, figure.high) for figure in figures],
            mark=metric.mark,
        ),
    )


def _group(comparison: Comparison) -> list[tuple[str, str, str, str]]:
    def shown(value: float) -> str:
        return number(100 * value, 0) if comparison.kind == "binary" else number(value, 1)

    return [
        (shown(one.predicted), shown(one.observed), f"{shown(one.low)} to {shown(one.high)}", f"{one.patients:,}")
        for one in comparison.curve
    ]


def _families(predictor: Predictor, comparison: Comparison) -> tuple[tuple[FamilyRow, ...], tuple[charts.Tick, ...]]:
    unit = 100.0 if comparison.kind == "binary" else 1.0
    colours = {family: place for place, family in enumerate(predictor.codebook.families)}
    spreads = {family: comparison.families[family] for family in predictor.families if family in comparison.families}
    drawn = charts.spreads([_times(unit, one.quantiles) for one in spreads.values()])
    candidates = [one.families for one in comparison.candidates.values()]
    rows = tuple(
        FamilyRow(
            label=predictor.codebook.families[family].label,
            colour=colours[family],
            used=spread_of.mean_absolute > breakdown.UNUSED,
            mean_absolute=number(unit * spread_of.mean_absolute, 1),
            others=tuple(number(unit * one[family], 1) if family in one else "unknown" for one in candidates),
            spread=spread,
            words=f"{number(unit * spread_of.quantiles[0], 1)} to {number(unit * spread_of.quantiles[-1], 1)}",
        )
        for (family, spread_of), spread in zip(spreads.items(), drawn.rows, strict=True)
    )
    return rows, drawn.ticks


def _times(unit: float, quantiles: tuple[float, ...]) -> tuple[float, float, float, float, float]:
    first, second, third, fourth, fifth = (unit * value for value in quantiles)
    return first, second, third, fourth, fifth


def _summary(predictor: Predictor, comparison: Comparison, used: frozenset[str]) -> str:
    if not used:
        return sentences.SAME_FOR_ALL
    if len(used) == 1:
        return sentences.one_factor_only(predictor.codebook.factors[next(iter(used))].label)
    largest = sorted(comparison.families, key=lambda family: -comparison.families[family].mean_absolute)[:2]
    labels = [predictor.codebook.families[family].label for family in largest]
    return f"The predictions rest mostly on {listed(labels)}."


def _factors(predictor: Predictor, comparison: Comparison) -> tuple[FactorRow, ...]:
    used = {name: value for name, value in comparison.factors.items() if value > breakdown.UNUSED}
    places = {family: place for place, family in enumerate(predictor.codebook.families)}
    known = predictor.codebook.factors
    return tuple(
        FactorRow(known[name].label, places[known[name].family], number(value, 3), width)
        for (name, value), width in zip(used.items(), charts.widths(list(used.values())), strict=True)
    )
