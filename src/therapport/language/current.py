"""The language of now: of a request, or of a block of code; never of the process.

`gettext` and its like take the English sentence, with `{names}` for what varies, so that a translator may put them in
another order. `N_` marks a sentence that stands as a constant and is translated where it is used.
"""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

from therapport.language.catalogue import ENGLISH, Catalogue, catalogue

_now: ContextVar[Catalogue | None] = ContextVar("therapport.language", default=None)
"""None is English."""


def code() -> str:
    """The code of the language of now."""
    known = _now.get()
    return ENGLISH if known is None else known.code


def use(code: str) -> None:
    """Write in a language from here on, within this task or thread; raises KeyError for one that is not known."""
    _now.set(None if code == ENGLISH else catalogue(code))


@contextlib.contextmanager
def using(code: str) -> Iterator[None]:
    """Write in a language within the block; raises KeyError for one that is not known."""
    token = _now.set(None if code == ENGLISH else catalogue(code))
    try:
        yield
    finally:
        _now.reset(token)


def N_(message: str) -> str:  # noqa: N802 - the customary name, by which the sentence is found
    """The message itself."""
    return message


def gettext(message: str, /, **values: object) -> str:
    """The message in the language of now, with its values filled in."""
    known = _now.get()
    # The empty message is the head of a catalogue.
    text = known.translations.gettext(message) if known is not None and message else message
    return text.format(**values) if values else text


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """The form for so many of a message with a plural."""
    known = _now.get()
    english = one if count == 1 else many
    text = english if known is None else known.translations.ngettext(one, many, count)
    return text.format(**values) if values else text


def pgettext(context: str, message: str, /, **values: object) -> str:
    """A message that is translated one way here and another way elsewhere; the context tells them apart."""
    known = _now.get()
    text = message if known is None else known.translations.pgettext(context, message)
    return text.format(**values) if values else text


def figure(number: str) -> str:
    """A number as English writes it, in the signs of the language of now."""
    known = _now.get()
    return number if known is None else number.translate(known.signs)


def clause(count: str, does: str) -> str:
    """So many do something, where other words begin the sentence; `does` begins with its verb."""
    known = _now.get()
    if known is None or not known.verb_second:
        return f"{count} {does}"
    verb, _, rest = does.partition(" ")
    return " ".join(part for part in (verb, count, rest) if part)
