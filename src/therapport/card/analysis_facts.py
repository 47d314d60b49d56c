"""What the run knows of method, results and use, a function for each item of the checklist that it can answer."""

from collections.abc import Callable, Mapping

from therapport.card import specification, words
from therapport.models import CANDIDATES
from therapport.predictor import Predictor
from therapport.predictor.evidence import Comparison

Facts = tuple[str, ...]
LIMITS = (
    "For research and decision support, with adults in out-patient care.",
    "Not a diagnosis, not for crises, and never a reason to deny care.",
    "What a prediction rests on is association, not effect: it does not say what would happen if something changed.",
)
HOW_PREDICTED = ("By the same program that predicts in use, on people whom the models had not seen.",)
IMBALANCE = ("No method for class imbalance was used: it would distort probabilities.",)
NEXT_STEPS = ("Before it is used elsewhere, hold it against a cohort from there (therapport validate).",)
ONE_COHORT = "Judged on other people of the same cohort only: nothing is known yet of other services or later years."


def use_of_data(of: Predictor) -> Facts:
    """12a."""
    evidence = of.evidence
    return (
        f"{evidence.folds} folds × {words.plural(evidence.repeats, 'repeat')}: each part was predicted by models that "
        f"learned from the others. No fold splits a {evidence.group}; found in two folds: {evidence.straddling}.",
        "The preferred candidate then learned from everyone; its own figures are those of the folds.",
    )


def handling_of_factors(of: Predictor) -> Facts:
    """12b."""
    ways = {CANDIDATES[one.chosen].label: CANDIDATES[one.chosen].missing for one in of.evidence.comparisons}
    return (
        "Linear candidates take numbers in a straight line, standardised in the training part, and a mark for each "
        "level of a category; trees take numbers as they are.",
        *(f"{label}: {way}." for label, way in ways.items()),
    )


def model(of: Predictor) -> Facts:
    """12c."""
    evidence, analysis = of.evidence, of.evidence.analysis
    compared = dict.fromkeys(one.label for each in evidence.comparisons for one in each.candidates.values())
    facts = [
        f"Compared, from the simplest: {words.listed(list(compared))}. The simplest one is preferred whose paired "
        f"difference to the best cannot be told from zero.",
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
    group = of.evidence.group
    return (
        f"No {group} is in two folds, and the bootstrap of every interval draws whole groups ({group}).",
        "A mixed model with random intercepts is among the baselines wherever the codebook has groups.",
    )


def measures(of: Predictor) -> Facts:
    """12e."""
    keys = dict.fromkeys(
        key for one in of.evidence.comparisons for key in words.METRICS if key in one.candidates[one.chosen].metrics
    )
    return (
        f"{words.listed([words.METRICS[key] for key in keys])}: how well people are ranked, how far predictions are "
        f"off, and whether they can be taken at their word.",
        f"Intervals: 95 % of {of.evidence.draws:,} draws; candidates are compared by paired differences of squared "
        f"error, and with Nadeau and Bengio’s correction. The report draws calibration.",
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


def same_cohort(of: Predictor) -> Facts:
    """16 and 20c."""
    if of.evidence.recalibration is not None:
        return ("Development and recalibration used different cohorts; their digests are kept with the model.",)
    return ("None by design: development and evaluation share one cohort, split by fold.",)


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
    facts = [one.verdict for one in of.evidence.comparisons]
    facts += [sentence for one in of.evidence.comparisons for sentence in _coverage(of, one)]
    return (*facts, "The tables of figures have every candidate with its intervals.")


def _coverage(of: Predictor, comparison: Comparison) -> Facts:
    if comparison.interval is None:
        return ()
    everyone, *others = (one for one in comparison.interval.coverage if not one.by.startswith("left-out"))
    held = [f"{_label(of, one.by)}, {one.label}: {words.percent(one.share)}" for one in others]
    subgroups = f" By subgroup: {'; '.join(held)}." if held else ""
    share = words.percent(everyone.share)
    return (f"The end score’s interval held {share} of people whom it had not met.{subgroups}",)


def _label(of: Predictor, name: str) -> str:
    return of.codebook.factors[name].label if name in of.codebook.factors else name


def heterogeneity(of: Predictor) -> Facts:
    """23b."""
    found = []
    for comparison in of.evidence.comparisons:
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
    return (*found, "Figures of single sites: therapport validate prints them, with their mean and spread.")


def verdicts(of: Predictor) -> Facts:
    """25."""
    return tuple(one.verdict for one in of.evidence.comparisons)


def limitations(of: Predictor) -> Facts:
    """26."""
    simulated = ("Simulated: what is learned from it holds for the simulator and for nobody else.",)
    return (
        *(simulated if of.codebook.simulated else ()),
        ONE_COHORT,
        *of.evidence.warnings,
        *(one.learning.sentence for one in of.evidence.comparisons if one.learning is not None),
    )


def poor_input(of: Predictor) -> Facts:
    """27a."""
    required = [of.codebook.factors[name].label for name in of.required]
    most = of.evidence.analysis.abstain_missing if of.evidence.analysis else None
    return (
        "A value outside its range, an unknown level or an unknown column is refused, by column and row.",
        f"Without {words.listed(required)} there is no prediction."
        if required
        else "No factor is required: any of them may be missing.",
        *([] if most is None else [f"There is none either where more than {words.percent(most)} are missing."]),
        "Every answer names the factors that were missing, and those that are unusual in the training cohort.",
    )


def interaction(of: Predictor) -> Facts:
    """27b."""
    return (
        f"Users enter up to {words.plural(len(of.factors), 'factor')} or send a file that fits the codebook, and read "
        f"a probability or a score with what it rests on. {LIMITS[2]}",
    )


OF_THE_ANALYSIS: Mapping[str, Callable[[Predictor], Facts]] = {
    "3b": lambda _: LIMITS,
    "12a": use_of_data,
    "12b": handling_of_factors,
    "12c": model,
    "12d": clusters,
    "12e": measures,
    "12f": updating,
    "12g": lambda _: HOW_PREDICTED,
    "13": lambda _: IMBALANCE,
    "15": output,
    "16": same_cohort,
    "18f": code,
    "20c": same_cohort,
    "22": full_model,
    "23a": performance,
    "23b": heterogeneity,
    "24": updating,
    "25": verdicts,
    "26": limitations,
    "27a": poor_input,
    "27b": interaction,
    "27c": lambda _: NEXT_STEPS,
}
"""Number of the item -> its facts."""
