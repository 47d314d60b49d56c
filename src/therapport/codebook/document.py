"""The whole codebook, what can be asked of it, and the digest of what it means."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field

from therapport import instruments
from therapport.codebook.columns import Audit, Factor, Family, Measure
from therapport.codebook.landmark import Landmark
from therapport.codebook.repeated import Clock, Dates, Measurements, RepeatedMeasure
from therapport.errors import ConfigurationError
from therapport.instruments import Instrument
from therapport.tomlfile import Strict

EACH = "__all__"
WORDING: dict[str, Any] = {
    "title": True,
    "source": True,
    "setting": True,
    "families": {EACH: {"label", "description", "label_nl", "description_nl"}},
    "factors": {EACH: {"label", "note", "reliability", "code", "label_nl", "levels_nl", "unit_nl", "note_nl"}},
    "measures": {EACH: {"label", "note"}},
    "audit": {EACH: {"label", "note"}},
    "repeated_measures": {EACH: {"label"}},
}
"""What can be mended without a column meaning anything else. The labels of levels stay: they say what a code means."""
LATER_ADDED = ("dates", "measurements", "repeated_measures", "audit")
OF_A_MEASUREMENT = ("repeated_measure", "summary")


class Codebook(Strict):
    """Every column of a cohort."""

    format: Literal[1]
    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    title: str
    source: str
    simulated: bool = False
    setting: str = ""
    """Who these patients are and how they were treated, in a sentence or two."""
    id: str
    groups: dict[str, str] = Field(default_factory=dict)
    """Grouping level (therapist, site, …) -> column; `patient` where one patient may have several episodes."""
    families: dict[str, Family] = Field(default_factory=dict)
    factors: dict[str, Factor]
    measures: dict[str, Measure] = Field(default_factory=dict)
    audit: dict[str, Audit] = Field(default_factory=dict)
    """Attributes that only say in whom predictions hold: never factors, never asked when scoring."""
    instruments: dict[str, Instrument] = Field(default_factory=dict)
    """Instruments of one's own, beside those that are shipped."""
    ignored: tuple[str, ...] = ()
    """Columns that stand in the file and are never read."""
    dates: Dates = Dates()
    measurements: Measurements | None = None
    """The columns of a long table of measurements beside the file."""
    repeated_measures: dict[str, RepeatedMeasure] = Field(default_factory=dict)
    """What the long table measures, by its name there."""

    def digest(self) -> str:
        """16 hexadecimal digits that change whenever the meaning of a column does, and not with its wording."""
        document = _without_unused(self.model_dump(mode="json", exclude=WORDING))
        canonical = json.dumps(document, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]

    def instrument_of(self, measure: str) -> Instrument:
        """The instrument that a measure of kind score is a score of."""
        return instruments.instrument(self.measures[measure].instrument or "", self.instruments)

    def factors_known_at(self, landmark: Landmark) -> tuple[str, ...]:
        """The names of the factors that a prediction at the landmark may use, in codebook order."""
        return tuple(name for name, factor in self.factors.items() if factor.known_at.is_known_by(landmark))

    def families_of(self, factors: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
        """Family -> its factors among those named; families without any are left out."""
        grouped = {
            family: tuple(name for name in factors if self.factors[name].family == family) for family in self.families
        }
        return {family: members for family, members in grouped.items() if members}

    def columns(self) -> set[str]:
        """Every column that the codebook knows of in the cohort's own file."""
        others = (*self.groups.values(), *self.ignored, *self.dates.columns())
        return {self.id, *self.factors, *self.measures, *self.audit, *others}

    def described(self, column: str) -> Factor | Measure | Audit | None:
        """What is said of a column that holds values; None for ids, groups and columns that are not known."""
        return self.factors.get(column) or self.measures.get(column) or self.audit.get(column)

    def from_measurements(self, columns: Sequence[str]) -> tuple[str, ...]:
        """Those of the factors and measures named that rest on a repeated measure."""
        described: dict[str, Factor | Measure] = {**self.factors, **self.measures}
        return tuple(name for name in columns if described[name].repeated_measure is not None)

    def clock(self, landmark: Landmark) -> Clock:
        """By which column a measurement lies before or after the landmark; raises ConfigurationError if by none."""
        if self.measurements is None:
            raise ConfigurationError(
                f"The codebook {self.name} has no [measurements], so a long table cannot be joined to its cohorts."
            )
        return self.measurements.clock(landmark, self.dates)


def _without_unused(document: dict[str, Any]) -> dict[str, Any]:
    """The same without parts that came later, where there is nothing in them: so older codebooks keep their digest."""
    used = {key: value for key, value in document.items() if key not in LATER_ADDED or any((value or {}).values())}
    for part in ("factors", "measures"):
        used[part] = {
            name: {key: value for key, value in said.items() if key not in OF_A_MEASUREMENT or value is not None}
            for name, said in document[part].items()
        }
    return used
