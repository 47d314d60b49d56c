"""The door for files of patients: what can be said of a file before its format is."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from therapport.cohort.formats import READERS
from therapport.cohort.formats.contents import Contents, Request
from therapport.errors import CohortError

FORMATS = tuple(READERS)


def read_table(path: Path, *, text_columns: Iterable[str], encoding: str | None = None) -> pd.DataFrame:
    """The file as a frame; `text_columns` keep their text even where it looks like numbers (ids, categories).

    `encoding` is for files that do not say it themselves: CSV that is neither UTF-8 nor marked as UTF-16, old SPSS
    and Stata files; the other kinds have no need of it. Codes of SPSS and Stata stay codes: only a codebook can say
    what their labels mean. Raises CohortError as `load` does.
    """
    return load(path, text_columns=text_columns, encoding=encoding).frame


def load(path: Path, *, text_columns: Iterable[str], encoding: str | None = None, rows: str = "patients") -> Contents:
    """The same with the file's value labels, and what its reader has to tell; `rows` are what the file is about.

    Raises CohortError if the file is missing, empty, of an unknown format, in another encoding, or not a table.
    Messages of the underlying readers are never passed on, because they quote the offending row.
    """
    try:
        _refuse_what_is_no_file(path)
        reader = READERS.get(path.suffix.lower())
        if reader is None:
            raise CohortError(f"{path}: files of this kind are not read; write one of {', '.join(FORMATS)}.")
        if path.stat().st_size == 0:
            raise CohortError(f"{path}: the file is empty.")
        with path.open("rb"):
            pass  # The readers below do not all tell a refusal of the system from damage.
        contents = reader(Request(path, frozenset(text_columns), encoding))
    except MemoryError:
        size = path.stat().st_size / 2**30
        raise CohortError(
            f"{path}: a file of {size:.1f} GB does not fit into the memory of this computer; leave out columns, or "
            f"save it as Parquet, which needs less."
        ) from None
    except OSError as error:
        raise CohortError(f"{path}: cannot be read: {error.strerror or 'the system refused'}.") from None
    if len(contents.frame) == 0:
        raise CohortError(f"{path}: the file has a header, but no {rows}.")
    return contents


def _refuse_what_is_no_file(path: Path) -> None:
    if path.is_file():
        return
    if path.is_dir():
        raise CohortError(f"{path}: this is a folder; name the file in it.")
    if path.is_symlink():
        raise CohortError(f"{path}: this is a link that leads to no file.")
    raise CohortError(f"{path}: there is no such file.")
