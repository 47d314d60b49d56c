"""Which language a request asks for: by its address, else by what the browser prefers, else that of the server."""

from contextvars import ContextVar

from fastapi import Depends, Request

from therapport import language
from therapport.language import ENGLISH, LANGUAGES

PARAMETER = "lang"
MOST_PREFERENCES = 20
"""So many of a browser's languages are looked at."""
_page: ContextVar[bool | None] = ContextVar("therapport.page", default=None)
"""Whether the address of this page says its language; None outside a page that is served."""


async def _asked(request: Request) -> None:
    """Write this answer in the language that is asked for. Must not be a plain function: threads have their own now."""
    stated = request.query_params.get(PARAMETER, "")
    default = getattr(request.app.state, "language", ENGLISH)
    code = stated if stated in LANGUAGES else preferred(request.headers.get("accept-language", "")) or default
    language.use(code)
    _page.set(stated in LANGUAGES)


IN_LANGUAGE = Depends(_asked)
"""The dependency of every route that answers with a page."""


def stated() -> bool | None:
    """Whether the address of this page says its language; None outside a page that is served."""
    return _page.get()


def preferred(header: str) -> str | None:
    """The first of our languages in an `Accept-Language`, by its weights; None if it names none of them.

    Whatever is no language or no weight is passed over. Source: RFC 9110, sections 12.4.2 and 12.5.4.
    """
    wanted = []
    for place, part in enumerate(header.split(",")[:MOST_PREFERENCES]):
        name, _, weight = part.partition(";")
        code = name.strip().lower().partition("-")[0]
        if code in LANGUAGES and (found := _weight(weight)) > 0:
            wanted.append((-found, place, code))
    return min(wanted)[2] if wanted else None


def _weight(text: str) -> float:
    """A weight from 0 to 1; none at all is 1, and one that cannot be read is 0."""
    name, _, value = text.strip().partition("=")
    if not name:
        return 1.0
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if name.strip().lower() == "q" and 0 <= weight <= 1 else 0.0
