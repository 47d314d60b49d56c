"""Addresses that keep the language once it is said, and those that change it."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from serving.language.asked import PARAMETER, stated
from therapport import language
from therapport.language import LANGUAGES


@dataclass(frozen=True)
class Other:
    """The same page in another language."""

    code: str
    name: str
    """In that language itself."""
    link: str


def kept(address: str) -> str:
    """An address of ours; with this page's language, if the address of this page says it."""
    return _with(address, language.code()) if stated() else address


def others(here: str) -> tuple[Other, ...]:
    """This page, by its own address, in every other language; none outside a page that is served."""
    if stated() is None:
        return ()
    now = language.code()
    return tuple(Other(code, name, _with(here, code)) for code, name in LANGUAGES.items() if code != now)


def _with(address: str, code: str) -> str:
    path, _, query = address.partition("?")
    values = {**dict(parse_qsl(query)), PARAMETER: code}
    return f"{path}?{urlencode(values)}"
