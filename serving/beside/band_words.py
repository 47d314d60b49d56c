"""What is said of the expected band: where scores lie beside those of others, never what would come to pass."""

from serving import sentences
from serving.text import listed, sentence_case, span
from therapport.instruments import Instrument
from therapport.language import N_, ngettext
from therapport.language import gettext as _
from therapport.predictor.course import Ends, ExpectedCourse, Side

STAYED = N_(
    "The band is of people who were still in treatment and filled in the questionnaire then. Who left early is not in "
    "it, whether well or not."
)
ALONE = N_("It knows nothing of a person but the score at intake. It is no goal and no limit.")
UNUSUAL_START = N_("There is no expected band: hardly anyone in the training cohort began at such a score.")
NAME = {"session": N_("Session"), "week": N_("Week")}
SIDES: dict[Side, str] = {"within": N_("within"), "above": N_("above"), "below": N_("below")}
THIRDS = N_("lowest third"), N_("middle third"), N_("highest third")
"""Of the score at intake; the labels come with the model."""
COMMON = 0.75
"""Share of people whose every score is within, from which on downwards one outside is called common."""
NOT_MEASURED = N_("not known")
NO_BAND = N_("no band")


def at(unit: str, when: int) -> str:
    """A moment in words; 0 is before the first session."""
    if not when:
        return _("at intake")
    return _("at session {number}", number=when) if unit == "session" else _("at week {number}", number=when)


def of_others(course: ExpectedCourse, instrument: Instrument, intake: float, ends: Ends) -> str:
    """What people had who began alike."""
    return _(
        "About {held} people who began at {intake} and were still in treatment {when} had {low} to {high}.",
        held=sentences.held(course.level),
        intake=sentences.score(intake, instrument),
        when=at(course.unit, ends.when),
        low=sentences.score(ends.low, instrument),
        high=sentences.score(ends.high, instrument),
    )


def latest(course: ExpectedCourse, instrument: Instrument, score: float, when: int, side: Side) -> str:
    """Where the latest score lies."""
    told = {"score": sentences.score(score, instrument), "when": at(course.unit, when)}
    if side == "within":
        return _("The latest score, {score} {when}, lies within the expected band.", **told)
    better = (side == "below") == (instrument.better == "lower")
    if side == "below":
        if better:
            return _("The latest score, {score} {when}, lies below the expected band, on the better side.", **told)
        return _("The latest score, {score} {when}, lies below the expected band, on the poorer side.", **told)
    if better:
        return _("The latest score, {score} {when}, lies above the expected band, on the better side.", **told)
    return _("The latest score, {score} {when}, lies above the expected band, on the poorer side.", **told)


def counted(sides: list[Side]) -> str:
    """How many of all scores after intake lie where; empty for a single one, of which `latest` says all."""
    several = len(sides)
    if several < 2:  # noqa: PLR2004 - one score
        return ""
    above, below = sides.count("above"), sides.count("below")
    if not above and not below:
        return ngettext("So do both scores so far.", "So do all {count} scores so far.", several - 1, count=several)
    parts = []
    if above:
        parts.append(ngettext("{count} lies above it", "{count} lie above it", above, count=above))
    if below:
        parts.append(ngettext("{count} lies below it", "{count} lie below it", below, count=below))
    return _("Of {count} scores so far {parts}.", count=several, parts=listed(parts))


def whole_way(course: ExpectedCourse) -> str:
    """How common it is to leave the band at some moment; empty where it is not known."""
    known = next((one for one in course.held if one.of == "people"), None)
    if known is None:
        return ""
    people = sentence_case(sentences.people(known.value))
    if known.value <= COMMON:
        return _("{people} of 100 people had every score within it, so a single one outside is common.", people=people)
    return _("{people} of 100 people had every score within it.", people=people)


def behind(course: ExpectedCourse, score: str, when: int, side: Side) -> str:
    """In a list of patients: the latest score lies outside on the poorer side."""
    told = {"name": course.instrument, "score": score, "when": at(course.unit, when)}
    if side == "above":
        return _("The latest {name}, {score} {when}, lies above the expected band.", **told)
    return _("The latest {name}, {score} {when}, lies below the expected band.", **told)


def evidence(course: ExpectedCourse) -> tuple[str, ...]:
    """How far the band can be relied on, as it was found in people whom it had not met."""
    last = course.moments[-1].when
    told = {"name": course.instrument, "held": sentences.held(course.level), "last": last}
    if course.unit == "session":
        made = [
            _(
                "A band of the {name} over sessions, from the score at intake alone, up to session {last}. It is to "
                "hold {held} scores at each session.",
                **told,
            )
        ]
    else:
        made = [
            _(
                "A band of the {name} over weeks, from the score at intake alone, up to week {last}. It is to hold "
                "{held} scores at each week.",
                **told,
            )
        ]
    by = {(one.of, one.label): one for one in course.held}
    everyone = by.get(("scores", ""))
    if everyone is not None:
        held = _of_100(everyone.value, everyone.low, everyone.high)
        if course.group == "patient":
            made.append(_("Of the scores of people, it held {held}.", held=held))
        else:
            made.append(
                _("Of the scores of people of other {group}s, it held {held}.", group=_(course.group), held=held)
            )
    thirds = [
        f"{_(label)}: {_of_100(one.value, one.low, one.high)}" for (of, label), one in by.items() if of == "intake"
    ]
    if thirds:
        made.append(_("By the score at intake, {thirds}.", thirds="; ".join(thirds)))
    return (*made, whole_way(course), _(STAYED)) if whole_way(course) else (*made, _(STAYED))


def _of_100(value: float, low: float | None, high: float | None) -> str:
    told = _("{count} of 100", count=sentences.people(value))
    return told if low is None or high is None else f"{told} ({span(sentences.people(low), sentences.people(high))})"
