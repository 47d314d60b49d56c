"""When a column was measured, as far as its name says so."""

import re
from dataclasses import dataclass
from typing import Literal

from therapport.codebook import Landmark
from therapport.draft.vocabulary import Words, vocabulary

Stage = Literal["before", "during", "after", "ordinal", "bare"]
COVERED = "_"
LAST_SESSION, LAST_WEEK = 5, 4  # later than these there is no landmark

_SESSION = re.compile(r"\b(?:s|ses|sess|session|sessie|zitting) (\d+)\b")
_WEEK = re.compile(r"\b(?:w|wk|week|weken) (\d+)\b|\b(\d+) (?:w|wk|wks|week|weeks|weken)\b")
_MONTH = re.compile(r"\b(?:m|mo|mnd|month|maand) (\d+)\b|\b(\d+) (?:m|mo|mnd|month|months|maand|maanden)\b")
_YEAR = re.compile(r"(?:(?<=\S )y|\b(?:yr|year|jaar)) ([1-9]|1\d)\b|\b([1-9]|1\d) (?:y|yr|yrs|year|years|jaar|jaren)\b")
_ORDINAL = re.compile(r"\b(?:t|time|tijd|timepoint|meting|wave|visit|v|tp|moment) (\d+)\b")
_BARE = re.compile(r"(?<=\S )(\d+)$")
_ITEM = re.compile(r"\b(?:item|itm|i|q|vraag|vr) (\d+)\b")


@dataclass(frozen=True)
class Moment:
    """When: before treatment, during, after it, or the n-th of several (bare: by a mere number at the end)."""

    stage: Stage
    number: float
    """Orders the moments of one stage."""
    words: str
    """The part of the name that says so."""

    @property
    def landmark(self) -> Landmark | None:
        """The landmark at which it is known; None if that depends on the other columns, or if there is none."""
        if self.stage == "before":
            return Landmark.INTAKE
        if self.stage != "during":
            return None
        if self.words.startswith("week"):
            return Landmark.WEEK_4
        if self.number <= 1:
            return Landmark.SESSION_1
        return Landmark.SESSION_3 if self.number <= 3 else Landmark.SESSION_5  # noqa: PLR2004 - the landmarks' own numbers


def find(named: Words) -> Moment | None:  # noqa: PLR0911 - one line for each way of saying when
    """The moment in the words of a name; words that say something else stand there as `_`."""
    text = " ".join(named)
    if match := _SESSION.search(text):
        number = int(match[1])
        return Moment(_stage(number, LAST_SESSION), number, f"session {number}")
    if match := _WEEK.search(text):
        number = int(match[1] or match[2])
        return Moment(_stage(number, LAST_WEEK), number, f"week {number}")
    if match := _MONTH.search(text):
        number = int(match[1] or match[2])
        return Moment("after" if number else "before", number * 4.35, f"month {number}")
    if match := _YEAR.search(text):
        years = int(match[1] or match[2])
        return Moment("after", years * 52.2, f"year {years}")
    if match := _ORDINAL.search(text):
        return Moment("ordinal", int(match[1]), f"moment {match[1]}")
    known = vocabulary()
    # Follow-up first: `follow up end` is no end of treatment.
    for phrases, stage, number in (
        (known.later, "after", 1000),
        (known.after, "after", 0),
        (known.before, "before", 0),
    ):
        for phrase in phrases:
            if f" {phrase} " in f" {text} ":
                return Moment(stage, number, phrase)  # type: ignore[arg-type]  # mypy widens the literals of the tuple
    if match := _BARE.search(text):
        return Moment("bare", int(match[1]), f"number {match[1]}")
    return None


def is_item(named: Words) -> bool:
    """Whether the name is one of a single question of an instrument."""
    return _ITEM.search(" ".join(named)) is not None


def without(named: Words) -> Words:
    """The words that say neither when nor nothing: two columns of one measure have the same."""
    text = f" {' '.join(named)} "
    for pattern in (_SESSION, _WEEK, _MONTH, _YEAR, _ORDINAL):
        text = f" {' '.join(pattern.sub('', text).split())} "
    text = f" {_BARE.sub('', text.strip()).strip()} "
    known = vocabulary()
    for phrase in (*known.later, *known.after, *known.before):
        text = text.replace(f" {phrase} ", " ")
    rest = tuple(text.split())
    return tuple(word for word in rest if word not in known.filler) or rest


def _stage(number: int, last: int) -> Stage:
    return "before" if number == 0 else "during" if number <= last else "after"
