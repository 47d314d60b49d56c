"""What a codebook says, in the language of now where it says it in that language, and else as it stands."""

import functools
from collections.abc import Mapping

from therapport import codebook, language
from therapport.codebook import Factor, Family
from therapport.language import ENGLISH


def label(factor: Factor) -> str:
    """The label of a factor."""
    return _told(factor, "label")


def unit(factor: Factor) -> str:
    """The unit of a factor."""
    return _told(factor, "unit")


def note(factor: Factor) -> str:
    """The note on a factor."""
    return _told(factor, "note")


def level(factor: Factor, code: str) -> str:
    """The label of a level; the code itself where there is none."""
    own: dict[str, str] = getattr(factor, f"levels_{language.code()}", None) or {}
    return own.get(code) or factor.levels.get(code, code)


def family_label(name: str, family: Family) -> str:
    """The label of a family, by its name."""
    return _told(_built_in(name, family, "label"), "label")


def family_description(name: str, family: Family) -> str:
    """The description of a family, by its name."""
    return _told(_built_in(name, family, "description"), "description")


def _told(said: Factor | Family, what: str) -> str:
    own: str | None = getattr(said, f"{what}_{language.code()}", None)
    return own or str(getattr(said, what))


def _built_in(name: str, family: Family, what: str) -> Family:
    """The project's own family where this one is called the same: older models know no other language."""
    if language.code() == ENGLISH or getattr(family, f"{what}_{language.code()}", None):
        return family
    known = _families().get(name)
    return known if known is not None and getattr(known, what) == getattr(family, what) else family


@functools.cache
def _families() -> Mapping[str, Family]:
    return codebook.default_families()
