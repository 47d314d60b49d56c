"""What the run knows of the cohort and the question: items 1 to 11, 20 and 21."""

from collections.abc import Callable, Mapping

from therapport.card import words
from therapport.card.facts import elsewhere
from therapport.performance import SMALLEST_CELL
from therapport.predictor import Predictor
from therapport.predictor.at_risk import sentence

Facts = tuple[str, ...]
PREPARATION = (
    "Every value was held against the range or the levels of the codebook, and a file with any other value is refused "
    "as a whole; codes for missing values became missing.",
    "The same rules hold for everyone.",
)
DEFINED = (
    "The table of factors has every one with its kind, its range and the moment from which it is known; one that "
    "becomes known later cannot enter.",
)


def title(of: Predictor) -> Facts:
    """1."""
    whats = words.listed([words.outcome(of, one) for one in of.evidence.comparisons])
    return (
        f"{of.evidence.title}.",
        f"Development and internal evaluation of a prediction of {whats} at {words.MOMENTS[of.landmark]}, in: "
        f"{of.codebook.title}.",
    )


def summary(of: Predictor) -> Facts:
    """2: a summary from the run alone."""
    cohort = of.evidence.cohort
    return (
        f"{cohort.patients:,} {words.rows(of)}, {len(of.factors)} factors known at {words.MOMENTS[of.landmark]}.",
        *(_main_figures(of, place) for place in range(len(of.evidence.comparisons))),
    )


def _main_figures(of: Predictor, place: int) -> str:
    comparison = of.evidence.comparisons[place]
    metrics = comparison.candidates[comparison.chosen].metrics
    keys = ("auc", "brier", "calibration_slope") if comparison.kind == "binary" else ("r2", "rmse", "calibration_slope")
    said = "; ".join(f"{words.METRICS[key]} {words.figure(metrics[key])}" for key in keys if key in metrics)
    also = "; ".join(elsewhere.headline(comparison))
    return f"{comparison.verdict} Out of fold: {said}.{f' {words.METRICS[keys[0]]} {also}.' if also else ''}"


def prognosis(of: Predictor) -> Facts:
    """3a."""
    return (f"Prognosis: it predicts at {words.MOMENTS[of.landmark]} how a course of psychotherapy will end.",)


def objectives(of: Predictor) -> Facts:
    """4."""
    found = of.evidence.comparisons
    also = ["at sites left out"] if any(one.sites is not None for one in found) else []
    also += ["later in time"] if any(one.in_time is not None for one in found) else []
    return (
        f"Development of a prediction model and its internal evaluation: {words.listed(['out of fold', *also])}, "
        f"beside baselines.",
        *(["Recalibrated afterwards: see 24."] if of.evidence.recalibration else []),
    )


def source(of: Predictor) -> Facts:
    """5a."""
    simulated = ("Simulated: nobody in this cohort exists.",) if of.codebook.simulated else ()
    return (*simulated, f"{of.codebook.title}. Source: {' '.join(of.codebook.source.split())}")


def setting(of: Predictor) -> Facts:
    """6a."""
    groups = [words.plural(count, level) for level, count in of.evidence.cohort.groups.items()]
    described = (" ".join(of.codebook.setting.split()),) if of.codebook.setting else ()
    return (*described, *([f"In the cohort: {words.listed(groups)}."] if groups else []))


def outcome(of: Predictor) -> Facts:
    """8a."""
    said = []
    if of.outcome is not None:
        said.append(f"{of.outcome.label}: {of.outcome.definition}. {of.outcome.denominator}")
    if of.end_score_instrument is not None:
        instrument = of.end_score_instrument
        low, high = instrument.range
        said.append(f"End score: {instrument.label}, {low:g} to {high:g} points, {instrument.better} is better.")
    return (*(f"{one[:1].upper()}{one[1:]}" for one in said), "Horizon: the end of the course of treatment.")


def choice_of_factors(of: Predictor) -> Facts:
    """9a."""
    known = of.codebook.factors_known_at(of.landmark)
    waived = of.evidence.analysis.waived if of.evidence.analysis else {}
    return (
        f"{len(of.factors)} of the {len(known)} factors of the codebook that are known by "
        f"{words.MOMENTS[of.landmark]} were offered to the candidates; none was picked by its relation with the "
        f"outcome.",
        *(f"The check {code} was overruled: {reason}" for code, reason in waived.items()),
    )


