"""The learning curve of an outcome as a drawing: figures against the number of patients learned from."""

from dataclasses import dataclass

from serving import charts, metrics
from serving.charts import Tick
from serving.metrics import Metric
from serving.text import number
from therapport.predictor.evidence import Comparison, Figure

SHOWN = {"binary": "auc", "score": "r2"}
TICKS = 5


@dataclass(frozen=True)
class Dot:
    """A point of a curve; `up` and the ends are from the bottom, in per cent of the drawing."""

    across: float
    up: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Curve:
    """One candidate; dots are in order, and some may be lacking where the figure is undefined."""

    label: str
    chosen: bool
    dots: tuple[Dot, ...]

    @property
    def lines(self) -> tuple[tuple[Dot, Dot], ...]:
        """From dot to dot."""
        return tuple(zip(self.dots, self.dots[1:], strict=False))


@dataclass(frozen=True)
class Learning:
    """The drawing with its table and its sentence."""

    metric: Metric
    curves: tuple[Curve, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sentence: str


def learning(comparison: Comparison) -> Learning | None:
    """The drawing of one outcome; None where the study did not ask for a curve, or its figure is undefined."""
    curve = comparison.learning
    if curve is None:
        return None
    metric = next(one for one in metrics.METRICS[comparison.kind] if one.key == SHOWN[comparison.kind])
    values = {
        name: [(point.patients, point.candidates[name].get(metric.key)) for point in curve.points]
        for name in curve.gain
    }
    ends = [end for each in values.values() for _, one in each for end in _ends(one)]
    if not ends:
        return None
    margin = 0.06 * (max(ends) - min(ends)) or 0.05
    up = charts.Axis(min(ends) - margin, max(ends) + margin)
    across = charts.Axis(0.0, 1.04 * max(point.patients for point in curve.points))
    return Learning(
        metric=metric,
        curves=tuple(
            Curve(
                comparison.candidates[name].label,
                name == comparison.chosen,
                tuple(_dot(across, up, patients, one) for patients, one in each if one is not None),
            )
            for name, each in values.items()
        ),
        across=across.ticks(TICKS),
        up=up.ticks(TICKS),
        head=tuple(comparison.candidates[name].label for name in values),
        rows=tuple(
            (f"{point.patients:,}", *(_cell(point.candidates[name].get(metric.key), metric) for name in values))
            for point in curve.points
        ),
        sentence=curve.sentence,
    )


def _ends(figure: Figure | None) -> list[float]:
    return [] if figure is None else [end for end in (figure.value, figure.low, figure.high) if end is not None]


def _dot(across: charts.Axis, up: charts.Axis, patients: int, figure: Figure) -> Dot:
    return Dot(
        across.place(patients),
        up.place(figure.value),
        None if figure.low is None else up.place(figure.low),
        None if figure.high is None else up.place(figure.high),
    )


def _cell(figure: Figure | None, metric: Metric) -> str:
    return metrics.text(figure, metric) if figure is None else f"{number(figure.value, 3)} ({metrics.span(figure)})"
