"""In whom figures hold, in sentences: subgroups, those who were lost, and those who get no prediction."""

from collections.abc import Iterator

from therapport.card import words
from therapport.performance import SMALLEST_CELL
from therapport.predictor import Predictor
from therapport.predictor.evidence import Comparison
from therapport.predictor.populations import Completers, Subgroup, Subgroups

HEADLINE = {"binary": "auc", "score": "mae"}
LOST = {"binary": "auc", "score": "r2"}
LEVEL = 0.05
TOGETHER = 0.1
"""Standardised differences above it are called imbalance (Austin 2009)."""
ENDS = {
    "poor": "had all of them ended poorly",
    "good": "had all of them ended well",
    "last": "had they stayed as last seen",
}


def fairness(of: Predictor) -> Iterator[str]:
    """What was done about groups of people, and what was not."""
    shown = [one.subgroups for one in of.evidence.comparisons if one.subgroups is not None]
    if not shown:
        yield "No subgroup was looked at: the study names no columns, and no factor has levels."
        return
    labels = _labels([each for one in shown for each in one.shown])
    left_out = max(one.suppressed for one in shown)
    few = f" {left_out} too small to be shown." if left_out else ""
    yield (
        f"Figures were computed in the levels of {words.listed(labels) or 'no column'}, each beside those of the other "
        f"patients, with Holm’s correction over all comparisons of a figure.{few}"
    )
    audited = _labels([each for one in shown for each in one.shown if each.column in one.audit_only])
    yield (
        f"For audit only, and seen by no model: {words.listed(audited)}."
        if audited
        else "The codebook has no attribute for audit (age, gender, ethnicity, deprivation) that is not a factor too."
    )
    yield "One model answers for everybody: no group was weighted, and no prediction was changed afterwards."
    tolerance = of.evidence.gate.subgroup_tolerance
    yield (
        f"The gate lets a version answer only if its measure is no more than {tolerance:g} worse in any subgroup that "
        f"can be shown than in everyone (therapport promote)."
    )


def in_subgroups(of: Predictor, comparison: Comparison, found: Subgroups) -> Iterator[str]:
    """The lowest and the highest figure, what differs, and what could not be shown."""
    key, what = HEADLINE[comparison.kind], words.short_outcome(of, comparison)
    known = [one for one in found.shown if key in one.figures]
    if known:
        lowest, highest = (end(known, key=lambda one: one.figures[key].value) for end in (min, max))
        yield (
            f"{what} in {words.plural(len(known), 'subgroup')}: {words.METRICS[key]} from {_named(lowest, key)} to "
            f"{_named(highest, key)}; {_differ(found, key)}"
        )
    if found.suppressed:
        yield (
            f"{what}: {words.plural(found.suppressed, 'subgroup')} with fewer than {SMALLEST_CELL} patients, or fewer "
            f"with or without the outcome, can be told nothing about."
        )


def _differ(found: Subgroups, key: str) -> str:
    compared = [one.contrasts[key] for one in found.shown if key in one.contrasts]
    compared = [one for one in compared if one.adjusted is not None]
    if not compared:
        return "no comparison with others could be made."
    holds = sum(one.adjusted is not None and one.adjusted < LEVEL for one in compared)
    many = words.plural(len(compared), "comparison")
    return f"of {many} with the other patients {holds or 'none'} differ after Holm’s correction."


def of_the_lost(of: Predictor, comparison: Comparison, found: Completers) -> Iterator[str]:
    """How many have no outcome, how they differ, and what their outcomes could change."""
    what = words.short_outcome(of, comparison)
    if found.lost is None:
        yield f"{what}: the outcome of fewer than {SMALLEST_CELL} is not known."
        return
    if not found.lost or found.share is None:
        return
    large = [one for one in found.differences if abs(one.standardised) > TOGETHER]
    differ = ""
    if large:
        differ = (
            f"; they differ most in {large[0].label} ({words.signed(large[0].standardised, 2)} standard deviations)"
        )
    key = LOST[comparison.kind]
    known = {"as completers are": found.completers, "weighted for those lost": found.weighted}
    known |= {ENDS[end]: figures for end, figures in found.bounds.items()}
    told = ", ".join(f"{words.number(own[key].value)} {how}" for how, own in known.items() if key in own)
    yield (
        f"{what}: {found.lost:,} or more ({words.percent(found.share)}) have no outcome{differ}. "
        f"{words.METRICS[key]} {told}."
    )


def without_prediction(of: Predictor, comparison: Comparison) -> Iterator[str]:
    """Whom the study's own rules leave without a prediction."""
    found = comparison.abstention
    if found is not None and found.abstained and found.share is not None:
        yield (
            f"{words.short_outcome(of, comparison)}: {found.abstained:,} or more ({words.percent(found.share)}) get no "
            f"prediction, by the rules of the study; figures are of everybody."
        )


def _labels(shown: list[Subgroup]) -> list[str]:
    return list(dict.fromkeys(one.label for one in shown))


def _named(one: Subgroup, key: str) -> str:
    return f"{words.figure(one.figures[key])} in {one.label}: {one.level}"