def sample_size(of: Predictor) -> Facts:
    """10."""
    analysis, cohort = of.evidence.analysis, of.evidence.cohort
    if analysis is None:
        return ()
    kinds = {"binary": "the response", "score": "the end score"}
    known = {kind: cohort.known.get(kind, cohort.with_outcome) for kind in analysis.needed}
    return (
        "The cohort is what there was: no size was planned by the run.",
        *(
            f"{known[kind]:,} {words.rows(of)} with a known outcome. A regression of {kinds[kind]} on all "
            f"{analysis.parameters} parameters asks for about {needed:,} (Riley 2019, 2020): "
            f"{'enough' if known[kind] >= needed else 'too few'}. Trees need several times as many."
            for kind, needed in analysis.needed.items()
        ),
    )


def missing_data(of: Predictor) -> Facts:
    """11."""
    evidence = of.evidence
    facts = [
        f"{comparison.candidates[comparison.chosen].label}: {comparison.candidates[comparison.chosen].missing}."
        for comparison in evidence.comparisons
        if comparison.candidates[comparison.chosen].missing
    ]
    if evidence.missing is not None:
        facts.append(f"{words.percent(evidence.missing.complete)} of {words.rows(of)} have every factor.")
    facts.append(_without_outcome(of))
    return tuple(dict.fromkeys(facts))


def _without_outcome(of: Predictor) -> str:
    cohort = of.evidence.cohort
    lost = cohort.patients - cohort.with_outcome
    if lost:
        early = cohort.at_risk is not None and cohort.at_risk.decided != 0
        known = ", or was known by the landmark already," if early else ""
        return f"{lost:,} {words.rows(of)} whose outcome is not known{known} were left out of fitting and of figures."
    return f"The outcome is known in all {words.rows(of)}, or in all but fewer than {SMALLEST_CELL}, who were left out."


def dates(of: Predictor) -> Facts:
    """5b."""
    started = of.evidence.cohort.started
    return () if started is None else (f"Treatments started from {started[0]} to {started[1]}.",)


def eligibility(of: Predictor) -> Facts:
    """6b."""
    when = f"at {words.MOMENTS[of.landmark]}"
    return (sentence(of.evidence.cohort.at_risk, of.evidence.cohort.patients, rows=words.rows(of), when=when),)


def flow(of: Predictor) -> Facts:
    """20a."""
    cohort = of.evidence.cohort
    # Who was still in treatment is told with the number of patients.
    begin = f"{cohort.patients:,} {words.rows(of)} in the cohort."
    facts = [*((begin,) if cohort.at_risk is None else eligibility(of)), _without_outcome(of)]
    if cohort.base_rate is not None and of.outcome is not None:
        known = cohort.known.get("binary", 0)
        counted = "" if cohort.events is None else f" ({cohort.events:,} of {known:,})"
        label = f"{of.outcome.label[:1].upper()}{of.outcome.label[1:]}"
        facts.append(f"{label}: {words.percent(cohort.base_rate)}{counted}.")
    if cohort.mean_end_score is not None:
        facts.append(f"Mean score at the end: {words.number(cohort.mean_end_score, 1)}.")
    return tuple(facts)


def characteristics(of: Predictor) -> Facts:
    """20b."""
    return ("Table 1 and the tables of missing values.",) if of.evidence.table_one is not None else ()


def numbers(of: Predictor) -> Facts:
    """21."""
    evidence = of.evidence
    cohort, folds = evidence.cohort, evidence.folds
    facts = []
    for comparison in evidence.comparisons:
        patients = cohort.known.get(comparison.kind, cohort.with_outcome)
        learned = round(patients * (folds - 1) / folds, -1)
        events = cohort.events if comparison.kind == "binary" else None
        with_outcome = "" if events is None else f", {events:,} of them with the outcome"
        facts.append(
            f"{words.short_outcome(of, comparison)}: figures of {patients:,} {words.rows(of)}{with_outcome}, each "
            f"predicted {words.plural(evidence.repeats, 'time')} by a model that learned from about {learned:,.0f} "
            f"others; the final model learned from all {patients:,}."
        )
        if comparison.sites is not None:
            many = words.plural(comparison.sites.sites, comparison.sites.level)
            facts.append(f"At {many}, each left out in turn: the same {words.rows(of)}, each predicted once.")
        if comparison.in_time is not None:
            found = comparison.in_time
            facts.append(f"In time: learned from {found.learned_from:,} or more, tested on {found.tested:,} or more.")
    return tuple(facts)


FACTS: Mapping[str, Callable[[Predictor], Facts]] = {
    "1": title,
    "2": summary,
    "3a": prognosis,
    "4": objectives,
    "5a": source,
    "5b": dates,
    "6a": setting,
    "6b": eligibility,
    "7": lambda _: PREPARATION,
    "8a": outcome,
    "9a": choice_of_factors,
    "9b": lambda _: DEFINED,
    "10": sample_size,
    "11": missing_data,
    "20a": flow,
    "20b": characteristics,
    "21": numbers,
}
"""Number of the item -> its facts."""
