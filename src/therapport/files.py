"""Writing so that a result is there complete or not at all, whatever interrupts it."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from therapport.errors import OutputError


def require_free(target: Path, *, overwrite: bool) -> None:
    """Raise OutputError if something is there that may not be overwritten; worth asking before long work."""
    if target.exists() and not overwrite:
        raise OutputError(f"{target}: exists already; choose another name, or pass --overwrite.")


def write_folder(folder: Path, files: Mapping[str, bytes], *, overwrite: bool = False) -> None:
    """Write a folder of files; it appears under its name only once every file is in it.

    Raises OutputError if the folder exists (unless it may be overwritten) or cannot be written.
    """
    require_free(folder, overwrite=overwrite)
    with _writing(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            for name, content in files.items():
                (new / name).write_bytes(content)
            new.chmod(0o755)
            if folder.exists():
                shutil.rmtree(folder)
            new.rename(folder)
        finally:
            shutil.rmtree(new, ignore_errors=True)


def write_into(folder: Path, files: Mapping[str, bytes], *, overwrite: bool = False) -> list[Path]:
    """Write files into a folder that may hold others; returns their paths. All are complete before the first appears.

    Raises OutputError if one of them exists (unless it may be overwritten), or the folder cannot be written to.
    """
    with assembled(folder, list(files), overwrite=overwrite) as draft:
        for name, content in files.items():
            (draft / name).write_bytes(content)
    return [folder / name for name in files]


@contextmanager
def assembled(folder: Path, names: Sequence[str], *, overwrite: bool = False) -> Iterator[Path]:
    """A place beside the folder's files to write those names into; they move there together once all are complete.

    For what is too large for memory. Raises OutputError as `write_into` does; if anything goes wrong on the way,
    nothing appears.
    """
    targets = [folder / name for name in names]
    existing = [target for target in targets if target.exists()]
    if existing and not overwrite:
        raise OutputError(
            f"{folder}: files are there already; choose another folder, or pass --overwrite.",
            (f"{target.name} exists" for target in existing),
        )
    # Beside the targets, so that renaming never crosses file systems.
    with _writing(folder), _made(folder), tempfile.TemporaryDirectory(dir=folder, prefix=".draft-") as draft:
        yield Path(draft)
        for target in targets:
            (Path(draft) / target.name).replace(target)


def write_file(path: Path, content: bytes, *, overwrite: bool = False) -> None:
    """Write one file; it appears under its name only once it is complete. Raises OutputError as `write_folder` does."""
    require_free(path, overwrite=overwrite)
    with _writing(path), _made(path.parent):
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).chmod(0o644)
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """The folder is there; if what follows fails, whatever was made for it is gone again."""
    new = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        for one in new:
            with suppress(OSError):  # of somebody else's file in it
                one.rmdir()
        raise


@contextmanager
def _writing(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(f"{target}: cannot be written: {error.strerror or 'the system refused'}.") from None
