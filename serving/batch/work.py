"""The working folder of a run: its plan, the parts that are made, and a record of each with its digest.

A part appears under its name only once it is complete, and its record after it. What a record names and what does not
have its digest is made again: so a run can be killed at any moment, and a damaged part is noticed.
"""

import contextlib
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from serving.batch.watch import digest
from therapport.errors import CohortError, OutputError

if sys.platform != "win32":
    import fcntl

PLAN, LOCK, PARTS, RECORDS = "plan.json", "lock", "parts", "records"
Document = dict[str, Any]


@dataclass(frozen=True)
class Work:
    """A working folder that belongs to this run and to no other."""

    folder: Path

    @property
    def parts(self) -> Path:
        """Where finished parts lie."""
        return self.folder / PARTS

    def part(self, number: int) -> Path:
        """The file of a part."""
        return self.parts / f"part-{number:05d}.parquet"

    def rejected(self, number: int) -> Path:
        """The file of a part's rejected rows."""
        return self.folder / RECORDS / f"rejected-{number:05d}.parquet"

    def record(self, number: int, document: Document) -> None:
        """Say that a part is complete."""
        write(self.folder / RECORDS / f"part-{number:05d}.json", as_json(document))

    def recorded(self, number: int) -> Document | None:
        """What is known of a part; None if it is not complete, or is damaged."""
        try:
            document: Document = json.loads((self.folder / RECORDS / f"part-{number:05d}.json").read_bytes())
            sound = digest(self.part(number)) == document["sha256"] and (
                document["rejected_sha256"] is None or digest(self.rejected(number)) == document["rejected_sha256"]
            )
        except (OSError, ValueError, KeyError, TypeError, CohortError):
            return None
        return document if sound else None

    @property
    def begun(self) -> bool:
        """Whether any part has been made."""
        return any((self.folder / RECORDS).glob("part-*.json"))

    def clear(self) -> None:
        """Take everything away."""
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def opened(folder: Path, plan: Document) -> Iterator[Work]:
    """The working folder of this plan, with whatever an earlier run of it left; that of another plan is emptied.

    Raises OutputError if it cannot be written, or another run is at work in it.
    """
    there = [one for one in (folder, *folder.parents) if not one.exists()]
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / LOCK).open("w") as lock:
            _take(lock.fileno(), folder)
            if not _same(folder / PLAN, plan):
                for one in folder.iterdir():
                    if one.name != LOCK:
                        shutil.rmtree(one) if one.is_dir() else one.unlink()
                for name in (PARTS, RECORDS):
                    (folder / name).mkdir()
                write(folder / PLAN, as_json(plan))
            work = Work(folder)
            try:
                yield work
            except BaseException:
                if not work.begun:
                    work.clear()
                    for one in there[1:]:
                        with contextlib.suppress(OSError):
                            one.rmdir()
                raise


def write(path: Path, content: bytes) -> None:
    """Write a file; it appears under its name once it is complete."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def as_json(document: Mapping[str, Any]) -> bytes:
    """In one canonical form."""
    return (json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n").encode()


@contextlib.contextmanager
def writing(target: Path) -> Iterator[None]:
    """Tell of a disk that is full or closed in one sentence; what is complete stays."""
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else "the system refused"
        raise OutputError(f"{target.parent}: cannot be written: {reason}.") from None


def _same(path: Path, plan: Document) -> bool:
    try:
        return path.read_bytes() == as_json(plan)
    except OSError:
        return False


def _take(lock: int, folder: Path) -> None:
    if sys.platform == "win32":
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise OutputError(f"{folder.parent}: another run is writing its answers here.") from None
