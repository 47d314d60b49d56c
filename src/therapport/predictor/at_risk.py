"""Who was still in treatment at the landmark: counted, told in plain words, and never in counts below 10."""

from collections.abc import Iterator
from typing import Literal

from therapport.cohort import shown
from therapport.performance import SMALLEST_CELL
from therapport.tomlfile import Strict

By = Literal["intake", "sessions", "days", "last_measurement"]
Count = int | None
"""None where it is 1 to 9: so few could point at a person."""

SAYS: dict[By, str] = {
    "intake": "everybody is, at the start",
    "sessions": "by the number of sessions",
    "days": "by the days from the start to the last contact",
    "last_measurement": "by the last measurement in the long table",
}


class AtRisk(Strict):
    """How many were left out of a comparison because of where they were in treatment."""

    by: By
    """What tells it."""
    lost: Count
    """Had left before the landmark."""
    unknown: Count
    """Of whom it is not known; they are left out, too."""
    decided: Count
    """Still in treatment, but with their last contact at the landmark itself: a last score was known by then."""


def kept(count: int) -> Count:
    """A count as it may be kept with a model."""
    return None if 0 < count < SMALLEST_CELL else count


def sentence(at_risk: AtRisk | None, patients: int, *, rows: str, when: str) -> str:
    """What a reader is told of `patients` who count; `when` is "at session 5", `rows` patients or episodes."""
    if at_risk is None:
        return (
            f"It is not known who was still in treatment {when}: all {shown(patients)} {rows} count, also any who had "
            f"left before."
        )
    return " ".join(_sentences(at_risk, patients, rows, when))


def _sentences(at_risk: AtRisk, patients: int, rows: str, when: str) -> Iterator[str]:
    yield f"Still in treatment {when}: {shown(patients)} {rows} ({SAYS[at_risk.by]})."
    if at_risk.lost != 0:
        yield f"{_said(at_risk.lost)} had left before and are left out."
    if at_risk.unknown != 0:
        yield f"Of {_said(at_risk.unknown).lower()} it is not known; they are left out."
    if at_risk.decided != 0:
        yield (
            f"{_said(at_risk.decided)} had their last contact {when} itself: nothing was left to predict, so no last "
            f"score of theirs counts."
        )


def _said(count: Count) -> str:
    return shown(1).capitalize() if count is None else shown(count)
