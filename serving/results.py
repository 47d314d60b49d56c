"""The evidence of one outcome, ready to be shown: figures beside the baselines, calibration, what it rests on."""

from dataclasses import dataclass

from serving import charts, cohort_account, elsewhere, further_figures, metrics, sentences, verdicts
from serving.cohort_account import CohortAccount
from serving.further_figures import Further
from serving.metrics import Metric
from serving.text import count, number, sentence_case, span
from therapport.language import gettext as _
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
    rests_on: CohortAccount
    elsewhere: tuple[elsewhere.Part, ...]
    """At other sites, later, in subgroups, and with those who were lost."""
    further: Further


def results(predictor: Predictor) -> tuple[Result, ...]:
    """One result for each outcome, the binary one first."""
    return tuple(_result(predictor, comparison) for comparison in predictor.evidence.comparisons)


def _result(predictor: Predictor, comparison: Comparison) -> Result:
    binary, outcome, instrument = comparison.kind == "binary", predictor.outcome, predictor.end_score_instrument
    if binary and outcome is not None:
        title, definition = sentence_case(outcome.phrase.noun), outcome.definition
    else:
        label = _("Score") if instrument is None else instrument.label
        title = _("{name} at the end", name=label)
        definition = _("the {name} score at the end, in points", name=label)
    shown = (*metrics.METRICS[comparison.kind], *metrics.FURTHER[comparison.kind])
    return Result(
        key=comparison.kind,
        title=title,
        definition=definition,
        verdict=verdicts.verdict(predictor, comparison),
        plain=_plain(comparison),
        chosen=_(comparison.candidates[comparison.chosen].label),
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
        unit=_("people of 100") if binary else _("points"),
        rests_on=cohort_account.account(predictor, comparison),
        elsewhere=elsewhere.parts(comparison),
        further=further_figures.further(predictor, comparison),
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
        (shown(one.predicted), shown(one.observed), span(shown(one.low), shown(one.high)), count(one.patients))
        for one in comparison.curve
    ]
