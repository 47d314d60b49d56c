"""Figures that are better than the field has ever been are a leak until proven otherwise."""

from collections.abc import Iterator
from dataclasses import dataclass

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


@dataclass(frozen=True)
class TooGood:
    """The candidates of one outcome whose whole interval lies above what has been published for the landmark."""

    metric: str
    published: float
    begins: dict[str, float]
    """Candidate -> lower end of its interval, in the order of the comparison."""

    @property
    def limit(self) -> float:
        """What would still be believed."""
        return self.published + ABOVE


def too_good(comparison: Comparison, landmark: Landmark) -> TooGood | None:
    """What is too good of one outcome; None if nothing is."""
    for metric, published in PUBLISHED[landmark].items():
        lows = {name: one.metrics[metric].low for name, one in comparison.candidates.items() if metric in one.metrics}
        begins = {name: low for name, low in lows.items() if low is not None and low > published + ABOVE}
        if begins:
            return TooGood(metric, published, begins)
    return None


def in_words(found: TooGood, comparison: Comparison, landmark: Landmark, suspects: str) -> str:
    """One sentence for all candidates of the outcome, and which factors to look at."""
    labels = [comparison.candidates[name].label.lower() for name in found.begins]
    what = "response" if comparison.kind == "binary" else "end score"
    lowest = min(found.begins.values())
    return (
        f"{what.capitalize()}: the interval of the {found.metric.upper()} begins at {lowest:.2f} or above for "
        f"{', '.join(labels)}; the best published at {landmark.value} reach about {found.published:.2f}. {suspects} "
        f"Look whether something in it was known later."
    )


def straddling(groups: int, level: str) -> Iterator[Finding]:
    """The receipt of the folds, if it does not read zero."""
    if groups:
        yield Finding("group-leak", f"{groups:,} {level}s stand in two folds of a repeat.")
