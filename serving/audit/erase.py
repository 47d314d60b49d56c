"""Erasure: payloads are overwritten where they stand, and a chain of its own says which lines, when and why.

First the erasure is written down, then it is done: one that is interrupted in between is carried out by the next.
"""

import contextlib
import datetime
import fcntl
import json
import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from serving.audit import line
from serving.audit.chain import ERASURES, Chain, end
from serving.audit.folder import State
from serving.audit.rotation import CONTINUED, SUFFIX
from serving.audit.trail import named
from serving.audit.verify import checked
from therapport.errors import OutputError

Reason = Literal["a patient's request", "retention"]
KEPT = frozenset({"opened", "closed", "erasure", CONTINUED})
"""Kinds of lines without anything of a patient."""


@dataclass(frozen=True)
class Erased:
    """How many lines of how many chains were erased."""

    lines: int
    chains: int


def erase_patient(state: State, patient: str) -> Erased:
    """Erase every line about a patient; raises OutputError if the trail is missing or cannot be written."""
    require_trail(state)
    wanted = named(state.secret(), patient)
    # Feedback names the card, not the patient; which cards were the patient's is said by lines that go, too.
    cards = _cards(state.audit, wanted)

    def is_meant(one: line.Line) -> bool:
        payload = one.payload or {}
        return payload.get("id") == wanted or (one.kind == "feedback" and payload.get("card") in cards)

    return _erase(state.audit, is_meant, "a patient's request")


def _cards(folder: Path, patient: str) -> set[str]:
    """The cards that were made for a patient, by the names that the trail has of both."""
    try:
        lines = [one for path in sorted(folder.glob(f"*{SUFFIX}")) for _, one in _intact(path) if one.kind == "cards"]
    except OSError as error:
        raise OutputError(f"{folder}: cannot be read: {error.strerror or 'the system refused'}.") from None
    payloads = [one.payload for one in lines if one.payload is not None and one.payload.get("id") == patient]
    return {card for payload in payloads for card in payload["cards"]}


def require_trail(state: State) -> None:
    """Raise OutputError if there is none."""
    if not state.audit.is_dir():
        raise OutputError(f"{state.audit}: there is no audit trail.")


def erase_before(state: State, day: datetime.date) -> Erased:
    """Erase every line about a patient from before a day (UTC)."""
    require_trail(state)
    return _erase(state.audit, lambda one: one.at[:10] < day.isoformat(), "retention")


def _erase(folder: Path, is_meant: Callable[[line.Line], bool], reason: Reason) -> Erased:
    lines = chains = 0
    try:
        with _alone(folder):
            said = _erasures(folder)
            for name, earlier in checked(folder / ERASURES).erasures.items() if said else ():
                _overwrite(folder / name, earlier)
            for path in sorted(folder.glob(f"*{SUFFIX}")):
                if path.name == ERASURES:
                    continue
                places = [n for n, one in _intact(path) if one.kind not in KEPT and is_meant(one)]
                if places:
                    _say(folder, path.name, places, reason)
                    _overwrite(path, places)
                    lines, chains = lines + len(places), chains + 1
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written: {error.strerror or 'the system refused'}.") from None
    return Erased(lines, chains)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / ".erasing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _erasures(folder: Path) -> bool:
    return (folder / ERASURES).exists()


def _say(folder: Path, chain: str, places: list[int], reason: Reason) -> None:
    path = folder / ERASURES
    _cut_torn_end(path)
    last = end(path) if path.exists() else None
    n, prev = (0, line.BEGINNING) if last is None else (last.n + 1, last.hash)
    own = Chain(path, n=n, prev=prev)
    own.append("erasure", [json.dumps({"chain": chain, "lines": places, "reason": reason}, separators=(",", ":"))])
    own.finish()


def _cut_torn_end(path: Path) -> None:
    """Half a line of an erasure that was interrupted: it was not carried out, and nothing could follow it."""
    if not path.exists():
        return
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.truncate(path, whole)


def _intact(path: Path) -> Iterator[tuple[int, line.Line]]:
    with path.open("rb") as file:
        for n, content in enumerate(file):
            if content.endswith(b"\n"):
                with contextlib.suppress(ValueError, KeyError, TypeError):  # a changed line is for `verify`
                    known = line.read(content[:-1])
                    if known.intact:
                        yield n, known


def _overwrite(path: Path, places: Collection[int]) -> None:
    """Overwrite payloads in place: bytes that are written already do not move, so a server may append meanwhile."""
    wanted, at = set(places), 0
    with path.open("rb") as reading:
        handle = os.open(path, os.O_WRONLY)
        try:
            for n, content in enumerate(reading):
                if n in wanted:
                    offset, blank = line.erased(content[:-1])
                    os.pwrite(handle, blank, at + offset)
                at += len(content)
            os.fsync(handle)
        finally:
            os.close(handle)
