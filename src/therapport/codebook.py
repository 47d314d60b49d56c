"""The codebook: the one place where a column of a cohort is described."""

import hashlib
import json
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from therapport import instruments, tomlfile
from therapport.instruments import Instrument
from therapport.tomlfile import Problem, Strict

DEFAULT_FAMILIES = Path(__file__).parent / "families.toml"
MAXIMUM_FAMILIES = 10  # 2^10 coalitions are still enumerated exactly


EACH = "__all__"
WORDING: dict[str, Any] = {
    "title": True,
    "source": True,
    "setting": True,
    "families": {EACH: {"label", "description"}},
    "factors": {EACH: {"label", "note"}},
    "measures": {EACH: {"label", "note"}},
}
"""What can be mended without a column meaning anything else. The labels of levels stay: they say what a code means."""


MissingCodes = tuple[int | float | str, ...]
NO_CODES: Any = Field(default=(), exclude_if=lambda codes: not codes)  # so that it leaves digests as they are


class Landmark(StrEnum):
    """The moments at which a prediction can be made, in the order in which they come."""

    INTAKE = "intake"
    SESSION_1 = "session1"
    SESSION_3 = "session3"
    SESSION_5 = "session5"
    WEEK_4 = "week4"
    END = "end"

    def is_known_by(self, other: "Landmark") -> bool:
        """Whether something known at this moment may be used at the other."""
        order = list(Landmark)
        return order.index(self) <= order.index(other)


class Family(Strict):
    """A family of factors: one player in the explanation."""

    label: str
    description: str = ""


class Factor(Strict):
    """A column that may enter a prediction."""

    label: str
    family: str
    kind: Literal["number", "integer", "boolean", "category"]
    known_at: Landmark
    range: tuple[float, float] | None = None
    levels: dict[str, str] = Field(default_factory=dict)
    """For a category: each code that may stand in the file, with its label."""
    unit: str = ""
    instrument: str | None = None
    modifiable: bool = False
    """Whether treatment could plausibly change it; never a claim that changing it changes the outcome."""
    required: bool = False
    """Without a value here the predictor abstains."""
    missing_codes: MissingCodes = NO_CODES
    """What the file writes where nothing is known, such as 999."""
    note: str = ""


class Measure(Strict):
    """A column that is known at the end only: what outcomes are made from, never a factor."""

    label: str
    kind: Literal["score", "boolean", "count"] = "score"
    instrument: str | None = None
    """For a score: the instrument that it is a score of."""
    missing_codes: MissingCodes = NO_CODES
    note: str = ""


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
    """Grouping level (therapist, site, …) -> column."""
    families: dict[str, Family] = Field(default_factory=dict)
    factors: dict[str, Factor]
    measures: dict[str, Measure] = Field(default_factory=dict)
    instruments: dict[str, Instrument] = Field(default_factory=dict)
    """Instruments of one's own, beside those that are shipped."""
    ignored: tuple[str, ...] = ()
    """Columns that stand in the file and are never read."""

    def digest(self) -> str:
        """16 hexadecimal digits that change whenever the meaning of a column does, and not with its wording."""
        canonical = json.dumps(self.model_dump(mode="json", exclude=WORDING), sort_keys=True, ensure_ascii=False)
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
        """Every column that the codebook knows of."""
        return {self.id, *self.groups.values(), *self.factors, *self.measures, *self.ignored}


class _Families(Strict):
    families: dict[str, Family]


def default_families() -> dict[str, Family]:
    """The six families of the project and `early_change`, which is reported apart."""
    return tomlfile.read(DEFAULT_FAMILIES, _Families).families


def read(path: Path) -> Codebook:
    """The codebook in the file, with the default families where it names none.

    Raises ConfigurationError with every problem and its line.
    """
    return _with_families(tomlfile.read(path, Codebook, check=_problems))


def parse(source: bytes, *, name: str) -> Codebook:
    """The same for a document that is already in memory."""
    return _with_families(tomlfile.parse(source, Codebook, name=name, check=_problems))


def _with_families(codebook: Codebook) -> Codebook:
    return codebook if codebook.families else codebook.model_copy(update={"families": default_families()})


def _problems(codebook: Codebook) -> Iterator[Problem]:
    families = codebook.families or default_families()
    known_instruments = {**instruments.all_instruments(), **codebook.instruments}
    for name, factor in codebook.factors.items():
        where = ("factors", name)
        if factor.family not in families:
            yield Problem((*where, "family"), f"unknown family; known: {', '.join(families)}")
        if factor.instrument is not None and factor.instrument not in known_instruments:
            yield Problem((*where, "instrument"), f"unknown instrument; known: {', '.join(known_instruments)}")
        if factor.known_at is Landmark.END:
            yield Problem((*where, "known_at"), "a factor known only at the end is an outcome: put it under [measures]")
        yield from _kind_problems(where, factor)
    for name, measure in codebook.measures.items():
        where = ("measures", name)
        if (measure.kind == "score") != (measure.instrument is not None):
            yield Problem(where, "a measure of kind score needs an instrument, and no other kind has one")
        elif measure.instrument is not None and measure.instrument not in known_instruments:
            yield Problem((*where, "instrument"), f"unknown instrument; known: {', '.join(known_instruments)}")
    yield from _role_problems(codebook)
    used = {factor.family for factor in codebook.factors.values()}
    for family in codebook.families:
        if family not in used:
            yield Problem(("families", family), "a family without factors cannot be explained: remove it or fill it")
    if len(used) > MAXIMUM_FAMILIES:
        yield Problem(("families",), f"{len(used)} families; at most {MAXIMUM_FAMILIES} can be explained exactly")


def _kind_problems(where: tuple[str, ...], factor: Factor) -> Iterator[Problem]:
    numeric = factor.kind in ("number", "integer")
    if numeric and factor.range is None:
        yield Problem(where, f"a factor of kind {factor.kind} needs a range = [lowest, highest]")
    if factor.range is not None and not numeric:
        yield Problem((*where, "range"), f"a factor of kind {factor.kind} has no range")
    if factor.range is not None and not factor.range[0] < factor.range[1]:
        yield Problem((*where, "range"), "the lowest value must be below the highest")
    if factor.kind == "category" and len(factor.levels) < 2:  # noqa: PLR2004 - a category of one level says nothing
        yield Problem(where, "a factor of kind category needs levels = { code = 'label', … }, two or more")
    if codes := [str(code) for code in factor.missing_codes if str(code) in factor.levels]:
        yield Problem((*where, "missing_codes"), f"a code for missing is also a level: {', '.join(codes)}")
    if factor.levels and factor.kind != "category":
        yield Problem((*where, "levels"), f"a factor of kind {factor.kind} has no levels")


def _role_problems(codebook: Codebook) -> Iterator[Problem]:
    """A column has one role: an outcome among the factors is the plainest leak there is."""
    roles: dict[str, str] = {codebook.id: "the id"}
    named: list[tuple[tuple[str | int, ...], str, str]] = [
        *((("groups", level), column, f"the {level} group") for level, column in codebook.groups.items()),
        *((("measures", name), name, "a measure of the outcome") for name in codebook.measures),
        *((("factors", name), name, "a factor") for name in codebook.factors),
        *((("ignored", place), name, "ignored") for place, name in enumerate(codebook.ignored)),
    ]
    for where, column, role in named:
        if column in roles:
            yield Problem(where, f"the column {column} is {role}, but it is also {roles[column]}")
        roles[column] = role
