"""The sentences for people: natural frequencies in both frames, plain words, and no claim about what does what."""

from collections.abc import Sequence
from typing import Literal, Protocol

from serving.text import listed, number
from therapport.codebook import Landmark
from therapport.instruments import Instrument
from therapport.outcome import Phrase

Direction = Literal["for", "against", "hardly", "unused"]


class Defined(Protocol):
    """An outcome as sentences need it."""

    @property
    def phrase(self) -> Phrase:
        """The words for what people do."""

    @property
    def definition(self) -> str:
        """The rule in one sentence."""


WORDS: dict[Direction, str] = {
    "for": "speaks for",
    "against": "speaks against",
    "hardly": "hardly counts",
    "unused": "not used",
}
"""What a family or a factor does in a prediction, and no more than that."""

EXTREMES = {0: "fewer than 1", 100: "more than 99"}
ONE = ("1", "fewer than 1")
SIMULATED = "Simulated: nobody in this cohort exists"
UNCERTAINTY_UNKNOWN = "How sure the model is of this figure has not been estimated yet."
FAILED = "No prediction: the answer did not pass its own check (its parts did not add up), so it is withheld."
SAME_FOR_ALL = "This model gives everyone the same answer, so no family of factors counts in it."
NOTHING_STANDS_OUT = "No family stands out here: the prediction stays close to the starting point."
COMPLETE = "Everything that this model can use is filled in."
LIMITS = (
    "For research and decision support, with adults in out-patient care.",
    "Not a diagnosis, not for crises, and never a reason to deny care.",
    "What a prediction rests on is association, not effect: it does not say what would happen if something changed.",
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
    return f"With other people to learn from, the model would mostly say a figure {between(low, high)}."


def base_rate(probability: float) -> str:
    """The comparison with everyone in the training cohort."""
    return f"For comparison: in the whole training cohort it was {people(probability)} of 100 people."


def end_score(instrument: Instrument, value: float, low: float | None = None, high: float | None = None) -> str:
    """The predicted score at the end with the interval that holds 8 of 10 people."""
    sentence = f"{instrument.label} at the end is predicted at about {score(value, instrument)} points"
    if low is None or high is None:
        return f"{sentence}. How far off this can be has not been estimated yet."
    span = f"between {score(low, instrument)} and {score(high, instrument)}"
    return f"{sentence}; for 8 of 10 people like this it lies {span}."


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


def abstained(labels: Sequence[str]) -> str:
    """Why there is no prediction: what is missing, by label."""
    them, are = ("them", "are") if len(labels) > 1 else ("it", "is")
    return f"No prediction: {listed(labels)} {are} not known, and without {them} this model does not answer."


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


def direction(favourable: float, *, hardly: float) -> Direction:
    """For or against, from a contribution that is positive where it speaks for the outcome."""
    if abs(favourable) < hardly:
        return "hardly"
    return "for" if favourable > 0 else "against"


def people_moved(points: float) -> str:
    """A contribution in people of 100."""
    if abs(points) < 0.01:  # noqa: PLR2004 - one of 100
        return "under 1"
    return f"{abs(round(100 * points))} {'more' if points > 0 else 'fewer'}"


def points_moved(points: float) -> str:
    """A contribution in points of the end score."""
    if abs(points) < 0.05:  # noqa: PLR2004 - rounds to 0.0
        return "under 0.1"
    return f"{number(abs(points), 1)} {'higher' if points > 0 else 'lower'}"


def rests_mostly_on(families: Sequence[tuple[str, float, Direction]]) -> str:
    """The two families that count most (label, contribution, direction), in one sentence."""
    counting = sorted((one for one in families if one[2] in ("for", "against")), key=lambda one: -abs(one[1]))[:2]
    if all(direction == "unused" for _, _, direction in families):
        return SAME_FOR_ALL
    if not counting:
        return NOTHING_STANDS_OUT
    parts = [f"{label} ({WORDS[direction]})" for label, _, direction in counting]
    return f"The prediction rests mostly on {listed(parts)}."


def two_questions(labels: Sequence[str], phrase: Phrase) -> str:
    """Said where families speak for one outcome and against the other; empty if none does."""
    if not labels:
        return ""
    speaks = "speaks" if len(labels) == 1 else "speak"
    return (
        f"{listed(labels)} {speaks} one way for {phrase.noun} and the other way for the score. These are two "
        f"questions: {phrase.asks}, and where someone ends."
    )


def one_factor_only(label: str) -> str:
    """Said wherever the model looks at one factor."""
    return f"This model looks at one thing only: {label}. The other factors are not used."


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
