"""API keys: a random secret, kept as a salted hash with its scopes; the key itself is shown once and never again.

A key has 256 random bits, so one round of SHA-256 is enough: slow hashes protect passwords, which can be guessed.
"""

import datetime
import hashlib
import hmac
import json
import os
import re
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal, get_args

from therapport.errors import ConfigurationError, OutputError

Scope = Literal["score", "explain", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
PREFIX = "therapport"
SHAPE = re.compile(rf"{PREFIX}_([0-9a-f]{{8}})_([A-Za-z0-9_-]{{43}})")
OWNER_ONLY = 0o600


@dataclass(frozen=True)
class Key:
    """What is kept of a key."""

    id: str
    """Its public part, which names it in lists and in the audit trail."""
    name: str
    scopes: tuple[Scope, ...]
    created: str
    salt: str
    hash: str

    def is_shown(self, secret: str) -> bool:
        """Whether this secret is the key's; takes as long whichever digit is wrong."""
        return hmac.compare_digest(_hash(self.salt, secret), self.hash)


NOBODY = Key("", "", (), "", "0" * 32, "0" * 64)
"""Compared with where no key has the id, so that it takes as long."""


@dataclass
class KeyRing:
    """The keys of a file, read anew whenever it changes; without a file there are none."""

    path: Path
    always: bool = False
    """Whether a key is asked for even where the file was never there."""
    _keys: dict[str, Key] = field(default_factory=dict)
    _seen: tuple[int, int, int] | None = None

    def asks(self) -> bool:
        """Whether a key is asked for: from the moment on at which there is a file of keys, even of none.

        Once it was there it stays so: neither the last key that is revoked nor a file that is lost opens a server.
        """
        if not self.always:
            try:
                os.stat(self.path)  # noqa: PTH116 - asked by every request: a path's own way takes twice as long
            except (FileNotFoundError, NotADirectoryError):
                return False
            except OSError:
                return True  # it cannot be told, so nobody gets in
            self.always = True
        return True

    def holder(self, token: str) -> Key | None:
        """The key that a token is; None for what is no key, or is not (any longer) one of these."""
        shape = SHAPE.fullmatch(token)
        if shape is None:
            return None
        key = self.keys().get(shape[1], NOBODY)
        return key if key.is_shown(shape[2]) else None

    def keys(self) -> dict[str, Key]:
        """Id -> key. Raises OutputError if the file cannot be read, or others could write it."""
        try:
            known = self.path.stat()
        except FileNotFoundError:
            self._keys, self._seen = {}, None
            return self._keys
        except OSError as error:
            raise OutputError(f"{self.path}: cannot be read: {error.strerror or 'the system refused'}.") from None
        seen = (known.st_mtime_ns, known.st_size, known.st_ino)
        if seen != self._seen:
            if known.st_mode & 0o077:
                raise ConfigurationError(f"{self.path}: others than its owner may read it; make it 0600.")
            self._keys, self._seen = _read(self.path), seen
        return self._keys


def add(path: Path, name: str, scopes: tuple[Scope, ...]) -> str:
    """Add a key and return it: the only time that it can be seen. Raises OutputError if it cannot be kept."""
    keys = KeyRing(path).keys()
    if any(key.name == name for key in keys.values()):
        raise ConfigurationError(f"{name}: there is a key of this name already; revoke it, or choose another name.")
    identifier, secret, salt = secrets.token_hex(4), secrets.token_urlsafe(32), secrets.token_hex(16)
    created = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    key = Key(identifier, name, scopes, created, salt, _hash(salt, secret))
    _write(path, {**keys, identifier: key})
    return f"{PREFIX}_{identifier}_{secret}"


def revoke(path: Path, which: str) -> Key:
    """Remove the key of this name or id; raises ConfigurationError if there is none."""
    keys = KeyRing(path).keys()
    found = next((key for key in keys.values() if which in (key.id, key.name)), None)
    if found is None:
        raise ConfigurationError(f"{which}: there is no such key; `therapport keys list` shows them.")
    _write(path, {identifier: key for identifier, key in keys.items() if key is not found})
    return found


def _hash(salt: str, secret: str) -> str:
    return hashlib.sha256(bytes.fromhex(salt) + secret.encode()).hexdigest()


def _read(path: Path) -> dict[str, Key]:
    try:
        document = json.loads(path.read_text())
        keys = [Key(**{**one, "scopes": tuple(one["scopes"])}) for one in document["keys"]]
    except (OSError, ValueError, KeyError, TypeError):
        raise ConfigurationError(f"{path}: is not a file of keys, or is damaged.") from None
    return {key.id: key for key in keys}


def _write(path: Path, keys: dict[str, Key]) -> None:
    """Whole or not at all, and readable to its owner only from the first byte on."""
    content = json.dumps({"keys": [asdict(key) for key in keys.values()]}, indent=1) + "\n"
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "w") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise OutputError(f"{path}: cannot be written: {error.strerror or 'the system refused'}.") from None
