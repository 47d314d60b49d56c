"""What is said of other values, of missing ones, and of safety: of the prediction, never of what would come to pass."""

from serving.text import listed
from therapport.language import N_
from therapport.language import gettext as _

WHAT_IF = N_(
    "The table gives what this model would say with another value, everything else as it was filled in. It does not "
    "say what would happen to the person."
)
USUAL_ONLY = N_("Values stay within what is usual in the training cohort; beyond it the model would only guess.")
SAFETY = N_(
    "Safety: PHQ-9 item 9 is above zero. Talk with the person about safety now, whatever this page says. No model has "
    "seen this answer."
)
SAFETY_LABEL = N_("PHQ-9 item 9 (the safety question)")
SAFETY_HINT = N_("0 to 3. It is kept from every model and only brings a notice.")
SAFETY_WRONG = N_("PHQ-9 item 9 (the safety question) must be 0, 1, 2 or 3.")
WITH_ANSWER = N_("It is kept in the audit trail, with this answer.")
BY_ITSELF = N_("It is kept in the audit trail, under this patient; the answer was given when the cohort was scored.")
NO_TRAIL = N_("This server keeps no audit trail, so a disagreement would be lost here.")
NOTED = N_(
    "Your disagreement is kept in the audit trail. It changes no prediction; those who mind the model will see it."
)
EMPTY = N_("Please write what you disagree with, in at most 2,000 characters.")
UNSEEN = N_("what it would change cannot be said: too few people of the training cohort had it filled in.")


def would_lie(label: str, low: str, high: str, unit: str) -> str:
    """Between what the prediction would lie if a missing factor were known."""
    if low == high:
        return _(
            "{label}: with a usual value the prediction would stay at {low} {unit}.", label=label, low=low, unit=unit
        )
    return _(
        "{label}: with a usual value the prediction would lie between {low} and {high} {unit}.",
        label=label, low=low, high=high, unit=unit,
    )  # fmt: skip


def unseen(label: str) -> str:
    """Said of a missing factor of which too little is known."""
    return f"{label}: {_(UNSEEN)}"


def changes(label: str, now: str, low: str, high: str, unit: str) -> str:
    """The heading of one factor of what-if."""
    return _("{label}, now {now}: between {low} and {high} {unit}", label=label, now=now, low=low, high=high, unit=unit)


def hardly(labels: list[str]) -> str:
    """The factors that hardly move the prediction; empty where there is none."""
    if not labels:
        return ""
    return _("With another value of {labels} the prediction would hardly move.", labels=listed(labels))


def reference(name: str) -> str:
    """Under which name an answer is in the audit trail."""
    return _("This answer is in the audit trail as {name}.", name=name)
