"""The place of one model: what answers there now, and what was refused when it wanted to."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from serving.api.reader import Reader
from therapport.predictor import Predictor


@dataclass(frozen=True)
class Loaded:
    """A predictor that may answer, and where it comes from."""

    predictor: Predictor
    reference: str | None = None
    """As the command named it; None for a predictor of this process."""
    folder: Path | None = None
    digest: str | None = None
    """SHA-256 of the folder's manifest, which has that of every file."""
    number: str | None = None
    """The version's number in the registry."""
    tags: dict[str, str] = field(default_factory=dict)
    """Of the registry's version: the gate's verdict stands there."""

    @cached_property
    def reader(self) -> Reader:
        """Reads what is sent for this predictor."""
        return Reader(self.predictor)


@dataclass(frozen=True)
class Refused:
    """A new version that is not let in, while the one before goes on."""

    version: str
    reason: str


@dataclass
class Served:
    """One address. A request takes `now` once and keeps it to its end, so that replacing it drops nothing."""

    now: Loaded
    refused: Refused | None = None
    registry_away: bool = False

    @property
    def name(self) -> str:
        """The predictor's name, which is that of the address; it never changes."""
        return self.now.predictor.name
