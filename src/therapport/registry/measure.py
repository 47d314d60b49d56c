"""The figure on which a study compares, and how figures are written in a check."""

from collections.abc import Mapping

from therapport.models import Kind
from therapport.predictor import Predictor
from therapport.predictor.evidence import Figure

WORDS: dict[Kind, str] = {"binary": "response", "score": "end score"}


def measure_of(predictor: Predictor, kind: Kind) -> str:
    """The measure on which the study compares."""
    rules = predictor.evidence.gate
    return rules.measure if kind == "binary" else rules.end_score_measure


def known(metrics: Mapping[str, Figure], measure: str) -> Figure | None:
    """The figure among those of a model, if it has it."""
    if measure == "auc" and "auc" not in metrics and "brier" in metrics:
        # By definition: of two patients with the same prediction neither comes first.
        return Figure(value=0.5)
    return metrics.get(measure)


def in_words(figure: Figure) -> str:
    """Value and interval."""
    if figure.low is None or figure.high is None:
        return f"{figure.value:.3f}"
    return f"{figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})"
