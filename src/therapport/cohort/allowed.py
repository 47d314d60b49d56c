"""What a codebook allows in a column, in words; and a code for each way to break it, for programs."""

from collections.abc import Iterable

Violation = tuple[str, str, list[int]]
"""Column, what is allowed there, and the rows (1 = the first patient) that break it."""

UNIQUE = (
    "every row needs an id of its own (for a patient with several episodes: give each episode an id, and name the "
    "column of the patient under [groups] of the codebook as patient)"
)
EMPTY = "must not be empty"
TRUTH = "must be true or false"
WHOLE = "must be a whole number"
DAY = "must be a date, such as 2026-03-31"
RAGGED = "must have a value for each column of the header"


def number(low: float, high: float) -> str:
    """For what is no number at all."""
    return f"must be a number from {low:g} to {high:g}"


def outside(low: float, high: float) -> str:
    """For a number that lies elsewhere."""
    return f"outside {low:g} to {high:g}"


def levels(known: Iterable[str]) -> str:
    """For a text that is none of them."""
    return f"allowed levels: {', '.join(known)}"


def before(column: str) -> str:
    """For a date that lies before that of another column."""
    return f"before {column}"


REASONS = {
    "missing-id": "the row has no id",
    "repeated-id": "another row has the same id",
    "no-number": "not a number",
    "no-truth": "neither true nor false",
    "out-of-range": "outside the range of the codebook",
    "not-whole": "not a whole number",
    "unknown-level": "a level that the codebook does not know",
    "no-date": "not a date",
    "before-birth": "the episode begins before the patient's birth",
    "ragged-row": "more or fewer values than the header has columns",
}
"""Code -> what it stands for."""
BEGINNINGS = {
    EMPTY: "missing-id",
    UNIQUE: "repeated-id",
    "must be a number from ": "no-number",
    TRUTH: "no-truth",
    "outside ": "out-of-range",
    WHOLE: "not-whole",
    "allowed levels: ": "unknown-level",
    DAY: "no-date",
    "before ": "before-birth",
    RAGGED: "ragged-row",
}


def reason(words: str) -> str:
    """The code of what is allowed; raises KeyError for words that are not from here."""
    for beginning, code in BEGINNINGS.items():
        if words.startswith(beginning):
            return code
    raise KeyError(words)
