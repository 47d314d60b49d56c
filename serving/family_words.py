"""What is said of families and factors: for, against, how surely and how much together; never what does what."""

from collections.abc import Sequence
from typing import Literal

from serving.text import listed, number
from therapport.language import N_, ngettext
from therapport.language import gettext as _
from therapport.outcome import Phrase

Direction = Literal["for", "against", "hardly", "unclear", "unused"]
WORDS: dict[Direction, str] = {
    "for": N_("speaks for"),
    "against": N_("speaks against"),
    "hardly": N_("hardly counts"),
    "unclear": N_("could be zero"),
    "unused": N_("not used"),
}
"""What a family or a factor does in a prediction, and no more than that."""

SAME_FOR_ALL = N_("This model gives everyone the same answer, so no family of factors counts in it.")
NOTHING_STANDS_OUT = N_("No family stands out here: the prediction stays close to the starting point.")
NONE_IS_CLEAR = N_(
    "No family can be told from zero here: with other people to learn from, each could speak the other way."
)
NONE_STANDS_OUT_CLEARLY = N_("No family stands out here: each one hardly counts, or cannot be told from zero.")
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
ADDS_UP = N_("This model adds its families up; none depends on another.")
SUMS_OF_FACTORS = "In this model each family is the sum of its factors."
NO_PAIR_STANDS_OUT = N_("No two families clearly count together here.")


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
        return _("under 1")
    people = abs(round(100 * points))
    return _("{people} more", people=people) if points > 0 else _("{people} fewer", people=people)


def points_moved(points: float) -> str:
    """A contribution in points of the end score."""
    if abs(points) < 0.05:  # noqa: PLR2004 - rounds to 0.0
        return _("under {least}", least=number(0.1, 1))
    size = number(abs(points), 1)
    return _("{points} higher", points=size) if points > 0 else _("{points} lower", points=size)


def people_together(points: float) -> str:
    """A contribution in people of 100, within a sentence."""
    if abs(points) < 0.01:  # noqa: PLR2004 - one of 100
        return _("less than 1 person of 100")
    people = abs(round(100 * points))
    if points > 0:
        return ngettext("{people} more person of 100", "{people} more people of 100", people, people=people)
    return ngettext("{people} fewer person of 100", "{people} fewer people of 100", people, people=people)


def points_together(points: float) -> str:
    """A contribution in points of the end score, within a sentence."""
    if abs(points) < 0.05:  # noqa: PLR2004 - rounds to 0.0
        return _("less than {least} points", least=number(0.1, 1))
    size = number(abs(points), 1)
    return (
        _("a score {points} points higher", points=size)
        if points > 0
        else _("a score {points} points lower", points=size)
    )


def rests_mostly_on(families: Sequence[tuple[str, float, Direction]]) -> str:
    """The two families that count most and clearly (label, contribution, direction), in one sentence."""
    said = {direction for label, points, direction in families} - {"unused"}
    counting = sorted((one for one in families if one[2] in ("for", "against")), key=lambda one: -abs(one[1]))[:2]
    if counting:
        parts = listed([f"{label} ({_(WORDS[direction])})" for label, points, direction in counting])
        least = abs(counting[-1][1])
        if any(direction == "unclear" and abs(points) > least for label, points, direction in families):
            return _("As far as families can be told from zero, the prediction rests mostly on {parts}.", parts=parts)
        return _("The prediction rests mostly on {parts}.", parts=parts)
    if not said:
        return _(SAME_FOR_ALL)
    if said == {"unclear"}:
        return _(NONE_IS_CLEAR)
    return _(NONE_STANDS_OUT_CLEARLY) if "unclear" in said else _(NOTHING_STANDS_OUT)


def one_factor_only(label: str, *, unclear: bool = False) -> str:
    """Said wherever the model looks at one factor."""
    only = _("This model looks at one thing only: {label}. The other factors are not used.", label=label)
    return " ".join([only, _("Here it cannot be told from zero.")]) if unclear else only


def two_questions(labels: Sequence[str], phrase: Phrase) -> str:
    """Said where families speak for one outcome and against the other; empty if none does."""
    if not labels:
        return ""
    return ngettext(
        "{labels} speaks one way for {outcome} and the other way for the score. These are two questions: {asks}, and "
        "where someone ends.",
        "{labels} speak one way for {outcome} and the other way for the score. These are two questions: {asks}, and "
        "where someone ends.",
        len(labels),
        labels=listed(labels),
        outcome=phrase.noun,
        asks=phrase.asks,
    )


def typical(*, where: Sequence[str] = (), same: str | None = None) -> str:
    """Whom an explanation starts from, in few words."""
    if same is not None:
        return _("a typical person of the training cohort with the same {factor}", factor=same)
    if where:
        return _("a typical person of the training cohort with {levels}", levels=listed(where))
    return _("a typical person of the training cohort")


def pair_counts(one: str, other: str, moved: str) -> str:
    """Two families that clearly count together in one prediction."""
    return _(
        "{one} and {other} also count together: in this prediction that comes to {moved}, beside what each says by "
        "itself. It is already in their bars.",
        one=one, other=other, moved=moved,
    )  # fmt: skip


def pair_too(one: str, other: str, moved: str, *, unclear: bool) -> str:
    """The pair that people look for, where it is not the largest."""
    if unclear:
        return _(
            "{one} and {other} together come to {moved}, which could also be zero.", one=one, other=other, moved=moved
        )
    return _("{one} and {other} together come to {moved}.", one=one, other=other, moved=moved)


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
    if more:
        told = _("Added up, these factors come to {difference} more than their family", difference=difference)
    else:
        told = _("Added up, these factors come to {difference} less than their family", difference=difference)
    return _(
        "{told}: what factors of several families say together is shared out in another way among single factors than "
        "among families.",
        told=told,
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
