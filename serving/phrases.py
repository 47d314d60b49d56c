"""The words for each outcome in sentences about people."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Phrase:
    """One outcome in running text."""

    many: str
    """What several people do."""
    one: str
    """What one person does."""
    noun: str
    asks: str
    """The question that this outcome answers."""


_FAR, _LINE, _STAYS = "how far someone comes", "whether someone crosses a line", "whether someone stays"
_BOTH, _WORSE = "whether someone comes far and crosses a line", "whether someone gets worse"
_RELIABLE = Phrase("reach reliable improvement", "reaches reliable improvement", "reliable improvement", _FAR)
_RECOVER = Phrase("recover", "recovers", "recovery", _LINE)
_WORSEN = Phrase("get reliably worse", "gets reliably worse", "reliable deterioration", _WORSE)
PHRASES: dict[str, Phrase] = {
    "reliable_improvement": _RELIABLE,
    "recovery": _RECOVER,
    "below_cutoff": Phrase(
        "end outside the clinical range",
        "ends outside the clinical range",
        "ending outside the clinical range",
        "whether someone ends beyond a line",
    ),
    "half_drop": Phrase("halve their score", "halves the score", "halving the score", _FAR),
    "remission": Phrase(
        "end in remission", "ends in remission", "remission", "whether someone ends nearly free of symptoms"
    ),
    "clinically_significant_change": Phrase(
        "reach reliable improvement and recover",
        "reaches reliable improvement and recovers",
        "reliable improvement with recovery",
        _BOTH,
    ),
    "reliable_deterioration": _WORSEN,
    "nhs_recovery": _RECOVER,
    "nhs_reliable_improvement": _RELIABLE,
    "nhs_reliable_recovery": Phrase("reach reliable recovery", "reaches reliable recovery", "reliable recovery", _BOTH),
    "nhs_reliable_deterioration": _WORSEN,
    "dropout": Phrase("drop out", "drops out", "dropout", _STAYS),
    "completion": Phrase("complete treatment", "completes treatment", "completing treatment", _STAYS),
}
"""By the name of the response."""
UNFAVOURABLE = frozenset({"reliable_deterioration", "nhs_reliable_deterioration", "dropout"})
"""Where speaking for the outcome is bad news."""
