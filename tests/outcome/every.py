"""One outcome of every kind there is, for laws that hold of all."""

from therapport import instruments
from therapport.outcome import AnyOutcome, EventOutcome, Outcome, PairOutcome, Response

PHQ9, GAD7, PCL5 = (instruments.instrument(name) for name in ("phq9", "gad7", "pcl5"))


def outcome(response: Response) -> AnyOutcome:
    """The outcome of that response on PHQ-9 and, where it takes two measures, PCL-5 or GAD-7."""
    match response.rests_on:
        case "event":
            return EventOutcome(response)
        case "two measures":
            return PairOutcome(response, PHQ9, GAD7, (PCL5,))
        case "one measure":
            return Outcome(response, PHQ9)
