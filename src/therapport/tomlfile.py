"""Strict TOML: every problem of a file at once, each with its line."""

import datetime
import difflib
import json
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import tree_sitter
import tree_sitter_toml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from therapport.errors import ConfigurationError

Location = tuple[str | int, ...]


class Strict(BaseModel):
    """A table in which every key is known, every type is exact and nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


Table = TypeVar("Table", bound=Strict)


class Problem(NamedTuple):
    """What is wrong, and where in the document."""

    location: Location
    text: str


def read(path: Path, table: type[Table], *, check: Callable[[Table], Iterable[Problem]] = lambda _: ()) -> Table:
    """The file as a table that passed both its types and `check`.

    Raises ConfigurationError that lists every problem as `file:line: key: what is wrong`.
    """
    try:
        source = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror or 'not a file'}.") from None
    return parse(source, table, name=str(path), check=check)


def parse(
    source: bytes, table: type[Table], *, name: str, check: Callable[[Table], Iterable[Problem]] = lambda _: ()
) -> Table:
    """The same for a document that is already in memory; `name` stands in the messages."""
    try:
        document = tomllib.loads(source.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = source[: error.start].count(b"\n") + 1
        raise ConfigurationError(f"{name}:{line}: this file is not UTF-8; save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{name}: this is not TOML: {error}.") from None
    try:
        # Through JSON, because strict JSON mode takes arrays for tuples and text for enumerations.
        value = table.model_validate_json(json.dumps(document, default=_text_of_time))
        problems = list(check(value))
    except ValidationError as error:
        problems = [_in_plain_words(detail, table) for detail in error.errors()]
    if problems:
        lines = _lines(source)
        raise ConfigurationError(
            f"{name}: {len(problems)} problem{'s' * (len(problems) > 1)}.",
            (f"line {_line(lines, where)}: {_dotted(where)}: {text}" for where, text in problems),
        )
    return value


def _text_of_time(value: object) -> str:
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    raise TypeError(f"not a TOML value: {type(value).__name__}")


def _dotted(location: Location) -> str:
    return ".".join(str(part) for part in location) or "document"


def _in_plain_words(detail: ErrorDetails, table: type[BaseModel]) -> Problem:
    location: Location = detail["loc"]
    text: str = detail["msg"]
    if detail["type"] == "extra_forbidden":
        known = _keys_beside(location, table)
        close = difflib.get_close_matches(str(location[-1]), known, n=1)
        text = "unknown key" + (f"; did you mean {close[0]}?" if close else f"; known keys: {', '.join(known)}")
    elif detail["type"] == "missing":
        text = "this key is missing"
    return Problem(location, text.removeprefix("Value error, "))


def _keys_beside(location: Location, table: type[BaseModel]) -> list[str]:
    """The keys that the table holding `location` knows, found by walking the schema."""
    schema: dict[str, Any] = table.model_json_schema()
    node = schema
    for part in location[:-1]:
        node = node.get("properties", {}).get(part) or node.get("items") or node.get("additionalProperties") or {}
        for option in node.get("anyOf", [node]):
            if "$ref" in option:
                node = schema["$defs"][option["$ref"].rsplit("/", 1)[-1]]
    return list(node.get("properties", {}))


def _line(lines: dict[Location, int], location: Location) -> int:
    """The line of the key, or of the nearest table around it (a missing key has no line)."""
    for length in range(len(location), 0, -1):
        if location[:length] in lines:
            return lines[location[:length]]
    return 1


def _lines(source: bytes) -> dict[Location, int]:
    """The line of every key; tomllib gives values without places, so the syntax tree is asked."""
    root = tree_sitter.Parser(tree_sitter.Language(tree_sitter_toml.language())).parse(source).root_node
    found: dict[Location, int] = {}
    counts: dict[Location, int] = {}

    def visit_pair(pair: tree_sitter.Node, above: Location) -> None:
        key, value = pair.named_children[0], pair.named_children[-1]
        where = above + _parts(key)
        for length in range(len(above) + 1, len(where) + 1):
            found.setdefault(where[:length], pair.start_point.row + 1)
        visit_value(value, where)

    def visit_value(value: tree_sitter.Node, where: Location) -> None:
        if value.type == "inline_table":
            for pair in value.named_children:
                if pair.type == "pair":
                    visit_pair(pair, where)
        elif value.type == "array":
            elements = [child for child in value.named_children if child.type != "comment"]
            for position, element in enumerate(elements):
                found[(*where, position)] = element.start_point.row + 1
                visit_value(element, (*where, position))

    for node in root.named_children:
        if node.type == "pair":
            visit_pair(node, ())
        elif node.type in ("table", "table_array_element"):
            where = _parts(node.named_children[0])
            if node.type == "table_array_element":
                counts[where] = counts.get(where, -1) + 1
                where = (*where, counts[where])
            for length in range(1, len(where) + 1):
                found.setdefault(where[:length], node.start_point.row + 1)
            for pair in node.named_children[1:]:
                if pair.type == "pair":
                    visit_pair(pair, where)
    return found


def _parts(key: tree_sitter.Node) -> Location:
    if key.type == "dotted_key":
        return tuple(part for child in key.named_children for part in _parts(child))
    # tomllib undoes quotes and escapes, so that the part reads as in its own document.
    return tuple(tomllib.loads(f"{(key.text or b'').decode()} = 0"))
