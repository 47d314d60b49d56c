"""What is asked of a reader, and what every reader answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

MISSING_MARKS = ("", "NA", "N/A", "NaN", "nan", "NULL", "null", "None")
"""Words that mean a missing value in files that know nothing but text."""

Labels = Mapping[str, Mapping[str, str]]
"""Column -> code as text -> what the file calls it."""


@dataclass(frozen=True)
class Request:
    """A file that is there and not empty, and how to read it."""

    path: Path
    text_columns: frozenset[str]
    """Columns that keep their text even where it looks like numbers."""
    encoding: str | None = None
    """What the caller says of it; None leaves it to the file."""


@dataclass(frozen=True)
class Contents:
    """The table of a file, before anything is known about what it must hold."""

    frame: pd.DataFrame
    labels: Labels = field(default_factory=dict)
    notices: tuple[str, ...] = ()
