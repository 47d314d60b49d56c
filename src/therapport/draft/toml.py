"""Values and remarks as TOML that reads back as what was meant."""

import json
import re
from collections.abc import Iterable


def text(value: str) -> str:
    """The text in quotes."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")


def key(name: str) -> str:
    """The name as one key, in quotes where it needs them."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else text(name)


def codes(values: Iterable[int | float | str]) -> str:
    """Codes for missing values as an array."""
    return f"[{', '.join(text(value) if isinstance(value, str) else number(value) for value in values)}]"


def number(value: float) -> str:
    """The number, whole where it is."""
    return str(int(value)) if value == int(value) else repr(value)


def remark(sentence: str) -> str:
    """The sentence as a remark: one line, nothing that a terminal or a reader of TOML would obey."""
    return "# " + "".join(mark if mark.isprintable() else " " for mark in sentence)
