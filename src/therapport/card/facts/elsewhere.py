"""What other splits of the cohort found, in sentences: at left-out sites, and later in time."""

from collections.abc import Iterator

from therapport.card import words
from therapport.performance.pooled import FEWEST_TO_PREDICT
from therapport.predictor import Predictor
from therapport.predictor.evidence import Comparison
from therapport.predictor.schemes import InTime, LeftOutSites, SiteMean

MAIN = {"binary": ("auc", "brier", "calibration_slope"), "score": ("r2", "rmse", "calibration_slope")}
LOSS = {"binary": "Brier score", "score": "Squared error"}
SEVERITY = "severity"


def methods(of: Predictor) -> Iterator[str]:
    """How sites and later starts were set apart, once for all outcomes."""
    comparisons = of.evidence.comparisons
    split = next((one.sites for one in comparisons if one.sites is not None), None)
    if split is not None:
        yield (
            f"Each {split.level} was predicted by models that had learned from the other {split.level}s only"
            f"{'' if split.parts == split.sites else f', several {split.level}s at a time in {split.parts} parts'}; "
            f"groups on both sides: {split.straddling}. Figures of single {split.level}s are pooled as random effects "
            f"(variance after Paule and Mandel, interval after Hartung, Knapp, Sidik and Jonkman; an AUC as log-odds, "
            f"an RMSE as a logarithm). The prediction interval says what a further {split.level} may find, I² how much "
            f"of the differences is more than chance."
        )
    later = next((one.in_time for one in comparisons if one.in_time is not None), None)
    if later is not None:
        yield (
            f"Split in time: models that learned from those who started before {later.cut} predicted those who started "
            f"later; patients on both sides: {later.straddling}."
        )


def of_sites(of: Predictor, comparison: Comparison, found: LeftOutSites) -> Iterator[str]:
    """The preferred candidate at left-out sites, and beside severity alone."""
    what, level = words.short_outcome(of, comparison), found.level
    own = found.pooled.get(comparison.chosen, {})
    figures = [f"{words.METRICS[key]} {_pooled(own[key], level)}" for key in MAIN[comparison.kind] if key in own]
    if figures:
        counted = max(one.sites for one in own.values())
        few = f", without {found.too_small} too small to be counted by themselves" if found.too_small else ""
        yield (
            f"{what} at {level}s left out, mean of {counted} {level}s{few}: {'; '.join(figures)}."
            f"{'' if counted >= FEWEST_TO_PREDICT else ' Two say nothing of a further one.'}"
        )
    else:
        every = found.everyone.get(comparison.chosen, {})
        told = "; ".join(f"{words.METRICS[key]} {words.figure(every[key])}" for key in every)
        yield (
            f"{what} at {level}s left out: too small one by one; all {found.sites} together: {told or 'no figure'}. "
            f"How much {level}s differ cannot be told."
        )
    if found.gain is not None:
        yield (
            f"{LOSS[comparison.kind]} minus that of severity alone at {level}s left out: {_pooled(found.gain, level)}; "
            f"below 0, the preferred candidate is better."
        )


def of_time(of: Predictor, comparison: Comparison, found: InTime) -> Iterator[str]:
    """The preferred candidate in those who started later, and beside severity alone."""
    own, other = (found.candidates.get(name, {}) for name in (comparison.chosen, SEVERITY))
    key = MAIN[comparison.kind][0]
    figures = [f"{words.METRICS[name]} {words.figure(own[name])}" for name in MAIN[comparison.kind] if name in own]
    beside = f"; severity alone {words.figure(other[key])}" if key in other and comparison.chosen != SEVERITY else ""
    gain = "" if found.gain is None else f" {LOSS[comparison.kind]} minus that of severity alone: {_figure(found)}."
    yield (
        f"{words.short_outcome(of, comparison)} in {found.tested:,} or more who started from {found.cut} on, learned "
        f"from {found.learned_from:,} or more before: {'; '.join(figures) or 'no figure'}{beside}.{gain}"
    )


def before_and_after(of: Predictor) -> Iterator[str]:
    """What differs between those who were learned from and those who started later."""
    for comparison in of.evidence.comparisons:
        found = comparison.in_time
        if found is not None:
            binary = comparison.kind == "binary"
            one, other = (
                words.percent(mean) if binary else f"mean {words.number(mean, 1)}"
                for mean in (found.mean_before, found.mean_after)
            )
            yield (
                f"{words.short_outcome(of, comparison)}: {one} in those who started before {found.cut}, {other} in "
                f"those who started later."
            )


def headline(comparison: Comparison) -> Iterator[str]:
    """The first figure of the preferred candidate, at left-out sites and later in time."""
    key = MAIN[comparison.kind][0]
    pooled = None if comparison.sites is None else comparison.sites.pooled.get(comparison.chosen, {}).get(key)
    if pooled is not None and comparison.sites is not None:
        yield f"at {comparison.sites.level}s left out {_pooled(pooled, comparison.sites.level)}"
    later = None if comparison.in_time is None else comparison.in_time.candidates.get(comparison.chosen, {}).get(key)
    if later is not None:
        yield f"in later starts {words.figure(later)}"


def _figure(found: InTime) -> str:
    return words.figure(found.gain)


def _pooled(mean: SiteMean, level: str) -> str:
    ahead = ""
    if mean.further_low is not None and mean.further_high is not None:
        ahead = f", at a further {level} {words.number(mean.further_low)} to {words.number(mean.further_high)}"
    return f"{words.figure(mean)}{ahead}, I² {words.percent(mean.inconsistency)}"
