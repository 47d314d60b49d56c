"""One instrument: its range, and the figures that are published about it, as far as there are any."""

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import ConfigDict, Field, model_validator

from therapport.errors import ConfigurationError
from therapport.tomlfile import Strict

Certainty = Literal["read", "read in a secondary source", "recalled"]
"""How sure a figure is: we read it in its source, read it elsewhere, or recall it (check it before relying on it)."""

Figure = Literal["range", "cutoff", "bands", "remission", "reliable_change", "mcid"]

CODE = r"^[0-9]{1,7}-[0-9]$"
"""The form of a code of LOINC: a number, a hyphen and a check digit."""


class Reliability(Strict):
    """A reliability coefficient; with a standard deviation a reliable change follows from it."""

    kind: Literal["internal consistency", "retest", "inter-rater"]
    value: float = Field(gt=0, le=1)
    highest: float | None = Field(default=None, gt=0, le=1)
    """Where sources differ, `value` is the lowest of them and this the highest."""
    sd: float | None = Field(default=None, gt=0)
    """The standard deviation in a clinical sample, in points."""
    source: str = ""
    certainty: Certainty = "recalled"


class Alternative(Strict):
    """Other published thresholds, for a study that states them as its own."""

    use: str
    """For whom, or by which rule."""
    cutoff: float | None = None
    reliable_change: float | None = None
    remission: float | None = None
    source: str = ""
    certainty: Certainty = "recalled"


class Loinc(Strict):
    """How a score and its items are named in health records: LOINC codes, without the texts of items."""

    total: str = Field(pattern=CODE)
    """The code of the score."""
    panel: str | None = Field(default=None, pattern=CODE)
    items: tuple[str, ...] = ()
    """The codes of all items; where a total is not sent, it is the sum of their answers."""
    answers: dict[str, float] = Field(default_factory=dict)
    """Code of an answer -> the points that it counts."""
    safety: str | None = Field(default=None, pattern=CODE)
    """The item about thoughts of death or self-harm: above 0 a person must look, whatever is predicted."""
    source: str = ""
    certainty: Certainty = "recalled"


class Instrument(Strict):
    """A measure. What is not known about it is absent: then outcomes that need it are refused, never guessed."""

    # In files the keys are cutoff, reliable_change and remission; under these names callers get a number or an error.
    model_config = ConfigDict(serialize_by_alias=True)

    label: str
    full_name: str = ""
    about: str = ""
    """What it measures, in a word or two."""
    range: tuple[float, float]
    better: Literal["lower", "higher"]
    """For a process measure: the end that is more of what helps."""
    step: float = Field(gt=0)
    """The smallest difference between two possible scores, in points."""
    stated_cutoff: float | None = Field(default=None, alias="cutoff")
    """Where lower is better, a score at it or above is a case; where higher is better, a score below it."""
    cutoff_source: str = ""
    bands: dict[str, float] = Field(default_factory=dict)
    """Severity: each band with its lowest score, from the lowest band to the highest."""
    bands_source: str = ""
    stated_remission: float | None = Field(default=None, alias="remission")
    """Where lower is better, a score below it is remission; where higher is better, a score at it or above."""
    remission_source: str = ""
    reliability: tuple[Reliability, ...] = ()
    stated_reliable_change: float | None = Field(default=None, alias="reliable_change")
    """The smallest change in points that counts as reliable."""
    reliable_change_source: str = ""
    mcid: float | None = Field(default=None, gt=0)
    """The smallest change in points that matters to patients (minimal clinically important difference)."""
    mcid_share: float | None = Field(default=None, gt=0, lt=1)
    """The same as a share of the first score."""
    mcid_source: str = ""
    alternatives: tuple[Alternative, ...] = ()
    certainty: Certainty = "recalled"
    """How sure the figures are that are not named in `certainties`."""
    certainties: dict[Figure, Certainty] = Field(default_factory=dict)
    loinc: Loinc | None = Field(
        default=None, exclude_if=lambda codes: codes is None
    )  # so that digests stay as they are
    licence: str = ""
    note: str = ""

    @property
    def cutoff(self) -> float:
        """The cut-off; raises ConfigurationError if there is none."""
        return _required(self.stated_cutoff, f"{self.label} has no cut-off")

    @property
    def reliable_change(self) -> float:
        """The reliable change in points; raises ConfigurationError if there is none."""
        return _required(self.stated_reliable_change, f"no reliable change is known for {self.label}")

    @property
    def remission(self) -> float:
        """The threshold of remission; raises ConfigurationError if there is none."""
        return _required(self.stated_remission, f"no threshold of remission is known for {self.label}")

    def is_case(self, score: float) -> bool:
        """Whether one score is on the clinical side of the cut-off; raises ConfigurationError if there is none."""
        return score >= self.cutoff if self.better == "lower" else score < self.cutoff

    def band(self, score: float) -> str | None:
        """The severity band that holds the score; None below the first band and where no bands are known."""
        return next((label for label, lowest in reversed(self.bands.items()) if score >= lowest), None)

    def certainty_of(self, figure: Figure) -> Certainty:
        """How sure one figure is."""
        return self.certainties.get(figure, self.certainty)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if problems := list(self._problems()):
            raise ValueError("; ".join(problems))
        return self

    def _problems(self) -> Iterator[str]:
        lowest, highest = self.range
        if not lowest < highest:
            yield "range: the lowest score must be below the highest"
            return
        width = highest - lowest
        if self.step > width:
            yield "step: larger than the range"
        for key, value in {"reliable_change": self.stated_reliable_change, "mcid": self.mcid}.items():
            if value is not None and not 0 < value <= width:
                yield f"{key}: must be above 0 and within the width of the range ({width:g})"
        for key, value in {"cutoff": self.stated_cutoff, "remission": self.stated_remission}.items():
            if value is not None and not lowest < value <= highest:
                yield f"{key}: must be above {lowest:g} and at most {highest:g}, or it tells nobody apart"
        if self.stated_cutoff is not None and self.stated_remission is not None:
            beyond = self.stated_remission - self.stated_cutoff
            if (beyond if self.better == "lower" else -beyond) > 0:
                yield "remission: lies on the clinical side of the cut-off"
        starts = list(self.bands.values())
        if starts != sorted(set(starts)) or any(not lowest <= start <= highest for start in starts):
            yield "bands: the lowest scores must rise from band to band, within the range"
        if any(found.highest is not None and found.highest < found.value for found in self.reliability):
            yield "reliability: highest is below value"


def _required(value: float | None, lack: str) -> float:
    if value is None:
        raise ConfigurationError(f"{lack}: state one, or choose an outcome that does not need it.")
    return value
