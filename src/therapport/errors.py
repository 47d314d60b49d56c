"""The errors that a user sees: one sentence, all problems at once, an exit code per kind.

No message ever holds a patient's value or identifier: it names column, row and allowed range.
"""

from collections.abc import Iterable


class TherapportError(Exception):
    """Something that the user can mend; shown without a traceback."""

    exit_code = 1

    def __init__(self, summary: str, problems: Iterable[str] = ()) -> None:
        self.summary = summary
        self.problems = tuple(problems)
        super().__init__("\n".join([summary, *(f"  - {problem}" for problem in self.problems)]))


class ConfigurationError(TherapportError):
    """A codebook or a study says something that it may not say."""

    exit_code = 3


class CohortError(TherapportError):
    """A file of patients cannot be read, or holds what its codebook rules out."""

    exit_code = 4


class DesignError(TherapportError):
    """The cohort is sound, but the study cannot be carried out on it."""

    exit_code = 5


class ModelError(TherapportError):
    """A predictor is missing, damaged, or made for another codebook."""

    exit_code = 6


class RegistryError(TherapportError):
    """The tracking database or the registry does not hold what was asked for."""

    exit_code = 7


class MissingPartError(TherapportError):
    """An optional part of the installation is absent."""

    exit_code = 8


class OutputError(TherapportError):
    """A result cannot be written where it was asked for."""

    exit_code = 9


class AuditTrailError(TherapportError):
    """An audit trail is not what was written."""

    exit_code = 10
