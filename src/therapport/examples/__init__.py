"""Real open cohorts, ready to use: each with codebook and study, read from a package or fetched on request."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from therapport import files
from therapport.examples import anorexia, btheb, jobs, thp
from therapport.examples.remote import Remote

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Example:
    """A cohort and what is said about it in a sentence."""

    description: str
    load: Callable[[], pd.DataFrame]
    remote: Remote | None = None
    """The file that has to be downloaded first."""


EXAMPLES: Mapping[str, Example] = {
    "btheb": Example("100 patients of the Beat the Blues trial of computerised CBT (BDI-II)", btheb.load),
    "jobs": Example("899 people out of work of the JOBS II trial of a workshop (depression score)", jobs.load),
    "anorexia": Example("72 young women with anorexia, family therapy, CBT or control (weight)", anorexia.load),
    "thp": Example("903 mothers of the Thinking Healthy trial in 40 clusters (Hamilton)", thp.load, thp.ORIGINAL),
}


def write(name: str, folder: Path, *, overwrite: bool = False) -> list[Path]:
    """Write `cohort.csv`, `codebook.toml` and `study.toml` of an example into the folder; returns their paths.

    Raises MissingPartError if the data are not on this machine, OutputError if a file is there already.
    """
    cohort = EXAMPLES[name].load().to_csv(index=False, lineterminator="\n").encode()
    shipped = {part: (HERE / name / part).read_bytes() for part in ("codebook.toml", "study.toml")}
    return files.write_into(folder, {"cohort.csv": cohort, **shipped}, overwrite=overwrite)
