"""Real open cohorts, ready to use: each with codebook and study, read from a package that the user installs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from therapport import files
from therapport.examples import btheb

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Example:
    """A cohort and what is said about it in a sentence."""

    description: str
    load: Callable[[], pd.DataFrame]


EXAMPLES: Mapping[str, Example] = {
    "btheb": Example("100 patients of the Beat the Blues trial of computerised CBT (BDI-II)", btheb.load),
}


def write(name: str, folder: Path, *, overwrite: bool = False) -> list[Path]:
    """Write `cohort.csv`, `codebook.toml` and `study.toml` of an example into the folder; returns their paths.

    Raises MissingPartError if the package that holds the data is not installed, OutputError if a file is there already.
    """
    cohort = EXAMPLES[name].load().to_csv(index=False, lineterminator="\n").encode()
    shipped = {part: (HERE / name / part).read_bytes() for part in ("codebook.toml", "study.toml")}
    return files.write_into(folder, {"cohort.csv": cohort, **shipped}, overwrite=overwrite)
