r"""One line of a chain: a head that is chained, and behind it a payload that can be erased without breaking the chain.

    {"n":3,"prev":"…","at":"…","kind":"answer","commit":"…","salt":"…","payload":{…}}
     \------------------- head: its SHA-256 is the next line's `prev` ----/

`commit` is the SHA-256 of salt, payload and what stands before it. Once salt and payload are overwritten, what is left
of a patient is a hash that nobody can guess at, because the salt is gone too.
"""

import datetime
import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import Any

BEGINNING = "0" * 64
"""`prev` of the first line."""
COMMIT, SALT, PAYLOAD = b',"commit":"', b',"salt":"', b'","payload":'
SALT_DIGITS = 32
NO_SALT = b"0" * SALT_DIGITS


@dataclass(frozen=True)
class Line:
    """A line that has been read."""

    n: int
    prev: str
    at: str
    kind: str
    payload: dict[str, Any] | None
    """None once it is erased."""
    hash: str
    """Of the head: what the next line's `prev` must be."""
    intact: bool
    """Whether the payload is what was committed to; an erased one is not."""


def write(n: int, prev: str, kind: str, payload: str) -> tuple[bytes, str]:
    """The bytes of a line, newline included, and the hash of its head; the payload is JSON in one line."""
    salt, content = secrets.token_hex(SALT_DIGITS // 2).encode(), payload.encode()
    at = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
    before = f'{{"n":{n},"prev":"{prev}","at":"{at}","kind":"{kind}"'.encode()
    head = b"".join((before, COMMIT, _commitment(salt, content, before), b'"'))
    return b"".join((head, SALT, salt, PAYLOAD, content, b"}\n")), hashlib.sha256(head).hexdigest()


def read(content: bytes) -> Line:
    """A complete line without its newline; raises ValueError if it is none."""
    head, found, rest = content.partition(SALT)
    salt, payload = rest[:SALT_DIGITS], rest[SALT_DIGITS + len(PAYLOAD) : -1]
    if not found or rest[SALT_DIGITS : SALT_DIGITS + len(PAYLOAD)] != PAYLOAD or not rest.endswith(b"}"):
        raise ValueError("no line of an audit trail")
    stated = json.loads(head + b"}")
    try:
        known = json.loads(payload)
    except ValueError:
        known = None  # overwritten in part: an erasure was interrupted
    return Line(
        n=int(stated["n"]),
        prev=str(stated["prev"]),
        at=str(stated["at"]),
        kind=str(stated["kind"]),
        payload=known if isinstance(known, dict) else None,
        hash=hashlib.sha256(head).hexdigest(),
        intact=_commitment(salt, payload, head.partition(COMMIT)[0]) == str(stated["commit"]).encode(),
    )


def erased(content: bytes) -> tuple[int, bytes]:
    """Where in a line to write what, so that salt and payload are gone; no byte beyond them moves."""
    at = content.index(SALT) + len(SALT)
    length = len(content) - at - SALT_DIGITS - len(PAYLOAD) - 1
    return at, NO_SALT + PAYLOAD + b"null".ljust(length)


def _commitment(salt: bytes, payload: bytes, before: bytes) -> bytes:
    return hashlib.sha256(b"".join((salt, payload, before))).hexdigest().encode()
