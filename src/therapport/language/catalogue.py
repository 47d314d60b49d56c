"""One language: its translations, the signs in its numbers, and the order of its words."""

import functools
import io
from collections.abc import Mapping
from dataclasses import dataclass
from gettext import GNUTranslations
from pathlib import Path

FOLDER = Path(__file__).parent
ENGLISH = "en"
LANGUAGES: Mapping[str, str] = {ENGLISH: "English", "nl": "Nederlands"}
"""Code (BCP 47) -> the name of the language in that language. All but English have a catalogue beside this file."""
VERB_SECOND = frozenset({"nl"})
"""Where something else begins a clause, the verb comes before its subject: 'Van de 100 bereiken er 62 …'."""


@dataclass(frozen=True)
class Catalogue:
    """What is needed to write in one language."""

    code: str
    translations: GNUTranslations
    signs: Mapping[int, str]
    """For `str.translate`: the signs within an English number -> those of this language."""
    verb_second: bool


@functools.cache
def catalogue(code: str) -> Catalogue:
    """The catalogue of a language other than English; raises KeyError for one that is not in LANGUAGES."""
    if code == ENGLISH or code not in LANGUAGES:
        raise KeyError(code)
    # Whoever only computes never waits for this library.
    from babel.messages import mofile, pofile  # noqa: PLC0415
    from babel.numbers import get_decimal_symbol, get_group_symbol  # noqa: PLC0415

    with (FOLDER / f"{code}.po").open("rb") as source:
        read = pofile.read_po(source, locale=code, abort_invalid=True)
    compiled = io.BytesIO()
    mofile.write_mo(compiled, read)
    compiled.seek(0)
    signs = str.maketrans({".": get_decimal_symbol(code), ",": get_group_symbol(code)})
    return Catalogue(code, GNUTranslations(compiled), signs, code in VERB_SECOND)
