"""Figures with their intervals as people read them."""

from collections.abc import Iterator

from therapport.performance import SMALLEST_CELL
from therapport.predictor.evidence import Abstention, Comparison, Coverage, Difference, Figure, Gap, Interval
from training.populations import words as populations_words
from training.schemes import words as schemes_words

WORDS = {
    "auc": "AUC",
    "brier": "Brier score",
    "rmse": "RMSE",
    "r2": "R2",
    "calibration_intercept": "calibration intercept",
}
"""Figures of those with and without a prediction."""
LOSS = {"binary": "Brier score", "score": "squared error"}


def cell(figure: Figure | None) -> str:
    """Value and 95 % interval; a dash where a figure is undefined."""
    if figure is None:
        return "-"
    if figure.low is None or figure.high is None:
        return _number(figure.value)
    return f"{_number(figure.value)} ({_number(figure.low)} to {_number(figure.high)})"


def _number(value: float) -> str:
    """Three digits, and never a minus zero."""
    return f"{round(value, 3) + 0.0:.3f}"


def lines(comparison: Comparison) -> Iterator[str]:
    """What stands below a table: the preferred candidate beside the baselines, and its interval for the end score."""
    beside = comparison.beside.get(comparison.chosen, {})
    for baseline, difference in beside.items():
        if baseline != comparison.chosen:
            yield _difference(comparison, baseline, difference)
    if comparison.gap is not None:
        yield _gap(comparison.gap)
    if comparison.interval is not None:
        yield _interval(comparison.interval)
    yield from schemes_words.lines(comparison)
    yield from populations_words.lines(comparison)


def _difference(comparison: Comparison, baseline: str, one: Difference) -> str:
    other = comparison.candidates[baseline].label.lower()
    anew = f"{_number(one.corrected_low)} to {_number(one.corrected_high)}"
    return (
        f"{LOSS[comparison.kind].capitalize()} minus that of {other}: {cell(one)}; over models fitted anew {anew} "
        f"(Nadeau and Bengio), p {_probability(one.p_value)}."
    )


def _probability(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"  # noqa: PLR2004 - as far as it is shown


def _gap(gap: Gap) -> str:
    name = {"auc": "AUC", "r2": "R2"}[gap.metric]
    return (
        f"In plain random folds its {name} would read {gap.random:.3f} instead of {gap.grouped:.3f} "
        f"({round(gap.random - gap.grouped, 3) + 0.0:+.3f}): what a split that tears groups apart would have promised."
    )


def _interval(interval: Interval) -> str:
    if interval.half_width is None:
        return (
            f"{interval.groups} {interval.group}s are too few for an interval that holds {interval.level:.0%} of "
            f"patients; the range of the instrument stands in for it."
        )
    new = "new patients" if interval.group == "patient" else f"patients of new {interval.group}s"
    everyone, *others = interval.coverage
    sentence = (
        f"Interval of the end score: the prediction -/+ {interval.half_width:.1f} points, to hold {interval.level:.0%} "
        f"of {new}; of those whom it had not met it held {share(everyone)}"
    )
    subgroups = [one for one in others if not one.by.startswith("left-out")]
    if subgroups:
        lowest, highest = (end(subgroups, key=lambda one: one.share) for end in (min, max))
        sentence += f"; in subgroups {share(lowest)} at least ({_name(lowest)}) and {share(highest)} at most"
        sentence += f" ({_name(highest)})"
    elsewhere = [f"{share(one)} at a {one.by}" for one in others[len(subgroups) :]]
    return "; ".join([sentence, *elsewhere]) + "."


def abstained(found: Abstention) -> str:
    """In whom the predictor abstains, and how good it is in the others."""
    if not found.abstained:
        return f"No prediction for fewer than {SMALLEST_CELL} of {found.patients:,} patients, by the study's own rules."
    why = ", ".join(f"{code} {count:,}" for code, count in found.reasons.items() if count)
    share = "" if found.share is None else f" ({found.share:.0%})"
    sentence = f"No prediction for {found.abstained:,} of {found.patients:,} patients{share}: {why}"
    for name, figure in found.predicted.items():
        other = found.left_out.get(name)
        beside = "" if other is None else f", {cell(other)} in those left out"
        sentence += f"; {WORDS[name]} {cell(figure)} in the others{beside}"
    return f"{sentence}. Counts are rounded down to tens."


def share(one: Coverage) -> str:
    """How often the interval held, with the interval of that share."""
    if one.low is None or one.high is None:
        return f"{one.share:.0%}"
    return f"{one.share:.0%} ({one.low:.0%} to {one.high:.0%})"


def _name(one: Coverage) -> str:
    return f"{one.by}: {one.label}"
