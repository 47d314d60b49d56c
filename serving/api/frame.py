"""What every route of a server shares: limits, counters, the audit trail."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from serving.api.bodies import Limits
from serving.api.meters import Meters
from serving.api.reader import Patients
from serving.api.served import Loaded
from therapport.language import ENGLISH

WHO = "therapport.who"
"""Where in a request's scope the id of its key is kept for the audit trail."""


@dataclass(frozen=True)
class CardFeedback:
    """What is kept of what became of a card of CDS Hooks."""

    card: str
    outcome: str
    reason: str | None
    commented: bool
    """Whether there was a comment; what it said is not kept."""
    at: str


class Trail(Protocol):
    """Keeps answers before they are sent; `serving.audit` has it."""

    def answers(self, loaded: Loaded, who: str | None, route: str, patients: Patients, answers: list[str]) -> None:
        """Keep them; raises if they cannot be kept."""
        ...

    def contest(self, loaded: Loaded, who: str | None, patient: str, about: str, said: str) -> None:
        """Keep that somebody disagrees."""
        ...

    def cards(self, loaded: Loaded, who: str | None, patient: str, cards: Sequence[str]) -> None:
        """Keep which cards were made for a patient."""
        ...

    def feedback(self, loaded: Loaded, who: str | None, feedback: Sequence[CardFeedback]) -> None:
        """Keep what became of cards."""
        ...


@dataclass(frozen=True)
class Frame:
    """Of one process."""

    limits: Limits = field(default_factory=Limits)
    meters: Meters = field(default_factory=Meters)
    trail: Trail | None = None
    language: str = ENGLISH
    """Of pages for which nobody asks for another one."""
