"""A file that is fetched once, on request, and never used unless it is the known one."""

import hashlib
import http.client
import os
import sys
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError

from therapport import files
from therapport.errors import MissingPartError

CHUNK = 1 << 16
MOST_BYTES = 200 << 20  # far above every file of ours: whoever sends without end is stopped
SECONDS = 30.0  # without a sign of life


@dataclass(frozen=True)
class Remote:
    """A public file at a fixed address; `digest` is the SHA-256 of the one that we looked at."""

    name: str
    address: str
    digest: str

    @property
    def path(self) -> Path:
        """Where it is kept on this machine."""
        return folder() / self.name

    def is_kept(self) -> bool:
        """Whether the known file is on this machine."""
        content = _kept(self.path)
        return content is not None and _is_known(content, self)


def folder() -> Path:
    """Where downloads are kept: `THERAPPORT_DATA`, or else the platform's place for what can be fetched again."""
    if stated := os.environ.get("THERAPPORT_DATA"):
        return Path(stated).expanduser()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "therapport" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "therapport"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "therapport"


def read(remote: Remote) -> bytes:
    """The content of the kept file, checked against its digest; nothing is fetched.

    Raises MissingPartError, which says how to fetch it, if it is not kept or has changed.
    """
    content = _kept(remote.path)
    if content is not None and _is_known(content, remote):
        return content
    raise MissingPartError(
        f"{remote.path}: {'is not on this machine' if content is None else 'is not the known file'}. "
        f"Pass --download to fetch it from {remote.address}; nothing is sent but the request itself."
    )


def download(remote: Remote, *, received: Callable[[int, int | None], None] = lambda _new, _total: None) -> None:
    """Fetch the file and keep it; `received` is told the bytes of each piece, and of all if the server says so.

    It appears only once it is complete and its digest is right, and is tried once. Raises MissingPartError if the
    server cannot be reached, refuses, breaks off or sends another file; OutputError if it cannot be kept.
    """
    content = _fetch(remote.address, received)
    if not _is_known(content, remote):
        raise MissingPartError(f"{remote.address}: this is not the known file (other SHA-256); nothing was kept.")
    files.write_file(remote.path, content, overwrite=True)


def _fetch(address: str, received: Callable[[int, int | None], None]) -> bytes:
    content = bytearray()
    total: int | None = None
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:  # noqa: S310 - fixed, and the digest is checked
            length = answer.headers.get("Content-Length", "")
            total = int(length) if length.isdecimal() else None
            while piece := answer.read(CHUNK):
                content += piece
                if len(content) > MOST_BYTES:
                    raise MissingPartError(f"{address}: sends more than any file of ours holds; nothing was kept.")
                received(len(piece), total)
    except HTTPError as error:
        error.close()
        raise MissingPartError(f"{address}: the server refused ({error.code}); nothing was kept.") from None
    except URLError as error:
        reason = getattr(error.reason, "strerror", None) or error.reason
        raise MissingPartError(f"{address}: cannot be reached ({reason}); is there a network?") from None
    except (OSError, http.client.HTTPException):
        raise MissingPartError(_broken(address, len(content), total)) from None
    # A connection that is closed early looks like the end of the file.
    if total is not None and len(content) != total:
        raise MissingPartError(_broken(address, len(content), total))
    return bytes(content)


def _broken(address: str, arrived: int, total: int | None) -> str:
    of_all = "" if total is None else f" of {total:,}"
    return f"{address}: the connection broke after {arrived:,}{of_all} bytes; nothing was kept. Try again."


def _is_known(content: bytes, remote: Remote) -> bool:
    return hashlib.sha256(content).hexdigest() == remote.digest


def _kept(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
