"""What is said of a caseload: where people stand and what speaks against a good end, held against the numbers."""

from serving import sentences
from serving.caseload.standing import Standing
from serving.text import listed, number
from therapport.instruments import Instrument
from therapport.outcome import AnyOutcome

LABELS: dict[Standing, str] = {
    "not": "not on track",
    "unsure": "cannot be told",
    "on": "on track",
    "none": "no prediction",
}
SORTS = {"worst": "poorest first", "best": "best first", "widest": "least sure first", "missing": "most missing first",
         "id": "by number"}  # fmt: skip
NOTHING_AGAINST = "No family clearly speaks against a good end."
SCORED = "This page rests on a scored cohort: it shows what was answered then, and no values of the person."
NO_FAMILIES = "What the prediction rests on: the cohort was scored without families."
NO_INTERVAL = "How sure the model is of the chance: the cohort was scored without intervals."
NO_FAMILY_INTERVALS = "How sure the figures of families are: the cohort was scored without their intervals."
NO_VALUES = (
    "Single factors within a family, what families do together, the prediction with another value, and what a missing "
    "value would change: a scored cohort holds no values."
)
NO_COURSE = "The course so far, and the expected band: they need the scores of sessions."
NOBODY = "Nobody is in this list."
LIMIT = (
    "The list is a help to decide whom to look at first. It is no verdict on anyone, and never a reason to deny care."
)


def line_of_chance(outcome: AnyOutcome, base_rate: float) -> str:
    """Where the line lies, for a chance."""
    reached = sentences.people(base_rate)
    side = "fewer" if outcome.response.favourable else "more"
    return (
        f"In the training cohort {reached} of 100 people {sentences.do(outcome.phrase, reached)} "
        f"({sentences.definition(outcome)}). Not on track means: the model expects {side} than that, with its whole "
        f"range. Where the range holds that figure, it cannot be told."
    )


def line_of_score(instrument: Instrument, mean: float) -> str:
    """Where the line lies, for a score."""
    side = "higher" if instrument.better == "lower" else "lower"
    return (
        f"In the training cohort the mean {instrument.label} at the end was {number(mean, 1)}. Not on track means: the "
        f"model expects a {side} score than that. The range of a person’s score is wide, so look at it too."
    )


def summary(counts: dict[Standing, int]) -> str:
    """How many stand where."""
    everyone = sum(counts.values())
    parts = [f"{counts['not']:,} {_are(counts['not'])} not on track", f"{counts['on']:,} {_are(counts['on'])} on track"]
    if counts["unsure"]:
        parts.insert(1, f"of {counts['unsure']:,} it cannot be told")
    if counts["none"]:
        parts.append(f"{counts['none']:,} {'has' if counts['none'] == 1 else 'have'} no prediction")
    return f"Of {everyone:,} {'patient' if everyone == 1 else 'patients'} {listed(parts)}."


def against(labels: list[str], outcome: AnyOutcome | None) -> str:
    """Which families clearly speak against a good end, the largest first; an outcome is what the model predicts."""
    if not labels:
        return NOTHING_AGAINST
    speak = "speaks" if len(labels) == 1 else "speak"
    if outcome is None:
        return f"{listed(labels)} {speak} against a better score."
    side = "against" if outcome.response.favourable else "for"
    return f"{listed(labels)} {speak} {side} {outcome.phrase.noun}."


def cautions(missing: int, factors: int, unusual: int, *, wide: bool) -> str:
    """What to be careful about in one answer; empty if nothing is."""
    parts = []
    if missing:
        parts.append(f"{missing} of {factors} factors {'is' if missing == 1 else 'are'} not known")
    if unusual:
        parts.append(f"{unusual} {'value is' if unusual == 1 else 'values are'} unusual in the training cohort")
    if wide:
        parts.append("the range is wide")
    return f"Take care: {listed(parts)}." if parts else ""


def of_another_version(scored: str, now: str) -> str:
    """Said where answers of another version are shown."""
    return f"These answers are of version {scored} of the model; version {now} answers now."


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
