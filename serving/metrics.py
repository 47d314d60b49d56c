"""The figures that say how good a candidate is: how each is introduced, and how it is written."""

from dataclasses import dataclass

from serving.text import number
from therapport.predictor.evidence import Figure


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
LOSS = Metric("loss", "Loss minus the best one’s", "")
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
        Metric(
            "calibration_slope", "Calibration slope", "1 is ideal; below 1, scores are spread too far.", NO_SLOPE, 1.0
        ),
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


def text(figure: Figure | None, metric: Metric) -> str:
    """The figure, or why there is none."""
    return metric.absent or UNDEFINED if figure is None else number(figure.value, 3)


def span(figure: Figure | None) -> str:
    """The interval, or that there is none."""
    if figure is None:
        return ""
    if figure.low is None or figure.high is None:
        return "no interval"
    return f"{number(figure.low, 3)} to {number(figure.high, 3)}"


def whole(figure: Figure | None, metric: Metric) -> str:
    """The figure with its interval."""
    return f"{text(figure, metric)} ({span(figure)})" if figure else text(figure, metric)
