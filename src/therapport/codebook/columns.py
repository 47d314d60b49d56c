"""What a codebook says of a column: factors, measures of the outcome, attributes for audit only, and families."""

from typing import Any, Literal

from pydantic import Field

from therapport.codebook.landmark import Landmark
from therapport.codebook.repeated import Summary
from therapport.tomlfile import Strict

MissingCodes = tuple[int | float | str, ...]
NO_CODES: Any = Field(default=(), exclude_if=lambda codes: not codes)  # so that it leaves digests as they are
CODED: Any = Field(default=None, pattern=r"^[^|\s]+\|[^|\s]+$", exclude_if=lambda code: code is None)
IN_DUTCH: Any = Field(default=None, min_length=1, exclude_if=lambda text: text is None)
LEVELS_IN_DUTCH: Any = Field(default_factory=dict, exclude_if=lambda levels: not levels)
RELIABILITY: Any = Field(default=None, gt=0, le=1, exclude_if=lambda value: value is None)


class Family(Strict):
    """A family of factors: one player in the explanation."""

    label: str
    description: str = ""
    label_nl: str | None = IN_DUTCH
    """For pages in Dutch; without it they show the label."""
    description_nl: str | None = IN_DUTCH


class Factor(Strict):
    """A column that may enter a prediction."""

    label: str
    family: str
    kind: Literal["number", "integer", "boolean", "category"]
    known_at: Landmark
    """For a factor that rests on a repeated measure: the earliest landmark at which it exists."""
    range: tuple[float, float] | None = None
    levels: dict[str, str] = Field(default_factory=dict)
    """For a category: each code that may stand in the file, with its label."""
    unit: str = ""
    instrument: str | None = None
    code: str | None = CODED
    """How health records name it, `system|code`; a score of an instrument has the instrument's codes without it."""
    modifiable: bool = False
    """Whether treatment could plausibly change it; never a claim that changing it changes the outcome."""
    required: bool = False
    """Without a value here the predictor abstains."""
    missing_codes: MissingCodes = NO_CODES
    """What the file writes where nothing is known, such as 999."""
    reliability: float | None = RELIABILITY
    """Share of true variance in its values, of a number or an integer; `therapport shares` asks for it."""
    note: str = ""
    label_nl: str | None = IN_DUTCH
    """For pages in Dutch, as the next three; what is left out stands there as it is."""
    levels_nl: dict[str, str] = LEVELS_IN_DUTCH
    unit_nl: str | None = IN_DUTCH
    note_nl: str | None = IN_DUTCH
    repeated_measure: str | None = None
    """What it summarises, of the long table of measurements, up to the landmark at which a prediction is made."""
    summary: Summary | None = None


class Measure(Strict):
    """A column that is known at the end only: what outcomes are made from, never a factor."""

    label: str
    kind: Literal["score", "boolean", "count"] = "score"
    instrument: str | None = None
    """For a score: the instrument that it is a score of."""
    missing_codes: MissingCodes = NO_CODES
    note: str = ""
    repeated_measure: str | None = None
    """Its last value after the landmark, of the long table of measurements."""


class Audit(Strict):
    """An attribute by which predictions are checked, subgroup by subgroup; never a factor, never asked when scoring."""

    label: str
    kind: Literal["number", "integer", "boolean", "category"] = "category"
    range: tuple[float, float] | None = None
    levels: dict[str, str] = Field(default_factory=dict)
    cuts: tuple[float, ...] = ()
    """For numbers: where each band after the first begins; without any, thirds are compared."""
    unit: str = ""
    missing_codes: MissingCodes = NO_CODES
    note: str = ""
