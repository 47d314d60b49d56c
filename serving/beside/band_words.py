"""What is said of the expected band: where scores lie beside those of others, never what would come to pass."""

from serving import sentences
from serving.text import sentence_case
from therapport.instruments import Instrument
from therapport.predictor.course import Ends, ExpectedCourse, Side

STAYED = (
    "The band is of people who were still in treatment and filled in the questionnaire then. Who left early is not in "
    "it, whether well or not."
)
ALONE = "It knows nothing of a person but the score at intake. It is no goal and no limit."
UNUSUAL_START = "There is no expected band: hardly anyone in the training cohort began at such a score."
NAME = {"session": "Session", "week": "Week"}
COMMON = 0.75
"""Share of people whose every score is within, from which on downwards one outside is called common."""
NOT_MEASURED = "not known"
NO_BAND = "no band"


def at(unit: str, when: int) -> str:
    """A moment in words; 0 is before the first session."""
    return f"at {unit} {when}" if when else "at intake"


def of_others(course: ExpectedCourse, instrument: Instrument, intake: float, ends: Ends) -> str:
    """What people had who began alike."""
    low, high = sentences.score(ends.low, instrument), sentences.score(ends.high, instrument)
    return (
        f"About {sentences.held(course.level)} people who began at {sentences.score(intake, instrument)} and were "
        f"still in treatment {at(course.unit, ends.when)} had {low} to {high}."
    )


def latest(course: ExpectedCourse, instrument: Instrument, score: float, when: int, side: Side) -> str:
    """Where the latest score lies."""
    told = f"The latest score, {sentences.score(score, instrument)} {at(course.unit, when)}, lies"
    if side == "within":
        return f"{told} within the expected band."
    better = (side == "below") == (instrument.better == "lower")
    return f"{told} {side} the expected band, on the {'better' if better else 'poorer'} side."


def counted(sides: list[Side]) -> str:
    """How many of all scores after intake lie where; empty for a single one, of which `latest` says all."""
    if len(sides) < 2:  # noqa: PLR2004 - one score
        return ""
    above, below = sides.count("above"), sides.count("below")
    if not above and not below:
        return f"So do all {len(sides)} scores so far." if len(sides) > 2 else "So do both scores so far."  # noqa: PLR2004
    parts = [
        f"{count} {'lies' if count == 1 else 'lie'} {side} it"
        for count, side in ((above, "above"), (below, "below"))
        if count
    ]
    return f"Of {len(sides)} scores so far {' and '.join(parts)}."


def whole_way(course: ExpectedCourse) -> str:
    """How common it is to leave the band at some moment; empty where it is not known."""
    known = next((one for one in course.held if one.of == "people"), None)
    if known is None:
        return ""
    told = f"{sentence_case(sentences.people(known.value))} of 100 people had every score within it"
    return f"{told}, so a single one outside is common." if known.value <= COMMON else f"{told}."


def behind(course: ExpectedCourse, score: str, when: int, side: Side) -> str:
    """In a list of patients: the latest score lies outside on the poorer side."""
    return f"The latest {course.instrument}, {score} {at(course.unit, when)}, lies {side} the expected band."


def evidence(course: ExpectedCourse) -> tuple[str, ...]:
    """How far the band can be relied on, as it was found in people whom it had not met."""
    last, new = course.moments[-1], "people" if course.group == "patient" else f"people of other {course.group}s"
    made = [
        f"A band of the {course.instrument} over {course.unit}s, from the score at intake alone, up to {course.unit} "
        f"{last.when}. It is to hold {sentences.held(course.level)} scores at each {course.unit}."
    ]
    by = {(one.of, one.label): one for one in course.held}
    everyone = by.get(("scores", ""))
    if everyone is not None:
        made.append(f"Of the scores of {new}, it held {_of_100(everyone.value, everyone.low, everyone.high)}.")
    thirds = [f"{label}: {_of_100(one.value, one.low, one.high)}" for (of, label), one in by.items() if of == "intake"]
    if thirds:
        made.append(f"By the score at intake, {'; '.join(thirds)}.")
    return (*made, whole_way(course), STAYED) if whole_way(course) else (*made, STAYED)


def _of_100(value: float, low: float | None, high: float | None) -> str:
    told = f"{sentences.people(value)} of 100"
    return told if low is None or high is None else f"{told} ({sentences.people(low)} to {sentences.people(high)})"
