"""The evidence of one outcome, ready to be shown: figures beside the baselines, calibration, families and factors."""

from collections.abc import Callable
from dataclasses import dataclass

from serving import breakdown, charts, sentences
from serving.sentences import number
from therapport.predictor import Predictor
from therapport.predictor.evidence import Comparison, Figure


@dataclass(frozen=True)
class Metric:
    """How one figure is introduced."""

    key: str
    label: str
    why: str
    absent: str = ""
    """Said where the figure is undefined."""
    mark: float | None = None
    """The figure that stands for chance, or for perfect calibration."""


NO_AUC = "none: a constant prediction has no AUC"
NO_SLOPE = "none: a constant prediction has no slope"
UNDEFINED = "undefined"
METRICS: dict[str, tuple[Metric, ...]] = {
    "binary": (
        Metric(
            "auc",
            "AUC",
            "How often someone with the outcome is ranked above someone without it. 0.5 is chance, 1 is perfect.",
            NO_AUC,
            0.5,
        ),
        Metric("brier", "Brier score", "Mean squared error of the probabilities. Smaller is better."),
        Metric(
            "calibration_slope",
            "Calibration slope",
            "1 is ideal; below 1, high chances are stated too high and low ones too low.",
            NO_SLOPE,
            1.0,
        ),
        Metric(
            "calibration_intercept",
            "Calibration intercept",
            "On the log-odds. 0 is ideal; above 0, more people reach the outcome than predicted.",
            mark=0.0,
        ),
    ),
    "score": (
        Metric(
            "r2",
            "R²",
            "The share by which the squared error falls below that of the mean for everyone. 0 is no better.",
            mark=0.0,
        ),
        Metric("rmse", "RMSE", "Root of the mean squared error, in points. Smaller is better."),
        Metric("calibration_slope", "Calibration slope", "1 is ideal; below 1, scores are spread too far.", NO_SLOPE, 1.0),
        Metric(
            "calibration_intercept",
            "Calibration intercept",
            "Mean of observed minus predicted, in points. 0 is ideal.",
            mark=0.0,
        ),
    ),
}
FURTHER: dict[str, tuple[Metric, ...]] = {
    "binary": (Metric("log_loss", "Log loss", ""),),
    "score": (Metric("mae", "MAE", ""),),
}


@dataclass(frozen=True)
class Candidate:
    """One row of a table of figures."""

    label: str
    chosen: bool
    text: str


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
    width: float
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
        title, definition = sentences.sentence_case(sentences.PHRASES[outcome.response].noun), outcome.definition
    else:
        label = "Score" if instrument is None else instrument.label
        title, definition = f"{label} at the end", f"the {label} score at the end, in points"
    families, ticks = _families(predictor, comparison)
    factors = _factors(predictor, comparison)
    used = breakdown.used_factors(predictor, comparison.kind)
    metrics = (*METRICS[comparison.kind], *FURTHER[comparison.kind])
    return Result(
        key=comparison.kind,
        title=title,
        definition=definition,
        verdict=comparison.verdict,
        plain=_plain(comparison),
        chosen=comparison.candidates[comparison.chosen].label,
        tables=tuple(_table(comparison, metric) for metric in METRICS[comparison.kind]),
        columns=(*(metric.label for metric in metrics), "Loss minus the best one’s"),
        rows=tuple(
            (
                candidate.label,
                candidate.description,
                (
                    *(_text(candidate.metrics.get(metric.key), metric) for metric in metrics),
                    _text(comparison.differences.get(name), Metric("", "", "")),
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
        unused=sentences.listed([predictor.codebook.factors[one].label for one in comparison.factors if one not in used]),
        scale="log-odds, before calibration" if binary else "points, before calibration",
    )


def _plain(comparison: Comparison) -> str:
    metrics = comparison.candidates[comparison.chosen].metrics
    if comparison.kind == "binary":
        return sentences.ranking(metrics["auc"].value) if "auc" in metrics else ""
    return sentences.gain(metrics["r2"].value) if "r2" in metrics else ""


def _table(comparison: Comparison, metric: Metric) -> MetricTable:
    figures = [candidate.metrics.get(metric.key) for candidate in comparison.candidates.values()]
    return MetricTable(
        metric,
        tuple(
            Candidate(candidate.label, name == comparison.chosen, _text(figure, metric))
            for (name, candidate), figure in zip(comparison.candidates.items(), figures, strict=True)
        ),
        charts.forest(
            [None if figure is None else (figure.value, figure.low, figure.high) for figure in figures],
            mark=metric.mark,
        ),
    )


def _text(figure: Figure | None, metric: Metric) -> str:
    if figure is None:
        return metric.absent or UNDEFINED
    if figure.low is None or figure.high is None:
        return f"{number(figure.value, 3)}, no interval"
    return f"{number(figure.value, 3)} ({number(figure.low, 3)} to {number(figure.high, 3)})"


def _group(comparison: Comparison) -> list[tuple[str, str, str, str]]:
    def shown(value: float) -> str:
        return number(100 * value, 0) if comparison.kind == "binary" else number(value, 1)

    return [
        (shown(one.predicted), shown(one.observed), f"{shown(one.low)} to {shown(one.high)}", f"{one.patients:,}")
        for one in comparison.curve
    ]


def _families(
    predictor: Predictor, comparison: Comparison
) -> tuple[tuple[FamilyRow, ...], tuple[charts.Tick, ...]]:
    unit = 100.0 if comparison.kind == "binary" else 1.0
    colours = {family: place for place, family in enumerate(predictor.codebook.families)}
    spreads = {family: comparison.families[family] for family in predictor.families if family in comparison.families}
    drawn = charts.spreads([_times(unit, one.quantiles) for one in spreads.values()])
    widths = charts.widths([one.mean_absolute for one in spreads.values()])
    rows = tuple(
        FamilyRow(
            label=predictor.codebook.families[family].label,
            colour=colours[family],
            used=one.mean_absolute > breakdown.UNUSED,
            mean_absolute=number(unit * one.mean_absolute, 1),
            width=width,
            spread=spread,
            words=f"{number(unit * one.quantiles[0], 1)} to {number(unit * one.quantiles[-1], 1)}",
        )
        for (family, one), width, spread in zip(spreads.items(), widths, drawn.rows, strict=True)
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
    by_size: Callable[[str], float] = lambda family: -comparison.families[family].mean_absolute  # noqa: E731
    largest = sorted((family for family in predictor.families if family in comparison.families), key=by_size)[:2]
    return f"Most goes by {sentences.listed([predictor.codebook.families[family].label for family in largest])}."


def _factors(predictor: Predictor, comparison: Comparison) -> tuple[FactorRow, ...]:
    used = {name: value for name, value in comparison.factors.items() if value > breakdown.UNUSED}
    places = {family: place for place, family in enumerate(predictor.codebook.families)}
    known = predictor.codebook.factors
    return tuple(
        FactorRow(known[name].label, places[known[name].family], number(value, 3), width)
        for (name, value), width in zip(used.items(), charts.widths(list(used.values())), strict=True)
    )
