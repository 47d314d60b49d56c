"""The moments at which a prediction can be made."""

from enum import StrEnum


class Landmark(StrEnum):
    """The moments at which a prediction can be made, in the order in which they come."""

    INTAKE = "intake"
    SESSION_1 = "session1"
    SESSION_3 = "session3"
    SESSION_5 = "session5"
    WEEK_4 = "week4"
    END = "end"

    def is_known_by(self, other: "Landmark") -> bool:
        """Whether something known at this moment may be used at the other."""
        order = list(Landmark)
        return order.index(self) <= order.index(other)

    @property
    def session(self) -> int | None:
        """The last session whose measurements are known by then (0 is before the first); None if no session says."""
        return {Landmark.INTAKE: 0, Landmark.SESSION_1: 1, Landmark.SESSION_3: 3, Landmark.SESSION_5: 5}.get(self)

    @property
    def days(self) -> int | None:
        """The last day after the start whose measurements are known by then; None if no day says."""
        return {Landmark.INTAKE: 0, Landmark.WEEK_4: 28}.get(self)
