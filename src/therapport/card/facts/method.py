"""What the run knows of the method: items 12a to 16."""

from collections.abc import Callable, Mapping

from therapport.card import words
from therapport.card.facts import elsewhere, people
from therapport.models import CANDIDATES
from therapport.predictor import Predictor

Facts = tuple[str, ...]
HOW_PREDICTED = (
    "By the same program that predicts in use, on people whom the models had not seen; of several repeats each has its "
    "own figure, and their mean is told.",
)
IMBALANCE = ("No method for class imbalance was used: it would distort probabilities.",)
PURPOSE = {
    "how well people are ranked": ("auc", "r2"),
    "how far predictions are off": (
        "brier",
        "scaled_brier",
        "log_loss",
        "rmse",
        "mae",
        "within_reliable_change",
    ),
    "whether they can be taken at their word": ("calibration_slope", "calibration_intercept", "ici"),
    "what acting on them would find": ("sensitivity_at_capacity", "specificity_at_capacity"),
}
"""What a measure is for -> the measures."""


def use_of_data(of: Predictor) -> Facts:
    """12a."""
    evidence = of.evidence
    return (
        f"{evidence.folds} folds × {words.plural(evidence.repeats, 'repeat')}: each part was predicted by models that "
        f"learned from the others; settings and calibration were found within what was learned from. No fold splits a "
        f"{evidence.group}; found in two folds: {evidence.straddling}.",
        *elsewhere.methods(of),
        "The preferred candidate then learned from everyone; its own figures are those of the folds.",
    )


def handling_of_factors(of: Predictor) -> Facts:
    """12b."""
    ways = {CANDIDATES[one.chosen].label: CANDIDATES[one.chosen].missing for one in of.evidence.comparisons}
    return (
        "Linear candidates take numbers in a straight line, standardised in the training part, and a mark for each "
        "level of a category; trees take numbers as they are.",
        *(f"{label}: {way}." for label, way in ways.items() if way),
    )


def model(of: Predictor) -> Facts:
    """12c."""
    evidence, analysis = of.evidence, of.evidence.analysis
    compared = dict.fromkeys(one.label for each in evidence.comparisons for one in each.candidates.values())
    only = dict.fromkeys(
        each.candidates[name].label
        for each in evidence.comparisons
        for name in each.only_compared
        if name in each.candidates
    )
    beside = f" Compared with and never kept: {words.listed(list(only))}." if only else ""
    facts = [
        f"Compared, from the simplest: {words.listed(list(compared))}. The simplest one is preferred whose paired "
        f"difference to the best cannot be told from zero.{beside}",
        "Calibration: one straight line, fitted to people whom the score had not seen.",
    ]
    if analysis is not None:
        tuned = (
            f"{analysis.trials} trials of a search (Optuna) for each candidate that has settings"
            if analysis.trials
            else "a few fixed settings of each candidate were compared"
        )
        facts.append(
            f"Tuning: {tuned}, on {analysis.inner_folds} inner folds of each training part. Seed {analysis.seed}."
        )
        software = ", ".join(f"{name} {version}" for name, version in analysis.software.items())
        facts.append(f"Software: {software}.")
    return tuple(facts)


def clusters(of: Predictor) -> Facts:
    """12d."""
    group, comparisons = of.evidence.group, of.evidence.comparisons
    facts = [f"No {group} is in two folds, and the bootstrap of every interval draws whole groups ({group})."]
    levels = [level for level in of.evidence.cohort.groups if level != "patient"]
    if any("mixed" in one.candidates for one in comparisons):
        facts.append(
            f"A mixed model with random intercepts ({words.listed(levels)}) was compared; no coefficient differs "
            f"between groups in any candidate."
        )
    split = next((one.sites for one in comparisons if one.sites is not None), None)
    if split is None:
        facts.append("Differences between sites were not estimated: no split by site could be made, or none was asked.")
    else:
        facts.append(
            f"Performance by {split.level}, each left out in turn, is pooled as random effects with a prediction "
            f"interval: see 12a for how, 23b for what was found."
        )
    return tuple(facts)


def measures(of: Predictor) -> Facts:
    """12e."""
    used = {key for one in of.evidence.comparisons for key in one.candidates[one.chosen].metrics}
    purposes = [
        f"{purpose}: {words.listed([words.METRICS[key] for key in keys if key in used])}"
        for purpose, keys in PURPOSE.items()
        if used & {*keys}
    ]
    decided = any(one.decision for one in of.evidence.comparisons)
    benefit = " Net benefit over thresholds beside acting on everyone and on nobody says what use they would be."
    return (
        f"{'; '.join(purposes)[:1].upper()}{'; '.join(purposes)[1:]}.{benefit if decided else ''}",
        f"Intervals: 95 % of {of.evidence.draws:,} draws of whole groups, of out-of-fold predictions as they are. "
        f"Candidates are compared by paired differences of squared error, and with Nadeau and Bengio’s correction, "
        f"which also allows for models fitted anew. These are not corrected for the number of candidates.",
        f"The report draws calibration{' and net benefit' if decided else ''}.",
    )


def updating(of: Predictor) -> Facts:
    """12f and 24."""
    done = of.evidence.recalibration
    if done is None:
        return ("None.",)
    gains = "; ".join(f"{kind} {words.figure(gain)}" for kind, gain in done.gains.items())
    return (
        f"Recalibrated ({done.kind}) on {done.patients:,} patients of another cohort, as a child of version "
        f"{done.parent}. Loss after minus loss before: {gains}. All other figures are those of the parent.",
    )


def output(of: Predictor) -> Facts:
    """15."""
    facts = []
    if of.response is not None:
        facts.append("A probability, with an interval of model uncertainty where refits were made.")
    if of.end_score is not None:
        level = of.end_score.level
        facts.append(f"A score at the end, with an interval that is to hold {words.percent(level)} of new patients.")
    capacity = of.evidence.analysis.capacity if of.evidence.analysis else None
    facts.append("Contributions of families of factors. It puts nobody into a class.")
    if capacity is not None and of.response is not None:
        facts.append(
            f"Sensitivity and specificity are those of following up the {words.percent(capacity)} with the poorest "
            f"outlook, as the study states."
        )
    return tuple(facts)


def differences_in_data(of: Predictor) -> Facts:
    """16 and 20c."""
    if of.evidence.recalibration is not None:
        return ("Development and recalibration used different cohorts; their digests are kept with the model.",)
    return (
        "Development and evaluation share one cohort, one codebook and one way to find the outcome; only folds, sites "
        "and starts tell them apart.",
        *elsewhere.before_and_after(of),
    )


FACTS: Mapping[str, Callable[[Predictor], Facts]] = {
    "12a": use_of_data,
    "12b": handling_of_factors,
    "12c": model,
    "12d": clusters,
    "12e": measures,
    "12f": updating,
    "12g": lambda _: HOW_PREDICTED,
    "13": lambda _: IMBALANCE,
    "14": lambda of: tuple(people.fairness(of)),
    "15": output,
    "16": differences_in_data,
    "20c": differences_in_data,
    "24": updating,
}
"""Number of the item -> its facts."""
