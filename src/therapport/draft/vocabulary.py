"""What the words in a column's name say it is."""

import functools
import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from therapport import tomlfile
from therapport.draft.defaults import default_codebook
from therapport.tomlfile import Strict

VOCABULARY = Path(__file__).parent / "vocabulary.toml"
SHORTEST_PIECE = 3  # letters: shorter words are found in any name
LONGEST_NAME = 40  # words: a longer name is a sentence, and only its beginning is read

Sort = Literal["id", "person", "date", "text", "group", "instrument", "factor", "background", "outcome", "count"]
Words = tuple[str, ...]


class Hit(NamedTuple):
    """A phrase that is known, and the words of the name that it covers."""

    sort: Sort
    name: str
    start: int
    end: int


class Vocabulary(Strict):
    """The shipped phrases."""

    format: Literal[1]
    id: Words
    person: Words
    date: Words
    text: Words
    count: Words
    background: Words
    filler: Words
    before: Words
    after: Words
    later: Words
    endings: Words
    outcomes: dict[str, Words]
    groups: dict[str, Words]
    instruments: dict[str, Words]
    variants: dict[str, Words]


@functools.cache
def vocabulary() -> Vocabulary:
    """The shipped phrases, English and Dutch."""
    return tomlfile.read(VOCABULARY, Vocabulary)


def words(column: str) -> Words:
    """The name in lower-case words and numbers: `PHQ9_Pre`, `phq-9 pre` and `Phq9pre` give phq, 9, pre."""
    pieces = _split(column)[:LONGEST_NAME]
    return tuple(part for piece in pieces for part in _glued(piece))


def hits(named: Words) -> list[Hit]:
    """The known phrases in the name, the longest first; no word counts for two of them."""
    phrases, longest = _phrases()
    found: list[Hit] = []
    free = [True] * len(named)
    for length in range(min(longest, len(named)), 0, -1):
        for start in range(len(named) - length + 1):
            end = start + length
            if all(free[start:end]) and (known := phrases.get(named[start:end])):
                found.append(Hit(*known, start, end))
                free[start:end] = [False] * length
    return found


def phrases() -> Iterator[tuple[Words, Sort, str]]:
    """Every phrase with what it says; a phrase that says two things is an error of ours, held off by a test."""
    known = vocabulary()
    plain: Mapping[Sort, Words] = {
        "id": known.id,
        "person": known.person,
        "date": known.date,
        "text": known.text,
        "count": known.count,
        "background": known.background,
    }
    for sort, texts in plain.items():
        yield from ((_split(text), sort, sort) for text in texts)
    for event, texts in known.outcomes.items():
        yield from ((_split(text), "outcome", event) for text in texts)
    for level, texts in known.groups.items():
        yield from ((_split(text), "group", level) for text in texts)
    for name, texts in known.instruments.items():
        yield from ((_split(text), "instrument", name) for text in texts)
    for name, factor in default_codebook().items():
        yield from ((_split(text), "factor", name) for text in factor.columns)


def _split(text: str) -> Words:
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
    return tuple(re.findall(r"[a-z]+|[0-9]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain).lower()))


@functools.cache
def _phrases() -> tuple[Mapping[Words, tuple[Sort, str]], int]:
    known: dict[Words, tuple[Sort, str]] = {}
    for phrase, sort, name in phrases():
        known.setdefault(phrase, (sort, name))
    return known, max(map(len, known))


@functools.cache
def _single_words() -> frozenset[str]:
    known = vocabulary()
    others = {word for text in (*known.filler, *known.before, *known.after, *known.later) for word in _split(text)}
    return frozenset({word for phrase, _, _ in phrases() for word in phrase} | others)


def _is_instrument(word: str) -> bool:
    known = _phrases()[0].get((word,))
    return known is not None and known[0] == "instrument"


def _glued(piece: str) -> Words:
    """`phqtotpre` as phq, tot, pre: the fewest known words that fill the piece, or the piece itself."""
    single = _single_words()
    if piece in single or len(piece) > LONGEST_NAME:
        return (piece,)
    for ending in vocabulary().endings:
        stem = piece.removesuffix(ending)
        if stem != piece and len(stem) >= SHORTEST_PIECE and _is_instrument(stem):
            return (stem, ending)
    if piece.startswith("n") and len(piece) > 2 * SHORTEST_PIECE and piece[1:] in single:
        return ("n", piece[1:])  # NSESSIONS
    if len(piece) < 2 * SHORTEST_PIECE:
        return (piece,)
    best: list[Words | None] = [(), *([None] * len(piece))]
    for end in range(SHORTEST_PIECE, len(piece) + 1):
        for start in range(end - SHORTEST_PIECE + 1):
            begun, last = best[start], piece[start:end]
            if begun is None or last not in single:
                continue
            shortest = best[end]
            if shortest is None or len(begun) + 1 < len(shortest):
                best[end] = (*begun, last)
    return best[len(piece)] or (piece,)
