"""The sentences for people: natural frequencies in both frames, plain words, and no claim about what does what."""

from collections.abc import Sequence
from typing import Protocol

from serving.text import listed, number
from therapport.codebook import Landmark
from therapport.instruments import Instrument
from therapport.outcome import Phrase


class Defined(Protocol):
    """An outcome as sentences need it."""

    @property
    def phrase(self) -> Phrase:
        """The words for what people do."""

    @property
    def definition(self) -> str:
        """The rule in one sentence."""


EXTREMES = {0: "fewer than 1", 100: "more than 99"}
ONE = ("1", "fewer than 1")
SIMULATED = "Simulated: nobody in this cohort exists"
WIDE_FROM = 0.3
WIDE = "That is a wide range, so this figure says little about this person."
UNCERTAINTY_UNKNOWN = "How sure the model is of this figure has not been estimated yet."
FAILED = "No prediction: the answer did not pass its own check (its parts did not add up), so it is withheld."
COMPLETE = "Everything that this model can use is filled in."
LIMITS = (
    "For research and decision support, with adults in out-patient care.",
    "Not a diagnosis, not for crises, and never a reason to deny care.",
    "What a prediction rests on is association, not effect: it does not say what would happen if something changed.",
)

END_SCORE_INTERVAL = (
    "The interval of the end score: on people whom the model had not seen, 8 of 10 errors were no larger. It is cut to "
    "the range of the instrument."
)


def whole(probability: float) -> int:
    """Whole people of 100; 'fewer than 1' is none of them, 'more than 99' are all."""
    if probability < 0.01:  # noqa: PLR2004 - one of 100
        return 0
    return 100 if probability > 0.99 else round(100 * probability)  # noqa: PLR2004 - 99 of 100


def people(probability: float) -> str:
    """How many of 100: a whole number, 'fewer than 1' or 'more than 99'."""
    return EXTREMES.get(whole(probability)) or str(whole(probability))


def others(probability: float) -> str:
    """The rest of the 100, in the same words."""
    rest = 100 - whole(probability)
    return EXTREMES.get(rest) or str(rest)


def chances(outcome: Defined, probability: float, low: float | None = None, high: float | None = None) -> str:
    """The chance in natural frequencies and both frames; the outcome's definition stands in it."""
    reached, rest, rule = people(probability), others(probability), definition(outcome)
    about = f"about {reached}" if reached.isdigit() else reached
    span = "" if low is None or high is None else f" ({between(low, high)})"
    beginning = f"Of 100 people like this, {about}{span} {do(outcome.phrase, reached)}"
    if "(" in rule:  # brackets within brackets cannot be read
        return f"{beginning}; {rest} {do_not(rest)}. What is meant: {rule}."
    return f"{beginning} ({rule}); {rest} {do_not(rest)}."


def do(phrase: Phrase, count: str) -> str:
    """What so many people do."""
    return phrase.one if count in ONE else phrase.many


def do_not(count: str) -> str:
    """What the others do not."""
    return "does not" if count in ONE else "do not"


def definition(outcome: Defined) -> str:
    """The rule of the outcome, fit to stand in a sentence about people."""
    return outcome.definition.replace(", in patients who began at ", ", after a start at ")


def between(low: float, high: float) -> str:
    """A range of people of 100."""
    return f"between {people(low)} and {people(high)}"


def uncertainty(low: float | None, high: float | None) -> str:
    """How sure the model is, or that nobody knows yet."""
    if low is None or high is None:
        return UNCERTAINTY_UNKNOWN
    told = f"With other people to learn from, the model would mostly say a figure {between(low, high)}."
    return f"{told} {WIDE}" if is_wide(low, high) else told


def is_wide(low: float | None, high: float | None) -> bool:
    """Whether an interval is known and spans 30 of 100 people or more."""
    return low is not None and high is not None and round(high - low, 9) >= WIDE_FROM


def base_rate(probability: float) -> str:
    """The comparison with everyone in the training cohort."""
    return f"For comparison: in the whole training cohort it was {people(probability)} of 100 people."


