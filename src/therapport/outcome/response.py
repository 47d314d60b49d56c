"""The binary outcomes by name, and the words in which each is spoken of."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from therapport.language import N_
from therapport.language import gettext as _


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

    @property
    def label(self) -> str:
        """Its name in running text, in the language of now."""
        return _(LABELS[self])

    @property
    def phrase(self) -> "Phrase":
        """The words in 'Of 100 people like this, about 40 …', in the language of now."""
        known = PHRASES[self]
        return Phrase(many=_(known.many), one=_(known.one), noun=_(known.noun), asks=_(known.asks))


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
_FAR = N_("how far someone comes")
_LINE = N_("whether someone crosses a line")
_BOTH = N_("whether someone comes far and crosses a line")
_STAY = N_("whether someone stays")
_IMPROVE = Phrase(
    many=N_("reach reliable improvement"),
    one=N_("reaches reliable improvement"),
    noun=N_("reliable improvement"),
    asks=_FAR,
)
_RECOVER = Phrase(many=N_("recover"), one=N_("recovers"), noun=N_("recovery"), asks=_LINE)
_WORSEN = Phrase(
    many=N_("get reliably worse"),
    one=N_("gets reliably worse"),
    noun=N_("reliable deterioration"),
    asks=N_("whether someone gets worse"),
)

LABELS: Mapping[Response, str] = {
    Response.RELIABLE_IMPROVEMENT: N_("reliable improvement"),
    Response.RECOVERY: N_("recovery"),
    Response.BELOW_CUTOFF: N_("a score in the healthy range"),
    Response.HALF_DROP: N_("a 50 % drop"),
    Response.REMISSION: N_("remission"),
    Response.CLINICALLY_SIGNIFICANT_CHANGE: N_("reliable and clinically significant change"),
    Response.RELIABLE_DETERIORATION: N_("reliable deterioration"),
    Response.NHS_RECOVERY: N_("recovery (NHS Talking Therapies)"),
    Response.NHS_RELIABLE_IMPROVEMENT: N_("reliable improvement (NHS Talking Therapies)"),
    Response.NHS_RELIABLE_RECOVERY: N_("reliable recovery (NHS Talking Therapies)"),
    Response.NHS_RELIABLE_DETERIORATION: N_("reliable deterioration (NHS Talking Therapies)"),
    Response.DROPOUT: N_("dropout"),
    Response.COMPLETION: N_("completion of treatment"),
}
"""The name of each outcome in running text."""

PHRASES: Mapping[Response, Phrase] = {
    Response.RELIABLE_IMPROVEMENT: _IMPROVE,
    Response.RECOVERY: _RECOVER,
    Response.BELOW_CUTOFF: Phrase(
        many=N_("end outside the clinical range"),
        one=N_("ends outside the clinical range"),
        noun=N_("ending outside the clinical range"),
        asks=N_("whether someone ends beyond a line"),
    ),
    Response.HALF_DROP: Phrase(
        many=N_("halve their score"), one=N_("halves the score"), noun=N_("halving the score"), asks=_FAR
    ),
    Response.REMISSION: Phrase(
        many=N_("end in remission"),
        one=N_("ends in remission"),
        noun=N_("remission"),
        asks=N_("whether someone ends nearly free of symptoms"),
    ),
    Response.CLINICALLY_SIGNIFICANT_CHANGE: Phrase(
        many=N_("improve reliably and recover"),
        one=N_("improves reliably and recovers"),
        noun=N_("reliable improvement with recovery"),
        asks=_BOTH,
    ),
    Response.RELIABLE_DETERIORATION: _WORSEN,
    Response.NHS_RECOVERY: _RECOVER,
    Response.NHS_RELIABLE_IMPROVEMENT: _IMPROVE,
    Response.NHS_RELIABLE_RECOVERY: Phrase(
        many=N_("reach reliable recovery"),
        one=N_("reaches reliable recovery"),
        noun=N_("reliable recovery"),
        asks=_BOTH,
    ),
    Response.NHS_RELIABLE_DETERIORATION: _WORSEN,
    Response.DROPOUT: Phrase(
        many=N_("drop out"), one=N_("drops out"), noun=N_("dropout"), asks=N_("whether someone stays")
    ),
    Response.COMPLETION: Phrase(
        many=N_("complete treatment"),
        one=N_("completes treatment"),
        noun=N_("completing treatment"),
        asks=N_("whether someone stays"),
    ),
}
"""The words for each outcome in sentences about people."""


class Worded:
    """An outcome is named by its response."""

    response: Response

    @property
    def label(self) -> str:
        """The name of the outcome in running text."""
        return self.response.label

    @property
    def phrase(self) -> Phrase:
        """The words in 'Of 100 people like this, about 40 …'."""
        return self.response.phrase
