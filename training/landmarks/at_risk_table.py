"""[at_risk] of a study: what tells who was still in treatment at a landmark."""

from collections.abc import Iterator
from typing import Literal

from therapport.codebook import Codebook, Landmark
from therapport.predictor.at_risk import By
from therapport.tomlfile import Problem, Strict


class AtRiskTable(Strict):
    """[at_risk]: a column of the codebook's measures, or the long table.

    How long a treatment was is known only at its end. So these columns say who counts at a landmark, and are measures:
    a factor they can never be.
    """

    sessions: str | None = None
    """How many sessions there were: at risk at session 3 is who had three or more."""
    days: str | None = None
    """Days from the start to the last contact: at risk at week 4 is who had 28 or more."""
    last_measurement: bool = False
    """Where no column tells it: at risk is of whom the long table has a measurement at the landmark or later."""
    outcome_at: Literal["last_contact", "later"] = "last_contact"
    """When the last score was taken: at the last contact (whose contact at the landmark was the last, has an outcome
    that is known already), or later, in an interview after treatment, say."""

    def by(self, landmark: Landmark) -> By | None:
        """What tells who is at risk at the landmark; None if nothing does. At intake everybody is."""
        if landmark.session is not None and self.sessions is not None:
            return "sessions"
        if landmark.days is not None and self.days is not None:
            return "days"
        if self.last_measurement:
            return "last_measurement"
        return "intake" if landmark is Landmark.INTAKE else None


def problems(table: AtRiskTable, codebook: Codebook, *, has_measurements: bool) -> Iterator[Problem]:
    """What the codebook does not bear out; `has_measurements` is whether the study names a long table."""
    for key, column in (("sessions", table.sessions), ("days", table.days)):
        if column is not None and (text := _column_problem(column, codebook)):
            yield Problem(("at_risk", key), text)
    if table.last_measurement and not has_measurements:
        yield Problem(("at_risk", "last_measurement"), "there is no long table: name it under measurements")


def _column_problem(column: str, codebook: Codebook) -> str | None:
    if column in codebook.factors:
        return (
            f"{column} is a factor, but how long a treatment was is known only at its end: describe it under "
            f"[measures] as a measure of kind count"
        )
    if column not in codebook.measures:
        return f"the codebook has no measure {column} under [measures]"
    return None if codebook.measures[column].kind == "count" else f"{column} must be a measure of kind count"
