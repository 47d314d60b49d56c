"""Sections of docs/validity.md: tables in Markdown."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from therapport import files
from therapport.errors import OutputError

LONG_TRIALS = "<!-- long trials -->"
"""From here on, the page is written by `training.validity.trials`, and kept when the rest is written anew."""

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


def replace_part(page: Path, name: str, text: str) -> None:
    """Put the text between `<!-- name -->` and `<!-- end name -->`; raises OutputError if they are not in the page."""
    begin, end = f"<!-- {name} -->", f"<!-- end {name} -->"
    content = page.read_text() if page.is_file() else ""
    if begin not in content or end not in content:
        raise OutputError(f"{page}: the marks {begin} and {end} are missing.")
    pattern = re.compile(re.escape(begin) + r".*?" + re.escape(end), re.DOTALL)
    changed = pattern.sub(lambda _: f"{begin}\n{text.strip()}\n{end}", content)
    files.write_file(page, changed.encode(), overwrite=True)


def long_trials(page: Path) -> str:
    """What the page has from the mark of the long trials on; nothing if there is no page yet."""
    content = page.read_text() if page.is_file() else ""
    return content[content.index(LONG_TRIALS) :] if LONG_TRIALS in content else ""
