"""Shares with their Monte Carlo intervals, as words for a table."""

from collections.abc import Sequence

from statsmodels.stats.proportion import proportion_confint

DRAWS = 400
"""Of the cluster bootstrap: fewer than a study's own 1,000, which only makes the ends a little less steady."""
LEVEL = 0.05
OUTCOMES = {"binary": "response", "score": "end score"}


def interval(count: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share over simulated studies (Wilson 1927)."""
    low, high = proportion_confint(count, of, method="wilson")
    return float(low), float(high)


def share(happened: Sequence[bool]) -> str:
    """A share in per cent with its interval."""
    count = sum(map(bool, happened))
    low, high = interval(count, len(happened))
    return f"{count / len(happened):.1%} ({low:.1%} to {high:.1%})"
