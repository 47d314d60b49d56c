"""The input of a run, by its digest; and whether it is still the one that the run began with."""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from therapport.errors import CohortError

State = tuple[int, int, int]
"""Size, time of the last change and number of a file on its disk."""


@dataclass(frozen=True)
class Watched:
    """Files as they were when the run began."""

    files: tuple[Path, ...]
    states: tuple[State | None, ...]

    @property
    def changed(self) -> tuple[Path, ...]:
        """Those that are not what they were."""
        return tuple(file for file, state in zip(self.files, self.states, strict=True) if _state(file) != state)

    def require_unchanged(self) -> None:
        """Raise CohortError if one of them is not what it was."""
        if changed := self.changed:
            raise InputChangedError(
                f"{changed[0]}: the file changed while it was being scored; nothing was written. Run the command again "
                f"once the file is complete."
            )

    def digests(self) -> tuple[str, ...]:
        """The SHA-256 of each, read now."""
        with ThreadPoolExecutor() as pool:
            return tuple(pool.map(digest, self.files))


class InputChangedError(CohortError):
    """The input is not the one that the run began with."""


def watched(files: Sequence[Path]) -> Watched:
    """The files as they are now."""
    return Watched(tuple(files), tuple(map(_state, files)))


def digest(file: Path) -> str:
    """The SHA-256 of a file."""
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise CohortError(f"{file}: cannot be read: {error.strerror or 'the system refused'}.") from None


def _state(file: Path) -> State | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino
