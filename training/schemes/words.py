"""What the other splits found, in a sentence each."""

from collections.abc import Iterator, Mapping

from therapport.predictor.evidence import Comparison, Figure
from therapport.predictor.schemes import InTime, LeftOutSites, SiteMean

HEADLINE: dict[str, tuple[str, str]] = {"binary": ("auc", "AUC"), "score": ("r2", "R2")}
LOSS = {"binary": "Brier score", "score": "squared error"}


def lines(comparison: Comparison) -> Iterator[str]:
    """Of left-out sites, and of the split in time, as far as the study has them."""
    if comparison.sites is not None:
        yield _sites(comparison, comparison.sites)
    if comparison.in_time is not None:
        yield _in_time(comparison, comparison.in_time)


def _sites(comparison: Comparison, found: LeftOutSites) -> str:
    key, name = HEADLINE[comparison.kind]
    one_by_one = "" if found.parts == found.sites else f" in {found.parts} parts"
    sentence = f"Left-out {found.level}s ({found.sites}{one_by_one}; groups on both sides: {found.straddling}): "
    pooled = found.pooled.get(comparison.chosen, {}).get(key)
    everyone = found.everyone.get(comparison.chosen, {}).get(key)
    if pooled is not None:
        sentence += f"{name} {_interval(pooled)} on average{_further(pooled, found.level)}"
        if found.too_small:
            sentence += f"; {found.too_small} too small to be counted by themselves"
    elif everyone is not None:
        sentence += f"{name} {_interval(everyone)} in all of them together; too small one by one"
    else:
        sentence += f"no {name}, because the prediction is the same for everyone"
    if found.gain is not None:
        loss = LOSS[comparison.kind]
        gain = f"{_interval(found.gain)}{_further(found.gain, found.level)}"
        sentence += f". {loss[:1].upper()}{loss[1:]} minus that of severity alone: {gain}"
    return f"{sentence}."


def _further(mean: SiteMean, level: str) -> str:
    if mean.further_low is None or mean.further_high is None:
        return ""
    return f", {mean.further_low:.3f} to {mean.further_high:.3f} to be expected at a further {level}"


def _in_time(comparison: Comparison, found: InTime) -> str:
    key, name = HEADLINE[comparison.kind]
    figure = found.candidates.get(comparison.chosen, {}).get(key)
    figures = f"{name} {_interval(figure)}" if figure is not None else f"no {name}"
    if figure is not None and comparison.chosen != "severity":
        other = found.candidates.get("severity", {}).get(key)
        figures += "" if other is None else f" (severity alone {_interval(other)})"
    return (
        f"In time: learned from {found.learned_from:,} who started before {found.cut}, tested on {found.tested:,} who "
        f"started later: {figures}. Patients on both sides: {found.straddling}{_both(found.on_both_sides)}."
    )


def _both(levels: Mapping[str, int]) -> str:
    others = [f"{level}s on both sides: {count:,}" for level, count in levels.items() if level != "patient"]
    return "".join(f"; {one}" for one in others)


def _interval(figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return f"{figure.value:.3f}"
    return f"{figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})"
