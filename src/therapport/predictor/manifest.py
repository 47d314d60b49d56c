"""Files of an artifact and their digests: a file that differs from its digest is refused before it is read."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from therapport.errors import ModelError

MANIFEST = "manifest.json"
FORMAT = 2


def manifest(files: Mapping[str, bytes]) -> bytes:
    """The manifest of these files, in its one canonical form."""
    digests = {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)}
    return _canonical({"format": FORMAT, "files": digests})


def verified(folder: Path) -> dict[str, bytes]:
    """The content of every file that the manifest names, each read once and held against its digest.

    Raises ModelError if the folder or a file is missing, of another format, or differs in a single byte.
    """
    if not folder.is_dir():
        raise ModelError(f"{folder}: there is no such model folder.")
    stated = _read(folder, MANIFEST)
    damaged = f"{folder}: {MANIFEST} is damaged; restore the folder from its source."
    try:
        document = json.loads(stated)
        digests: dict[str, str] = dict(document["files"])
        version = document["format"]
    except (ValueError, KeyError, TypeError):
        raise ModelError(damaged) from None
    if version != FORMAT:
        raise ModelError(f"{folder}: the model is of format {version}; this version of therapport reads {FORMAT}.")
    # Only one way to write a manifest: a flipped space is a flipped byte too.
    if stated != _canonical(document):
        raise ModelError(damaged)
    files = {}
    for name, digest in digests.items():
        if Path(name).name != name:
            raise ModelError(damaged)
        files[name] = _read(folder, name)
        if hashlib.sha256(files[name]).hexdigest() != digest:
            raise ModelError(f"{folder}: {name} differs from its digest; restore the folder from its source.")
    return files


def _canonical(document: object) -> bytes:
    return (json.dumps(document, indent=1, sort_keys=True) + "\n").encode()


def _read(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError:
        raise ModelError(f"{folder}: this is not a model: {name} is missing or cannot be read.") from None


def digest(folder: Path) -> str:
    """One digest for a whole model: SHA-256 of its manifest, once every file is what the manifest says.

    Raises ModelError as `verified` does.
    """
    verified(folder)
    return stated(folder)


def stated(folder: Path) -> str:
    """The same digest without reading the files: enough to see that a folder is another one now."""
    return hashlib.sha256(_read(folder, MANIFEST)).hexdigest()
