"""The default codebook: the factors of psychotherapy research, with the names that columns of them have."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field

from therapport import tomlfile
from therapport.codebook import Landmark
from therapport.tomlfile import Strict

DEFAULT_CODEBOOK = Path(__file__).parent / "default_codebook.toml"


class DefaultFactor(Strict):
    """One factor as the literature knows it; a file may hold it in another form."""

    number: int = Field(ge=1, le=58)
    """Its place in the catalogue; some places hold several factors."""
    label: str
    family: str
    kind: Literal["number", "integer", "boolean", "category", "group"]
    known_at: Landmark
    range: tuple[float, float] | None = None
    levels: tuple[str, ...] = ()
    """For a category: what is usually told apart; never compared with a file."""
    unit: str = ""
    instrument: str | None = None
    """The measure that it is usually taken with."""
    modifiable: bool = False
    audit_only: bool = False
    """For checks of fairness, never a factor."""
    columns: tuple[str, ...]
    """Names of columns, as words."""
    source: str


class _Document(Strict):
    format: Literal[1]
    version: str
    factors: dict[str, DefaultFactor]


@functools.cache
def default_codebook() -> Mapping[str, DefaultFactor]:
    """The shipped factors by name, in the order of the catalogue."""
    return tomlfile.read(DEFAULT_CODEBOOK, _Document).factors
