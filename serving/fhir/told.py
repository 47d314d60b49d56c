"""What is told of a request: what of it was not used, and what is wrong with it; by place and code, never a value."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Reason = Literal[
    "unknown-resource", "unknown-code", "shared-code", "several", "incomplete", "no-value", "status", "modifier"
]
WHY: dict[Reason, str] = {
    "unknown-resource": "resources of this type are not read",
    "unknown-code": "no factor of the model has this code",
    "shared-code": "several factors of the model have this code; send the code of the codebook",
    "several": "more than one value for the same factor; send the one known at the model's landmark",
    "incomplete": "not every item is answered, and there is no total",
    "no-value": "there is no value",
    "status": "the status says that it is not to be used",
    "modifier": "it holds an element that may turn its meaning round",
}
MEDIA_TYPE = "application/fhir+json"
MOST_ISSUES = 100


@dataclass(frozen=True)
class NotUsed:
    """A part of a request that did not enter the prediction."""

    place: str
    """As FHIRPath."""
    reason: Reason
    code: str | None = None
    """Of LOINC, or a factor's name. Other codes were made by the sender, and may be data."""


@dataclass(frozen=True)
class Issue:
    """Something that is wrong."""

    code: str
    """Of FHIR's value set issue-type."""
    problem: str
    place: str | None = None


@dataclass
class Notes:
    """Both, gathered on the way through a request."""

    not_used: list[NotUsed] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    def skip(self, place: str, reason: Reason, code: str | None = None) -> None:
        """Note a part that is not used."""
        self.not_used.append(NotUsed(place, reason, code))

    def wrong(self, place: str | None, problem: str, code: str = "value") -> None:
        """Note an error."""
        self.issues.append(Issue(code, problem, place))


def operation_outcome(issues: Sequence[Issue]) -> dict[str, Any]:
    """An OperationOutcome with every error."""
    shown = [
        {
            "severity": "error",
            "code": issue.code,
            "diagnostics": issue.problem,
            **({} if issue.place is None else {"expression": [issue.place]}),
        }
        for issue in issues[:MOST_ISSUES]
    ]
    return {"resourceType": "OperationOutcome", "issue": shown}


def is_loinc(code: str) -> bool:
    """Whether a text is a code of LOINC, by its check digit (mod 10, ISO/IEC 7812): such a text names no patient."""
    number, hyphen, check = code.partition("-")
    if not (hyphen and number.isascii() and number.isdigit() and len(number) <= 7 and check.isascii()):  # noqa: PLR2004 - longest
        return False
    doubled = "".join(str(int(digit) * (2 - place % 2)) for place, digit in enumerate(reversed(number)))
    return check == str(-sum(map(int, doubled)) % 10)
