"""What is said of other values, of missing ones, and of safety: of the prediction, never of what would come to pass."""

from serving.text import listed

WHAT_IF = (
    "The table gives what this model would say with another value, everything else as it was filled in. It does not "
    "say what would happen to the person."
)
USUAL_ONLY = "Values stay within what is usual in the training cohort; beyond it the model would only guess."
SAFETY = (
    "Safety: PHQ-9 item 9 is above zero. Talk with the person about safety now, whatever this page says. No model has "
    "seen this answer."
)
SAFETY_LABEL = "PHQ-9 item 9 (the safety question)"
SAFETY_HINT = "0 to 3. It is kept from every model and only brings a notice."
SAFETY_WRONG = f"{SAFETY_LABEL} must be 0, 1, 2 or 3."
WITH_ANSWER = "It is kept in the audit trail, with this answer."
BY_ITSELF = "It is kept in the audit trail, under this patient; the answer was given when the cohort was scored."
NO_TRAIL = "This server keeps no audit trail, so a disagreement would be lost here."
NOTED = "Your disagreement is kept in the audit trail. It changes no prediction; those who mind the model will see it."
EMPTY = "Please write what you disagree with, in at most 2,000 characters."
UNSEEN = "what it would change cannot be said: too few people of the training cohort had it filled in."


def would_lie(label: str, low: str, high: str, unit: str) -> str:
    """Between what the prediction would lie if a missing factor were known."""
    if low == high:
        return f"{label}: with a usual value the prediction would stay at {low} {unit}."
    return f"{label}: with a usual value the prediction would lie between {low} and {high} {unit}."


def changes(label: str, now: str, low: str, high: str, unit: str) -> str:
    """The heading of one factor of what-if."""
    return f"{label}, now {now}: between {low} and {high} {unit}"


def hardly(labels: list[str]) -> str:
    """The factors that hardly move the prediction; empty where there is none."""
    if not labels:
        return ""
    return f"With another value of {listed(labels)} the prediction would hardly move."


def reference(name: str) -> str:
    """Under which name an answer is in the audit trail."""
    return f"This answer is in the audit trail as {name}."
