"""A question about where figures hold, and what was found: sentences and tables, ready to be shown."""

from dataclasses import dataclass, field

from serving import metrics
from serving.text import number
from therapport.predictor.evidence import Figure

HEADLINE = {"binary": ("auc", "brier"), "score": ("r2", "rmse")}
LABELS = {
    "auc": "AUC",
    "brier": "Brier score",
    "r2": "R²",
    "rmse": "RMSE",
    "mae": "MAE",
    "calibration_slope": "Calibration slope",
    "calibration_intercept": "Calibration intercept",
}
LOSS = {"binary": "Brier score", "score": "squared error"}


@dataclass(frozen=True)
class Table:
    """Rows below each other: the first cell heads its row."""

    caption: str
    why: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    folded: bool = False


@dataclass(frozen=True)
class Part:
    """One question and what was found."""

    title: str
    sentences: tuple[str, ...]
    tables: tuple[Table, ...] = field(default=())


def cell(figure: Figure | None) -> str:
    """The figure with its interval; a dash where there is none."""
    if figure is None:
        return "–"
    span = metrics.span(figure)
    return number(figure.value, 3) if span == "no interval" else f"{number(figure.value, 3)} ({span})"
