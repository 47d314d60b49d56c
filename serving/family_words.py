"""What is said of families and factors: for, against, how surely and how much together; never what does what."""

from collections.abc import Sequence
from typing import Literal

from serving.text import listed, number
from therapport.outcome import Phrase

Direction = Literal["for", "against", "hardly", "unclear", "unused"]
WORDS: dict[Direction, str] = {
    "for": "speaks for",
    "against": "speaks against",
    "hardly": "hardly counts",
    "unclear": "could be zero",
    "unused": "not used",
}
"""What a family or a factor does in a prediction, and no more than that."""

SAME_FOR_ALL = "This model gives everyone the same answer, so no family of factors counts in it."
NOTHING_STANDS_OUT = "No family stands out here: the prediction stays close to the starting point."
NONE_IS_CLEAR = "No family can be told from zero here: with other people to learn from, each could speak the other way."
NONE_STANDS_OUT_CLEARLY = "No family stands out here: each one hardly counts, or cannot be told from zero."
NO_MODEL_UNCERTAINTY = (
    "How sure the model is of one person’s figures has not been estimated. The intervals above are about the figures "
    "of the cohort."
)
WHAT_REFITS_SAY = (
    "These lines say how far this model would move with other people of the same kind; they say nothing about a model "
    "of another kind."
)
LIMIT_OF_REFITS = (
    "The lines of one person’s figures are about the model. They are no interval for what will become of that person."
)
ADDS_UP = "This model adds its families up; none depends on another."
SUMS_OF_FACTORS = "In this model each family is the sum of its factors."
NO_PAIR_STANDS_OUT = "No two families clearly count together here."


def holds_zero(low: float | None, high: float | None) -> bool:
    """Whether an interval is known and zero lies in it."""
    return low is not None and high is not None and low <= 0 <= high


def direction(favourable: float, *, hardly: float, unclear: bool = False) -> Direction:
    """For or against, from a contribution that is positive where it speaks for the outcome."""
    if unclear:
        return "unclear"
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


def people_together(points: float) -> str:
    """A contribution in people of 100, within a sentence."""
    if abs(points) < 0.01:  # noqa: PLR2004 - one of 100
        return "less than 1 person of 100"
    count = abs(round(100 * points))
    return f"{count} {'more' if points > 0 else 'fewer'} {'person' if count == 1 else 'people'} of 100"


def points_together(points: float) -> str:
    """A contribution in points of the end score, within a sentence."""
    if abs(points) < 0.05:  # noqa: PLR2004 - rounds to 0.0
        return "less than 0.1 points"
    return f"a score {number(abs(points), 1)} points {'higher' if points > 0 else 'lower'}"


def rests_mostly_on(families: Sequence[tuple[str, float, Direction]]) -> str:
    """The two families that count most and clearly (label, contribution, direction), in one sentence."""
    said = {direction for _, _, direction in families} - {"unused"}
    counting = sorted((one for one in families if one[2] in ("for", "against")), key=lambda one: -abs(one[1]))[:2]
    if counting:
        parts = listed([f"{label} ({WORDS[direction]})" for label, _, direction in counting])
        least = abs(counting[-1][1])
        if any(direction == "unclear" and abs(points) > least for _, points, direction in families):
            return f"As far as families can be told from zero, the prediction rests mostly on {parts}."
        return f"The prediction rests mostly on {parts}."
    if not said:
        return SAME_FOR_ALL
    if said == {"unclear"}:
        return NONE_IS_CLEAR
    return NONE_STANDS_OUT_CLEARLY if "unclear" in said else NOTHING_STANDS_OUT


def one_factor_only(label: str, *, unclear: bool = False) -> str:
    """Said wherever the model looks at one factor."""
    only = f"This model looks at one thing only: {label}. The other factors are not used."
    return f"{only} Here it cannot be told from zero." if unclear else only


def two_questions(labels: Sequence[str], phrase: Phrase) -> str:
    """Said where families speak for one outcome and against the other; empty if none does."""
    if not labels:
        return ""
    speaks = "speaks" if len(labels) == 1 else "speak"
    return (
        f"{listed(labels)} {speaks} one way for {phrase.noun} and the other way for the score. These are two "
        f"questions: {phrase.asks}, and where someone ends."
    )


def typical(*, where: Sequence[str] = (), same: str | None = None) -> str:
    """Whom an explanation starts from, in few words."""
    person = "a typical person of the training cohort"
    if same is not None:
        return f"{person} with the same {same}"
    return f"{person} with {listed(where)}" if where else person


def pair_counts(one: str, other: str, moved: str) -> str:
    """Two families that clearly count together in one prediction."""
    return (
        f"{one} and {other} also count together: in this prediction that comes to {moved}, beside what each says "
        f"by itself. It is already in their bars."
    )


def pair_too(one: str, other: str, moved: str, *, unclear: bool) -> str:
    """The pair that people look for, where it is not the largest."""
    return f"{one} and {other} together come to {moved}{', which could also be zero' if unclear else ''}."


def pair_in_cohort(one: str, other: str, size: str, people: str) -> str:
    """How far two families moved the predictions of a cohort together; `people` says it at even chances."""
    at = f" At even chances that is {people}." if people else ""
    return f"{one} and {other} together moved predictions by {size} on average, beside what each says by itself.{at}"


def computed(method: str) -> str:
    """How contributions are computed."""
    return (
        f"A family’s contribution is its Shapley value: what it adds to the prediction, averaged over every order in "
        f"which the families can come in. For this model it is computed exactly, {method}."
    )


def starts_from(patients: int | None, where: Sequence[str], same: str | None) -> str:
    """Whom explanations start from, in full."""
    who = (
        "all patients of the training cohort"
        if patients is None
        else f"{patients:,} patients, drawn from the training cohort"
    )
    if same is not None:
        return (
            f"Explanations start from {who} with the same {same} as the person; where these are too few, from "
            f"everyone. So {same} itself explains nothing."
        )
    return f"Explanations start from {who}{f' with {listed(where)}' if where else ''}."


def model_uncertainty(refits: int, group: str, multiplier: float) -> str:
    """How the intervals of a person's figures are made."""
    drawn = "patients" if group == "patient" else f"whole groups ({group})"
    return (
        f"The lines of one person’s figures: the model was fitted anew {refits} times, to {drawn} drawn with "
        f"replacement. They hold the figure −/+ {number(multiplier, 2)} standard deviations over these refits."
    )


def factors_differ(difference: str, *, more: bool) -> str:
    """By how much the factors of a family add up to another figure than the family."""
    return (
        f"Added up, these factors come to {difference} {'more' if more else 'less'} than their family: what factors of "
        f"several families say together is shared out in another way among single factors than among families."
    )


def ordinal(place: int) -> str:
    """First, second, … tenth; `place` counts from 0."""
    words = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
    return words[place] if place < len(words) else f"{place + 1}th"


def rank(counts: Sequence[int]) -> str:
    """At which place refits put a family, from how many put it first, second, …; empty where that is not known."""
    if not sum(counts):
        return ""
    most = max(range(len(counts)), key=lambda place: counts[place])
    beside = [place for place, count in enumerate(counts) if count and place != most]
    text = f"{ordinal(most)} in {counts[most]} of {sum(counts)} refits"
    if not beside:
        return text
    ends = ordinal(beside[0]) if len(beside) == 1 else f"{ordinal(beside[0])} to {ordinal(beside[-1])}"
    return f"{text}, else {ends}"
