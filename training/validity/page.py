"""Sections of docs/validity.md: tables in Markdown."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

Done = Callable[[], None]
"""Called once a step, for the progress bar."""


@dataclass(frozen=True)
class Section:
    """One thing to be proved: how many steps it takes, and what carries them out."""

    steps: int
    write: Callable[[Done], Iterable[str]]
    """Gives the lines of the section."""


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table whose first column is words and whose others are figures."""
    lines = [f"| {' | '.join(header)} |", f"|---|{'---:|' * (len(header) - 1)}"]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows), ""]
