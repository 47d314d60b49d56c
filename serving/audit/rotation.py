"""A chain in parts: when a file is large, or its day is over, the next one begins with the hash that it ended with.

    20260105T…-81-9f3c.chain   20260105T…-81-9f3c.0002.chain   20260105T…-81-9f3c.0003.chain

The next part appears whole, under its own name, before anything more is written: wherever a kill falls, the last part
ends with what was written last, and nothing follows a line that another part goes on from.
"""

import contextlib
import json
import os
import re
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from serving.audit import line

SUFFIX = ".chain"
CONTINUED = "continued"
"""Kind of the first line of every part but the first."""
LARGEST = 64 << 20
"""Bytes of a file, from which on the next answers go into another."""
SECONDS_A_DAY = 86_400
PART = re.compile(r"(?P<chain>.+)\.(?P<part>\d{4,})")


class Part(NamedTuple):
    """One file of a chain, by its name."""

    chain: str
    number: int

    @property
    def name(self) -> str:
        """Of the file."""
        return f"{self.chain}{SUFFIX}" if self.number == 1 else f"{self.chain}.{self.number:04}{SUFFIX}"


def part_of(name: str) -> Part:
    """Which part of which chain a file is."""
    stem = name.removesuffix(SUFFIX)
    found = PART.fullmatch(stem)
    return Part(stem, 1) if found is None else Part(found["chain"], int(found["part"]))


def last_parts(paths: Iterable[Path]) -> list[Path]:
    """The youngest file of each chain, sorted by name: what stands in the others it commits to."""
    last: dict[str, tuple[int, Path]] = {}
    for path in paths:
        part = part_of(path.name)
        last[part.chain] = max(last.get(part.chain, (0, path)), (part.number, path))
    return sorted(path for _, path in last.values())


class Rotation:
    """When the next part of one chain is due."""

    def __init__(self, *, largest: int = LARGEST, daily: bool = True) -> None:
        self._largest, self._daily = largest, daily
        self._bytes, self._day = 0, _today()

    def grown(self, added: int) -> None:
        """So many bytes were written to the part."""
        self._bytes += added

    def due(self) -> bool:
        """Whether what comes next belongs into another file; days are those of UTC."""
        return self._bytes >= self._largest or (self._daily and _today() != self._day)

    def go_on(self, path: Path, file: int, *, n: int, prev: str) -> tuple[Path, str] | None:
        """Begin the part after `path`, whose last line has the number `n` and the hash `prev`.

        What is written to `file` goes there from now on. Returns its path and the hash of its first line; None if it
        cannot be begun: then the part before goes on, and the next line tries again.
        """
        before = part_of(path.name)
        following = path.with_name(Part(before.chain, before.number + 1).name)
        draft = path.with_name(f".{following.name}.draft")
        payload = json.dumps({"of": path.name, "n": n, "part": before.number + 1}, separators=(",", ":"))
        content, first = line.write(0, prev, CONTINUED, payload)
        new = -1
        try:
            os.fsync(file)  # before anything says where it ends
            new = os.open(draft, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_TRUNC, 0o600)
            rest = memoryview(content)
            while rest:
                rest = rest[os.write(new, rest) :]
            os.fsync(new)
            draft.rename(following)
        except OSError:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
            if new >= 0:
                os.close(new)
            return None
        # The same number stands for the new file, so that whoever puts it on the disk meanwhile finds one.
        os.dup2(new, file, inheritable=False)
        os.close(new)
        self._bytes, self._day = len(content), _today()
        with contextlib.suppress(OSError):
            _sync_folder(path.parent)
        return following, first


def _today() -> int:
    return int(time.time()) // SECONDS_A_DAY


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
