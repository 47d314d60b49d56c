"""The sentences for people: natural frequencies in both frames, plain words, and no claim about what does what."""

from typing import Protocol

from serving.text import number, plain
from therapport.codebook import Landmark
from therapport.instruments import Instrument
from therapport.language import N_, clause, pgettext
from therapport.language import gettext as _
from therapport.outcome import Phrase


class Defined(Protocol):
    """An outcome as sentences need it."""

    @property
    def phrase(self) -> Phrase:
        """The words for what people do."""

    @property
    def definition(self) -> str:
        """The rule in one sentence."""


EXTREMES = {0: N_("fewer than 1"), 100: N_("more than 99")}
SIMULATED = N_("Simulated: nobody in this cohort exists")
WIDE_FROM = 0.3
WIDE = N_("That is a wide range, so this figure says little about this person.")
UNCERTAINTY_UNKNOWN = N_("How sure the model is of this figure has not been estimated yet.")
LIMITS = (
    N_("For research and decision support, with adults in out-patient care."),
    N_("Not a diagnosis, not for crises, and never a reason to deny care."),
    N_(
        "What a prediction rests on is association, not effect: it does not say what would happen if something changed."
    ),
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
    return _of_100(whole(probability))


def others(probability: float) -> str:
    """The rest of the 100, in the same words."""
    return _of_100(100 - whole(probability))


def chances(outcome: Defined, probability: float, low: float | None = None, high: float | None = None) -> str:
    """The chance in natural frequencies and both frames; the outcome's definition stands in it."""
    reached, rest, rule = people(probability), others(probability), definition(outcome)
    span = "" if low is None or high is None else f" ({between(low, high)})"
    they_do = clause(f"{about(reached)}{span}", do(outcome.phrase, reached))
    others_do_not = f"{rest} {do_not(rest)}"
    if "(" in rule:  # brackets within brackets cannot be read
        return _(
            "Of 100 people like this, {they_do}; {others_do_not}. What is meant: {rule}.",
            they_do=they_do, others_do_not=others_do_not, rule=rule,
        )  # fmt: skip
    return _(
        "Of 100 people like this, {they_do} ({rule}); {others_do_not}.",
        they_do=they_do, others_do_not=others_do_not, rule=rule,
    )  # fmt: skip


def about(reached: str) -> str:
    """How many of the 100 in running text: what is no number says already that it is not exact."""
    if reached.isdigit():
        return pgettext("of 100 people", "about {count}", count=reached)
    return pgettext("of 100 people", "{count}", count=reached)


def do(phrase: Phrase, count: str) -> str:
    """What so many people do."""
    return phrase.one if _is_one(count) else phrase.many


def do_not(count: str) -> str:
    """What the others do not."""
    return _("does not") if _is_one(count) else _("do not")


def definition(outcome: Defined) -> str:
    """The rule of the outcome, fit to stand in a sentence about people."""
    return outcome.definition.replace(_(", in patients who began at "), _(", after a start at "))


def between(low: float, high: float) -> str:
    """A range of people of 100."""
    return _("between {low} and {high}", low=people(low), high=people(high))


def uncertainty(low: float | None, high: float | None) -> str:
    """How sure the model is, or that nobody knows yet."""
    if low is None or high is None:
        return _(UNCERTAINTY_UNKNOWN)
    told = _("With other people to learn from, the model would mostly say a figure {span}.", span=between(low, high))
    return f"{told} {_(WIDE)}" if is_wide(low, high) else told


def is_wide(low: float | None, high: float | None) -> bool:
    """Whether an interval is known and spans 30 of 100 people or more."""
    return low is not None and high is not None and round(high - low, 9) >= WIDE_FROM


def base_rate(probability: float) -> str:
    """The comparison with everyone in the training cohort."""
    return _("For comparison: in the whole training cohort it was {count} of 100 people.", count=people(probability))


def end_score(
    instrument: Instrument, value: float, low: float | None = None, high: float | None = None, *, level: float = 0.8
) -> str:
    """The predicted score at the end with the interval that holds a share `level` of people."""
    name, predicted = instrument.label, score(value, instrument)
    if low is None or high is None:
        return _(
            "{name} at the end is predicted at about {predicted} points. How far off this can be has not been "
            "estimated yet.",
            name=name, predicted=predicted,
        )  # fmt: skip
    return _(
        "{name} at the end is predicted at about {predicted} points; for {held} people like this it lies between {low} "
        "and {high}.",
        name=name, predicted=predicted, held=held(level), low=score(low, instrument), high=score(high, instrument),
    )  # fmt: skip


def held(level: float) -> str:
    """A share as people of ten, or of a hundred where tens do not do."""
    tenths = round(10 * level, 6)
    if tenths == int(tenths):
        return _("{count} of 10", count=f"{tenths:.0f}")
    return _("{count} of 100", count=f"{100 * level:.0f}")


def mean_end_score(value: float) -> str:
    """The comparison with the mean of the training cohort."""
    return _("For comparison: the mean of the training cohort was {mean} points.", mean=number(value, 1))


def score(value: float, instrument: Instrument) -> str:
    """A score to the nearest one that the instrument can give."""
    steps = round(value / instrument.step) * instrument.step
    return number(steps, 0 if float(instrument.step).is_integer() else 1)


def clinical_range(instrument: Instrument, cutoff: float) -> str:
    """Where the clinical range of an instrument lies."""
    if instrument.better == "higher":
        return _("clinical range: below {cutoff}", cutoff=plain(cutoff))
    return _("clinical range: {cutoff} or above", cutoff=plain(cutoff))


def ranking(auc: float) -> str:
    """What an area under the curve means."""
    return _(
        "Take 100 pairs of people, one with the outcome and one without it: the model puts {count} of them in the "
        "right order. Tossing a coin gets 50.",
        count=round(100 * auc),
    )


def gain(r2: float) -> str:
    """What a share of squared error means."""
    if r2 <= 0:
        return _("The squared error is no smaller than when everyone is given the mean.")
    return _(
        "The squared error is {share} % smaller than when everyone is given the mean.", share=f"{r2:.0%}".rstrip("%")
    )


def figure_intervals(draws: int, group: str) -> str:
    """How the intervals of a cohort's figures are made."""
    drawn = "patients" if group == "patient" else f"whole groups ({group})"
    return f"The intervals of the cohort’s figures hold 95 % of {draws:,} draws of {drawn}, with replacement."


def at(landmark: Landmark) -> str:
    """The moment of prediction in words."""
    return {
        Landmark.INTAKE: _("at intake"),
        Landmark.SESSION_1: _("at session 1"),
        Landmark.SESSION_3: _("at session 3"),
        Landmark.SESSION_5: _("at session 5"),
        Landmark.WEEK_4: _("at week 4"),
        Landmark.END: _("at the end"),
    }[landmark]


def _of_100(count: int) -> str:
    return _(EXTREMES[count]) if count in EXTREMES else str(count)


def _is_one(count: str) -> bool:
    """Whether so many are spoken of as one."""
    return count in ("1", _(EXTREMES[0]))
