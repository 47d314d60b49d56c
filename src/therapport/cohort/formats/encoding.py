"""Text files as UTF-8: what a file says of its encoding, what the caller says, and where neither is true."""

import codecs
from pathlib import Path

from therapport.errors import CohortError

CHUNK = 1 << 20
UTF_8 = ("utf-8", "utf-8-sig", "ascii")
SINGLE_BYTE = ("cp125", "iso8859", "mac-", "koi8")


def as_utf8(path: Path, encoding: str | None) -> Path | bytes:
    """The file itself if it is UTF-8, else its text as UTF-8.

    A mark at the beginning (UTF-8, UTF-16) speaks for the file; without one it is UTF-8 or what `encoding` says.
    Nothing is guessed: a guess turns names of levels into others. Raises CohortError naming the first line that is
    not in that encoding.
    """
    with path.open("rb") as file:
        start = file.read(2)
    marked = "utf-16" if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else None
    said = _known(path, encoding)
    if marked and said and not said.startswith("utf-16"):
        raise CohortError(f"{path}: the file is marked as UTF-16, not {encoding}; leave out the encoding.")
    if marked is None and (said is None or said in UTF_8):
        _refuse_other_encodings(path)
        return path
    content = path.read_bytes()
    if said is not None and said.startswith(SINGLE_BYTE):
        _refuse_utf8(path, content, str(encoding))
    try:
        text = content.decode(said or "utf-16")
    except UnicodeError as error:
        raise CohortError(
            f"{path}: {_place(error, content, said or 'utf-16')} is not {encoding or 'UTF-16'}; save the file as UTF-8."
        ) from None
    return text.removeprefix("\ufeff").encode()


def _known(path: Path, encoding: str | None) -> str | None:
    if encoding is None:
        return None
    try:
        "".encode(encoding)  # refuses codecs that are not of text, too
        return codecs.lookup(encoding).name
    except (LookupError, ValueError):
        raise CohortError(f"{path}: no such encoding is known; try utf-8, utf-16, cp1252 or latin-1.") from None


def _place(error: UnicodeError, content: bytes, encoding: str) -> str:
    if not isinstance(error, UnicodeDecodeError):
        return "the text"
    before = content[: error.start].decode(encoding, errors="ignore")
    return f"line {1 + before.count(chr(10))}"


def _refuse_utf8(path: Path, content: bytes, encoding: str) -> None:
    """In one byte per letter, no text in use looks like UTF-8: such a line is UTF-8, and would be misread."""
    if content.isascii():
        return
    for number, line in enumerate(content.split(b"\n"), start=1):
        if line.isascii():
            continue
        try:
            line.decode()
        except UnicodeDecodeError:
            continue
        raise CohortError(
            f"{path}: line {number} is UTF-8, not {encoding}; leave out the encoding, or save the whole file as UTF-8."
        )


def _refuse_other_encodings(path: Path) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines = 1
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK)
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                line = lines + error.object[: error.start].count(b"\n")
                raise CohortError(
                    f"{path}: line {line} is not UTF-8; save the file as UTF-8, or say how it was saved "
                    f"(encoding = 'cp1252' in the study, or --encoding cp1252, for most files of Windows)."
                ) from None
            if not chunk:
                return
            lines += chunk.count(b"\n")


def iconv_name(path: Path, encoding: str) -> str:
    """The encoding as readers in C know it. Raises CohortError if nobody does."""
    return str(_known(path, encoding)).upper()