def end_score(
    instrument: Instrument, value: float, low: float | None = None, high: float | None = None, *, level: float = 0.8
) -> str:
    """The predicted score at the end with the interval that holds a share `level` of people."""
    sentence = f"{instrument.label} at the end is predicted at about {score(value, instrument)} points"
    if low is None or high is None:
        return f"{sentence}. How far off this can be has not been estimated yet."
    span = f"between {score(low, instrument)} and {score(high, instrument)}"
    return f"{sentence}; for {held(level)} people like this it lies {span}."


def held(level: float) -> str:
    """A share as people of ten, or of a hundred where tens do not do."""
    tenths = round(10 * level, 6)
    return f"{tenths:.0f} of 10" if tenths == int(tenths) else f"{100 * level:.0f} of 100"


def mean_end_score(value: float) -> str:
    """The comparison with the mean of the training cohort."""
    return f"For comparison: the mean of the training cohort was {number(value, 1)} points."


def score(value: float, instrument: Instrument) -> str:
    """A score to the nearest one that the instrument can give."""
    steps = round(value / instrument.step) * instrument.step
    return number(steps, 0 if float(instrument.step).is_integer() else 1)


def clinical_range(instrument: Instrument, cutoff: float) -> str:
    """Where the clinical range of an instrument lies."""
    return f"clinical range: {'below ' if instrument.better == 'higher' else ''}{cutoff:g}" + (
        " or above" if instrument.better == "lower" else ""
    )


TOO_UNSURE = (
    "No prediction: fitted anew to patients of the same kind, the model gives answers that lie further apart than the "
    "study allows."
)


def abstained(labels: Sequence[str]) -> str:
    """Why there is no prediction: what is missing, by label."""
    them, are = ("them", "are") if len(labels) > 1 else ("it", "is")
    return f"No prediction: {listed(labels)} {are} not known, and without {them} this model does not answer."


def too_much_missing(most: float) -> str:
    """Why there is no prediction where too many factors are not known."""
    share = f"{100 * most:.0f} %"
    return f"No prediction: more than {share} of the factors are not known, and then this model does not answer."


def too_far(labels: Sequence[str], most: int) -> str:
    """Why there is no prediction for somebody unlike the training cohort: which factors lie outside it, by label."""
    lie = "lie" if len(labels) > 1 else "lies"
    allowed = "no factor does" if most == 0 else f"at most {most} factor{'s do' if most > 1 else ' does'}"
    return (
        f"No prediction: {listed(labels)} {lie} outside what the training cohort covers. This model answers where "
        f"{allowed}."
    )


def missing(unknown: int, factors: int) -> str:
    """How many factors are not known, and what that means for the prediction."""
    if not unknown:
        return COMPLETE
    are, they = ("is", "it is") if unknown == 1 else ("are", "they are")
    return (
        f"{unknown} of {factors} factors {are} not known. The prediction rests on the others, and can shift once "
        f"{they} filled in."
    )


def unusual(factors: int) -> str:
    """What it means that so many factors are unusual in the training cohort; empty if none is."""
    if not factors:
        return ""
    what = "One value is" if factors == 1 else f"{factors} values are"
    return f"{what} unusual in the training cohort. The model has seen few like that, so take more care."


def ranking(auc: float) -> str:
    """What an area under the curve means."""
    return (
        f"Take 100 pairs of people, one with the outcome and one without it: the model puts {round(100 * auc)} of them "
        f"in the right order. Tossing a coin gets 50."
    )


def gain(r2: float) -> str:
    """What a share of squared error means."""
    if r2 <= 0:
        return "The squared error is no smaller than when everyone is given the mean."
    return f"The squared error is {r2:.0%} smaller than when everyone is given the mean.".replace("%", " %")


def figure_intervals(draws: int, group: str) -> str:
    """How the intervals of a cohort's figures are made."""
    drawn = "patients" if group == "patient" else f"whole groups ({group})"
    return f"The intervals of the cohort’s figures hold 95 % of {draws:,} draws of {drawn}, with replacement."


def at(landmark: Landmark) -> str:
    """The moment of prediction in words."""
    return {
        Landmark.INTAKE: "at intake",
        Landmark.SESSION_1: "at session 1",
        Landmark.SESSION_3: "at session 3",
        Landmark.SESSION_5: "at session 5",
        Landmark.WEEK_4: "at week 4",
        Landmark.END: "at the end",
    }[landmark]
