"""Figures that are better than the field has ever been are a leak until proven otherwise."""

from collections.abc import Iterator

from therapport.codebook import Landmark
from therapport.predictor.evidence import Comparison
from training.findings.codes import Finding

ABOVE = 0.05
"""So much above the best that was published."""
PUBLISHED: dict[Landmark, dict[str, float]] = {
    Landmark.INTAKE: {"auc": 0.75, "r2": 0.30},
    Landmark.SESSION_1: {"auc": 0.75, "r2": 0.30},
    Landmark.SESSION_3: {"auc": 0.82, "r2": 0.45},
    Landmark.WEEK_4: {"auc": 0.82, "r2": 0.45},
    Landmark.SESSION_5: {"auc": 0.87, "r2": 0.55},
}
"""Upper ends of the ranges that reviews of treatment outcome report by landmark; docs/checks.md has the sources."""


def too_good(comparison: Comparison, landmark: Landmark) -> Iterator[Finding]:
    """Candidates whose whole interval lies above what has been published for the landmark."""
    for result in comparison.candidates.values():
        for metric, published in PUBLISHED[landmark].items():
            figure = result.metrics.get(metric)
            if figure is not None and figure.low is not None and figure.low > published + ABOVE:
                yield Finding(
                    "too-good",
                    f"{result.label}: the interval of its {metric.upper()} begins at {figure.low:.2f}; the best "
                    f"published at {landmark.value} reach about {published:.2f}. "
                    f"Look for a column that was known later.",
                )


def straddling(groups: int, level: str) -> Iterator[Finding]:
    """The receipt of the folds, if it does not read zero."""
    if groups:
        yield Finding("group-leak", f"{groups:,} {level}s stand in two folds of a repeat.")
