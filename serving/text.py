"""How numbers and lists are written for people, in the language of now."""

from collections.abc import Sequence

from therapport.language import figure
from therapport.language import gettext as _


def number(value: float, digits: int) -> str:
    """A number with a true minus sign, thousands apart, and never a minus zero."""
    return figure(_english(value, digits))


def count(value: float) -> str:
    """A whole number, thousands apart."""
    return figure(f"{value:,}")


def plain(value: float) -> str:
    """A number with as many digits as it takes, six at most."""
    return figure(f"{value:g}")


def short(value: float) -> str:
    """A number with three digits, or all that it has before the point."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2  # noqa: PLR2004 - three digits in all
    text = _english(value, digits)
    return figure(text.rstrip("0").rstrip(".") if "." in text else text)


def listed(words: Sequence[str]) -> str:
    """Words with commas and a final 'and'."""
    return _(" and ").join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def span(low: str, high: str) -> str:
    """From one figure to another."""
    return _("{low} to {high}", low=low, high=high)


def sentence_case(text: str) -> str:
    """The first letter as a capital, the others as they are."""
    return text[:1].upper() + text[1:]


def signed(value: float, digits: int) -> str:
    """A number with its sign, unless it is nothing at all."""
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return f"{sign}{number(abs(value), digits)}"


def _english(value: float, digits: int) -> str:
    text = f"{value:,.{digits}f}"
    return text.replace("-", "−") if float(text.replace(",", "")) else text.lstrip("-")
