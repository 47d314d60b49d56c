"""What is drafted: the role of each column and why, and the two documents."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from therapport.codebook import Landmark
from therapport.draft.missing_codes import Code

Role = Literal["id", "group", "factor", "measure", "ignored"]
Kind = Literal["number", "integer", "boolean", "category", "score", "count"]
Sureness = Literal["sure", "likely", "unsure"]


@dataclass(frozen=True)
class Guess:
    """One column. No field holds a value of a patient, save levels that enough patients share."""

    column: str
    role: Role
    why: str
    sure: Sureness
    label: str = ""
    kind: Kind | None = None
    family: str = ""
    known_at: Landmark | None = None
    range: tuple[float, float] | None = None
    levels: tuple[str, ...] = ()
    level_labels: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Level -> what the file itself calls it."""
    missing_codes: tuple[Code, ...] = ()
    unit: str = ""
    instrument: str | None = None
    modifiable: bool = False
    required: bool = False
    level: str = ""
    """Of a group: therapist or site."""
    event: str = ""
    """Of a measure of kind boolean: dropout, completion, ended, or another."""
    flaw: str = ""
    """What `check` will complain of, and only the file can mend."""
    usual_levels: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class OwnInstrument:
    """A measure that is not shipped, described from the names and values of its columns."""

    name: str
    label: str
    range: tuple[float, float]
    step: float


@dataclass(frozen=True)
class Pair:
    """The first and a last score of one measure."""

    before: str
    after: str
    instrument: str


@dataclass(frozen=True)
class Draft:
    """A codebook and a study as text, and the guesses that they are made of."""

    codebook: str
    study: str
    guesses: tuple[Guess, ...]
    pairs: tuple[Pair, ...]
    """Before and after; the study asks about the first."""
    asks: tuple[str, ...]
    """The questions that the columns allow; the study asks the first, and shows the others as remarks."""
    sampled: str
    """In a sentence, of how many patients the guesses are; empty if of all."""

    @property
    def lacks(self) -> tuple[str, ...]:
        """What has to be filled in before the study can be read."""
        missing = []
        if not any(guess.role == "id" for guess in self.guesses):
            missing.append("a column that tells all patients apart (id in codebook.toml)")
        if not self.asks:
            missing.append("a first score and one at the end of treatment ([outcome] in study.toml)")
        return tuple(missing)
