"""The checks that a study passes or is told of, each with a code that one can look up and, with a reason, waive."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from therapport.errors import DesignError

PAGE = "docs/checks.md"


@dataclass(frozen=True)
class Check:
    """What a code stands for."""

    question: str
    stops: bool
    """Whether a study goes no further unless it is waived; the others are told."""


CHECKS: Mapping[str, Check] = {
    "late-factor": Check("Is a factor known only after the landmark?", stops=True),
    "identifier": Check("Does a factor tell every patient apart?", stops=True),
    "derived-from-outcome": Check("Can a factor be computed from the first and the last score?", stops=True),
    "duplicate-of-outcome": Check("Does a single factor almost give the outcome away?", stops=True),
    "group-leak": Check("Is a group in two folds?", stops=True),
    "too-good": Check("Is a figure better than anything that has been published?", stops=True),
    "small-sample": Check("Are there fewer patients than the number of parameters asks for?", stops=False),
    "uneven-missing": Check("Is a factor missing more often with one outcome than with the other?", stops=False),
    "small-subgroup": Check("Does a level of a category have hardly anyone?", stops=False),
}


@dataclass(frozen=True)
class Finding:
    """A check that did not pass."""

    code: str
    sentence: str

    def __str__(self) -> str:
        """The sentence with its code."""
        return f"{self.sentence} [{self.code}]"


def settled(findings: Iterable[Finding], waived: Mapping[str, str]) -> Iterator[str]:
    """What is to be told of the findings that do not stop the study.

    Raises DesignError with every finding that does and that nobody has waived.
    """
    findings = tuple(findings)
    stopping = [one for one in findings if CHECKS[one.code].stops and one.code not in waived]
    if stopping:
        raise DesignError(
            f"The study is stopped by its own checks; {PAGE} explains each, and [waive] in the study can overrule one "
            f"with a reason.",
            [str(one) for one in stopping],
        )
    for one in findings:
        yield f"{one} Waived: {waived[one.code]}" if one.code in waived else str(one)
