"""The binary outcomes by name, and the words in which each is spoken of."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Response(StrEnum):
    """The binary outcomes; each is a different question, and severity can even change its sign between them."""

    RELIABLE_IMPROVEMENT = "reliable_improvement"
    RECOVERY = "recovery"
    BELOW_CUTOFF = "below_cutoff"
    HALF_DROP = "half_drop"
    REMISSION = "remission"
    CLINICALLY_SIGNIFICANT_CHANGE = "clinically_significant_change"
    RELIABLE_DETERIORATION = "reliable_deterioration"
    NHS_RECOVERY = "nhs_recovery"
    NHS_RELIABLE_IMPROVEMENT = "nhs_reliable_improvement"
    NHS_RELIABLE_RECOVERY = "nhs_reliable_recovery"
    NHS_RELIABLE_DETERIORATION = "nhs_reliable_deterioration"
    DROPOUT = "dropout"
    COMPLETION = "completion"

    @property
    def rests_on(self) -> Literal["one measure", "two measures", "event"]:
        """What it is made from: Outcome, PairOutcome and EventOutcome in this order."""
        if self in (Response.DROPOUT, Response.COMPLETION):
            return "event"
        return "two measures" if self.value.startswith("nhs_") else "one measure"

    @property
    def favourable(self) -> bool:
        """Whether it is good news; where it is not, what speaks for the outcome speaks against the patient's good."""
        return self not in _UNFAVOURABLE


@dataclass(frozen=True)
class Phrase:
    """One outcome in running text: 'Of 100 people like this, about 40 recover'."""

    many: str
    """What several people do."""
    one: str
    """What one person does."""
    noun: str
    asks: str
    """The question that this outcome answers."""


_UNFAVOURABLE = {Response.RELIABLE_DETERIORATION, Response.NHS_RELIABLE_DETERIORATION, Response.DROPOUT}
_FAR = "how far someone comes"
_LINE = "whether someone crosses a line"
_BOTH = "whether someone comes far and crosses a line"
_IMPROVE = Phrase(
    many="reach reliable improvement",
    one="reaches reliable improvement",
    noun="reliable improvement",
    asks=_FAR,
)
_RECOVER = Phrase(many="recover", one="recovers", noun="recovery", asks=_LINE)
_WORSEN = Phrase(
    many="get reliably worse",
    one="gets reliably worse",
    noun="reliable deterioration",
    asks="whether someone gets worse",
)

LABELS: Mapping[Response, str] = {
    Response.RELIABLE_IMPROVEMENT: "reliable improvement",
    Response.RECOVERY: "recovery",
    Response.BELOW_CUTOFF: "a score in the healthy range",
    Response.HALF_DROP: "a 50 % drop",
    Response.REMISSION: "remission",
    Response.CLINICALLY_SIGNIFICANT_CHANGE: "reliable and clinically significant change",
    Response.RELIABLE_DETERIORATION: "reliable deterioration",
    Response.NHS_RECOVERY: "recovery (NHS Talking Therapies)",
    Response.NHS_RELIABLE_IMPROVEMENT: "reliable improvement (NHS Talking Therapies)",
    Response.NHS_RELIABLE_RECOVERY: "reliable recovery (NHS Talking Therapies)",
    Response.NHS_RELIABLE_DETERIORATION: "reliable deterioration (NHS Talking Therapies)",
    Response.DROPOUT: "dropout",
    Response.COMPLETION: "completion of treatment",
}
"""The name of each outcome in running text."""

PHRASES: Mapping[Response, Phrase] = {
    Response.RELIABLE_IMPROVEMENT: _IMPROVE,
    Response.RECOVERY: _RECOVER,
    Response.BELOW_CUTOFF: Phrase(
        many="end outside the clinical range",
        one="ends outside the clinical range",
        noun="ending outside the clinical range",
        asks="whether someone ends beyond a line",
    ),
    Response.HALF_DROP: Phrase(many="halve their score", one="halves the score", noun="halving the score", asks=_FAR),
    Response.REMISSION: Phrase(
        many="end in remission",
        one="ends in remission",
        noun="remission",
        asks="whether someone ends nearly free of symptoms",
    ),
    Response.CLINICALLY_SIGNIFICANT_CHANGE: Phrase(
        many="improve reliably and recover",
        one="improves reliably and recovers",
        noun="reliable improvement with recovery",
        asks=_BOTH,
    ),
    Response.RELIABLE_DETERIORATION: _WORSEN,
    Response.NHS_RECOVERY: _RECOVER,
    Response.NHS_RELIABLE_IMPROVEMENT: _IMPROVE,
    Response.NHS_RELIABLE_RECOVERY: Phrase(
        many="reach reliable recovery", one="reaches reliable recovery", noun="reliable recovery", asks=_BOTH
    ),
    Response.NHS_RELIABLE_DETERIORATION: _WORSEN,
    Response.DROPOUT: Phrase(many="drop out", one="drops out", noun="dropout", asks="whether someone stays"),
    Response.COMPLETION: Phrase(
        many="complete treatment", one="completes treatment", noun="completing treatment", asks="whether someone stays"
    ),
}
"""The words for each outcome in sentences about people."""


class Worded:
    """An outcome is named by its response."""

    response: Response

    @property
    def label(self) -> str:
        """The name of the outcome in running text."""
        return LABELS[self.response]

    @property
    def phrase(self) -> Phrase:
        """The words in 'Of 100 people like this, about 40 …'."""
        return PHRASES[self.response]
