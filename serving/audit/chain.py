"""Appending to one chain: in the system's hands before the answer leaves, on the disk a moment later."""

import datetime
import json
import os
import secrets
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from serving.audit import line
from serving.audit.rotation import SUFFIX, Rotation, last_parts
from therapport.errors import OutputError

ERASURES = "erasures" + SUFFIX
GROUP_SECONDS = 0.05
TAIL = 1 << 16


class AuditError(OutputError):
    """The audit trail cannot be written, so nothing may be answered."""


class Chain:
    """A file that this process alone appends to; with `rotation` it goes on in another when it is due."""

    def __init__(self, path: Path, *, n: int, prev: str, rotation: Rotation | None = None) -> None:
        self.path = path
        self._n, self._prev, self._rotation = n, prev, rotation
        self._lock = threading.Lock()
        self._dirty, self._closing = threading.Event(), threading.Event()
        try:
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        except OSError:
            raise AuditError("The audit trail cannot be written.") from None
        self.broken = False
        self._syncing = threading.Thread(target=self._sync_in_groups, name="audit-sync", daemon=True)
        self._syncing.start()

    @classmethod
    def begin(cls, folder: Path, *, rotation: Rotation | None = None) -> Self:
        """A new chain in a folder; its first line says where the others end, so that none of them can be cut off."""
        now = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
        path = folder / f"{now}-{os.getpid()}-{secrets.token_hex(4)}{SUFFIX}"
        others = {one.name: end(one) for one in last_parts(folder.glob(f"*{SUFFIX}"))}
        chain = cls(path, n=0, prev=line.BEGINNING, rotation=rotation or Rotation())
        ends = {name: {"n": last.n, "hash": last.hash} for name, last in others.items() if last is not None}
        chain.append("opened", [json.dumps({"ends": ends}, separators=(",", ":"))])
        return chain

    def append(self, kind: str, payloads: Sequence[str]) -> None:
        """One line for each payload (JSON); returns once the system has them all.

        Raises AuditError if it does not take them.
        """
        with self._lock:
            if self._rotation is not None and self._rotation.due():
                self._go_on(self._rotation)
            n, prev, content = self._n, self._prev, []
            for payload in payloads:
                written, prev = line.write(n, prev, kind, payload)
                content.append(written)
                n += 1
            whole = b"".join(content)
            self._write(whole)
            self._n, self._prev = n, prev
            if self._rotation is not None:
                self._rotation.grown(len(whole))
        self._dirty.set()

    def close(self) -> None:
        """Say that the end is the end, and put it on the disk."""
        if not self.broken:
            self.append("closed", ["{}"])
        self.finish()

    def finish(self) -> None:
        """Put what was written on the disk and let go of the file; the chain may be gone on with."""
        self._closing.set()
        self._dirty.set()
        self._syncing.join()
        os.close(self._file)

    def _go_on(self, rotation: Rotation) -> None:
        begun = None if self._n == 0 else rotation.go_on(self.path, self._file, n=self._n - 1, prev=self._prev)
        if begun is not None:
            (self.path, self._prev), self._n = begun, 1

    def _write(self, content: bytes) -> None:
        rest = memoryview(content)
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError:
            # What is half written stays the end of this chain; the next one begins anew.
            self.broken = True
            raise AuditError("The audit trail cannot be written.") from None

    def _sync_in_groups(self) -> None:
        while not self._closing.is_set():
            self._dirty.wait()
            self._dirty.clear()
            self._sync()
            self._closing.wait(GROUP_SECONDS)
        self._sync()

    def _sync(self) -> None:
        try:
            os.fsync(self._file)
        except OSError:
            self.broken = True


def end(path: Path) -> line.Line | None:
    """The last complete line of a chain; None if it has none."""
    size = path.stat().st_size
    with path.open("rb") as file:
        for length in (TAIL, size):
            file.seek(max(0, size - length))
            *complete, _ = file.read(length).split(b"\n")
            # The first piece may be the rest of a line that begins earlier.
            known = complete if length >= size else complete[1:]
            if known:
                try:
                    return line.read(known[-1])
                except (ValueError, KeyError, TypeError):
                    return None  # somebody changed it: `verify` says so, and the server goes on
    return None
