"""The folder of a server's state: keys, the audit trail and the secret that names patients in it."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from therapport.errors import OutputError

OWNER_ONLY = 0o600


@dataclass(frozen=True)
class State:
    """Where what outlives a server lies."""

    folder: Path

    @property
    def keys(self) -> Path:
        """The keys' hashes."""
        return self.folder / "keys.json"

    @property
    def audit(self) -> Path:
        """The chains."""
        return self.folder / "audit"

    def secret(self) -> bytes:
        """What patients' ids are hashed with; made on first use. Raises OutputError if it cannot be."""
        path = self.folder / "audit.secret"
        try:
            self.audit.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not path.exists():
                _made_once(path)
            return bytes.fromhex(path.read_text())
        except (OSError, ValueError):
            raise OutputError(f"{self.folder}: the state of the server cannot be read or written.") from None


def _made_once(path: Path) -> None:
    """Several workers may want it at the same time: the first one's is linked into place, whole."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
