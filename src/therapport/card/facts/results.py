"""What the run found: items 22 to 25, and the code of 18f."""

from collections.abc import Callable, Iterator, Mapping

from therapport.card import specification, words
from therapport.card.facts import elsewhere, people
from therapport.predictor import Predictor
from therapport.predictor.evidence import Comparison

Facts = tuple[str, ...]
MAIN = {"binary": ("auc", "brier", "calibration_slope"), "score": ("r2", "rmse", "calibration_slope")}


def code(of: Predictor) -> Facts:
    """18f."""
    software = of.evidence.analysis.software if of.evidence.analysis else {}
    version = f" {software['therapport']}" if "therapport" in software else ""
    return (
        f"therapport{version}, open source (Apache-2.0). Codebook digest {of.codebook.digest()}, cohort digest "
        f"{of.evidence.cohort.digest}.",
    )


def full_model(of: Predictor) -> Facts:
    """22."""
    return (
        *specification.sentences(of),
        f"The whole model is a folder of plain files (version {of.version}) that therapport reads anywhere.",
    )


def performance(of: Predictor) -> Facts:
    """23a."""
    found = [sentence for one in of.evidence.comparisons for sentence in _performance(of, one)]
    return (*found, "The tables of figures have every candidate with its intervals.")


def _performance(of: Predictor, comparison: Comparison) -> Iterator[str]:
    what, metrics = words.short_outcome(of, comparison), comparison.candidates[comparison.chosen].metrics
    yield comparison.verdict
    main = [f"{words.METRICS[key]} {words.figure(metrics[key])}" for key in MAIN[comparison.kind] if key in metrics]
    yield f"{what}, out of fold: {'; '.join(main)}."
    beside = [
        f"{words.figure(difference)} to {comparison.candidates[name].label.lower()}"
        for name, difference in comparison.beside.get(comparison.chosen, {}).items()
        if name != comparison.chosen
    ]
    if beside:
        yield f"{elsewhere.LOSS[comparison.kind]} of the preferred candidate, difference {'; '.join(beside)}."
    yield from _at_capacity(of, comparison)
    yield from _coverage(of, comparison)
    if comparison.in_time is not None:
        yield from elsewhere.of_time(of, comparison, comparison.in_time)
    if comparison.subgroups is not None:
        yield from people.in_subgroups(of, comparison, comparison.subgroups)
    if comparison.completers is not None:
        yield from people.of_the_lost(of, comparison, comparison.completers)
    yield from people.without_prediction(of, comparison)


def _at_capacity(of: Predictor, comparison: Comparison) -> Iterator[str]:
    metrics = comparison.candidates[comparison.chosen].metrics
    names = ("sensitivity_at_capacity", "specificity_at_capacity")
    if of.evidence.analysis is not None and all(name in metrics for name in names):
        reached, spared = (words.figure(metrics[name]) for name in names)
        capacity = of.evidence.analysis.capacity
        yield (
            f"Following up the {words.percent(capacity)} with the poorest outlook would reach {reached} of those who "
            f"end poorly{_at_most(of, capacity)}, and leave out {spared} of the others (shares; by lot {capacity:g} "
            f"and {1 - capacity:g})."
        )


def _at_most(of: Predictor, capacity: float) -> str:
    """What a perfect order would reach: with a small capacity nobody can find all who end poorly."""
    rate = of.evidence.cohort.base_rate
    if rate is None or of.outcome is None:
        return ""
    poor = 1 - rate if of.outcome.response.favourable else rate
    return f" (at most {words.number(min(1.0, capacity / poor), 2)} could be reached)" if poor > 0 else ""


def _coverage(of: Predictor, comparison: Comparison) -> Iterator[str]:
    if comparison.interval is None:
        return
    everyone, *others = (one for one in comparison.interval.coverage if not one.by.startswith("left-out"))
    held = [f"{_label(of, one.by)}, {one.label}: {words.percent(one.share)}" for one in others]
    subgroups = f" By subgroup: {'; '.join(held)}." if held else ""
    share = words.percent(everyone.share)
    yield f"The end score’s interval held {share} of people whom it had not met.{subgroups}"


def _label(of: Predictor, name: str) -> str:
    return of.codebook.factors[name].label if name in of.codebook.factors else name


def heterogeneity(of: Predictor) -> Facts:
    """23b."""
    found: list[str] = []
    for comparison in of.evidence.comparisons:
        if comparison.sites is not None:
            found += elsewhere.of_sites(of, comparison, comparison.sites)
        if comparison.gap is not None:
            gap = comparison.gap
            found.append(
                f"{words.METRICS[gap.metric]} with every {of.evidence.group} kept together: "
                f"{words.number(gap.grouped)}; in random folds it would read {words.number(gap.random)}."
            )
        if comparison.interval is not None:
            found += [
                f"At a {one.by} the end score’s interval held {words.percent(one.share)}."
                for one in comparison.interval.coverage
                if one.by.startswith("left-out")
            ]
    if not any(one.sites is not None for one in of.evidence.comparisons):
        found.append("Performance at single sites was not examined: see 12d.")
    return tuple(found)


def interpretation(of: Predictor) -> Facts:
    """25."""
    fair = [
        sentence
        for one in of.evidence.comparisons
        if one.subgroups is not None
        for sentence in people.in_subgroups(of, one, one.subgroups)
    ]
    return (*(one.verdict for one in of.evidence.comparisons), *fair)


FACTS: Mapping[str, Callable[[Predictor], Facts]] = {
    "18f": code,
    "22": full_model,
    "23a": performance,
    "23b": heterogeneity,
    "25": interpretation,
}
"""Number of the item -> its facts."""
