"""Where the answers of a run go: a folder with parts, manifest and summary, or a single file."""

from dataclasses import dataclass
from pathlib import Path

from therapport.errors import OutputError

ENDINGS = (".parquet", ".csv")
SCORES, REJECTED, MANIFEST = "scores.parquet", "rejected.parquet", "manifest.json"
SUMMARY, SUMMARY_PAGE = "summary.json", "summary.html"
OUTCOMES = "outcomes.parquet"
"""What became of the patients; added later, and never part of a run."""


@dataclass(frozen=True)
class Target:
    """What a run leaves behind."""

    folder: Path
    """In which it appears."""
    answers: str
    """A folder of parts, or a file."""
    rejected: str
    """Is only there if rows were rejected."""
    others: tuple[str, ...]
    """Manifest last: once it is there, everything is."""
    work: Path
    """Where it is made."""

    @property
    def is_file(self) -> bool:
        """Whether all answers are to be in one file."""
        return self.answers != SCORES or not self.others

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that may appear, in the order in which it does."""
        return (self.answers, self.rejected, *self.others)

    @property
    def outcomes(self) -> Path:
        """Where the outcomes of the patients may have been added."""
        return self.folder / OUTCOMES if self.others else outcomes_of(self.folder / self.answers)

    def require_free(self) -> None:
        """Raise OutputError if something of that name is there already."""
        for path in (*(self.folder / name for name in self.names), self.outcomes):
            if path.exists():
                raise OutputError(f"{path}: exists already; choose another name, or pass --overwrite.")


def outcomes_of(answers: Path) -> Path:
    """Where the outcomes for a single file of answers are kept."""
    return answers.with_suffix(f".{OUTCOMES}")


def target_of(output: Path) -> Target:
    """What `-o` means: one file if it ends in .parquet or .csv (and is no folder), else a folder."""
    if output.suffix.lower() in ENDINGS and not output.is_dir():
        rejected = f"{output.stem}.rejected{output.suffix}"
        return Target(output.parent, output.name, rejected, (), output.parent / f".{output.name}.unfinished")
    if output.suffix and not output.is_dir():
        raise OutputError(f"{output}: answers are written as {' or '.join(ENDINGS)}, or into a folder.")
    return Target(output, SCORES, REJECTED, (SUMMARY, SUMMARY_PAGE, MANIFEST), output / ".unfinished")
