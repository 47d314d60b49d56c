"""Limits and use: items 3b, 26 and 27."""

from collections.abc import Callable, Iterator, Mapping

from therapport.card import words
from therapport.predictor import Predictor

Facts = tuple[str, ...]
LIMITS = (
    "For research and decision support, with adults in out-patient care.",
    "Not a diagnosis, not for crises, and never a reason to deny care.",
    "What a prediction rests on is association, not effect: it does not say what would happen if something changed.",
)
NEXT_STEPS = ("Before it is used elsewhere, hold it against a cohort from there (therapport validate).",)
SIMULATED = "Simulated: what is learned from it holds for the simulator and for nobody else."
CHOSEN = (
    "The preferred candidate was chosen by the same out-of-fold predictions that its figures come from. Where "
    "candidates are close, its figures are a little too good; those at left-out sites and later in time share in that."
)
AS_THEY_ARE = (
    "Intervals of single figures allow for other patients and groups, not for models fitted anew; those of differences "
    "after Nadeau and Bengio allow for both."
)


def purpose(of: Predictor) -> Facts:
    """3b."""
    return (f"At {words.MOMENTS[of.landmark]} of a course of psychotherapy. {LIMITS[0]}", *LIMITS[1:])


def limitations(of: Predictor) -> Facts:
    """26."""
    return tuple(_limitations(of))


def _limitations(of: Predictor) -> Iterator[str]:
    evidence = of.evidence
    if of.codebook.simulated:
        yield SIMULATED
    yield _reach(of)
    if len(next(iter(evidence.comparisons)).candidates) > 1:
        yield CHOSEN
    yield AS_THEY_ARE
    for comparison in evidence.comparisons:
        lost = comparison.completers.share if comparison.completers is not None else None
        if lost:
            what = words.short_outcome(of, comparison, capital=False)
            yield (
                f"{words.percent(lost)} have no known outcome ({what}): figures are those of completers, with "
                f"worst cases under 23a."
            )
    if evidence.cohort.at_risk is None:
        yield f"It is not known who was still in treatment at {words.MOMENTS[of.landmark]}: everybody counts."
    landmarks = evidence.analysis.landmarks if evidence.analysis is not None else ()
    if landmarks:
        when = words.listed([words.moment(one) for one in landmarks])
        yield (
            f"One of {len(landmarks)} predictors of one study, at {when}; each landmark has other patients, so that "
            f"their figures cannot simply be set side by side, and nothing is corrected for their number."
        )
    yield from evidence.warnings
    yield from (one.learning.sentence for one in evidence.comparisons if one.learning is not None)


def _reach(of: Predictor) -> str:
    """How far from the training cohort it has been judged."""
    comparisons = of.evidence.comparisons
    sites = next((one.sites for one in comparisons if one.sites is not None), None)
    later = next((one.in_time for one in comparisons if one.in_time is not None), None)
    seen = [f"at {sites.level}s that were left out"] if sites is not None else []
    seen += ["in later starts"] if later is not None else []
    unseen = [] if sites is not None else ["other sites"]
    unseen += [] if later is not None else ["later years"]
    judged = f"on other people of the same cohort{'' if not seen else f', also {words.listed(seen)}'}"
    return f"Judged {judged}: nothing is known yet of {' or '.join([*unseen, 'other services'])}."


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


FACTS: Mapping[str, Callable[[Predictor], Facts]] = {
    "3b": purpose,
    "26": limitations,
    "27a": poor_input,
    "27b": interaction,
    "27c": lambda _: NEXT_STEPS,
}
"""Number of the item -> its facts."""
