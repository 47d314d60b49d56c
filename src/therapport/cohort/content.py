"""What a file of patients must hold, according to its codebook; every violation by column, row and allowed range."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from therapport.codebook import Codebook
from therapport.cohort import labels, missing_codes
from therapport.cohort.allowed import Violation
from therapport.cohort.days import EpisodeDays, episode_days
from therapport.cohort.files import load
from therapport.cohort.formats.contents import Contents
from therapport.cohort.header import check_header
from therapport.cohort.measurements import AsOf, Held, Joined, join
from therapport.cohort.rows import named_rows, refuse_repeated_columns
from therapport.cohort.schema import numeric, violations
from therapport.errors import CohortError


@dataclass(frozen=True)
class Cohort:
    """Patients that fit their codebook.

    `table` has one row per patient and a RangeIndex: the id and groups as text, categories as text, every other
    column as float64 with NaN for missing (booleans as 0 and 1). Attributes for audit are in it only where they were
    asked for.
    """

    codebook: Codebook
    table: pd.DataFrame
    notices: tuple[str, ...] = ()
    held: Held | None = None
    """What the long table held, where columns come from one."""
    start: NDArray[np.float64] | None = None
    """Day on which each episode started (days since 1970, NaN where missing), where the file has it."""

    def digest(self) -> str:
        """32 hexadecimal digits over every value of every row, in order.

        Attributes for audit have no part in it: with or without them it is the same cohort to a model.
        """
        table = self.table[[column for column in self.table if column not in self.codebook.audit]]
        hashed = pd.util.hash_pandas_object(table, index=False).to_numpy()
        whole = hashlib.sha256("\0".join(table.columns).encode())
        whole.update(np.ascontiguousarray(hashed).tobytes())
        return whole.hexdigest()[:32]


def read(
    path: Path,
    codebook: Codebook,
    *,
    factors: Sequence[str] | None = None,
    groups: Sequence[str] | None = None,
    measures: Sequence[str] | None = None,
    audit: Sequence[str] = (),
    ignore_unknown: bool = False,
    allow_absent: bool = False,
    encoding: str | None = None,
    measurements: AsOf | None = None,
) -> Cohort:
    """The cohort in a file; columns beyond those asked for are dropped with a notice (None asks for all).

    Attributes for audit are never asked for by default: nothing that predicts has them.

    `encoding` is for files that do not say it themselves, as `read_table` has it. `measurements` give the columns that
    rest on a repeated measure and that the file does not have.

    Raises CohortError with every problem of the file at once.
    """
    return _fitted(
        load(path, text_columns=text_columns(codebook), encoding=encoding),
        codebook,
        name=str(path),
        factors=factors,
        groups=groups,
        measures=measures,
        audit=audit,
        ignore_unknown=ignore_unknown,
        allow_absent=allow_absent,
        measurements=measurements,
    )


def text_columns(codebook: Codebook) -> list[str]:
    """Those whose text means something even where it looks like numbers."""
    text = [codebook.id, *codebook.groups.values()]
    text += [name for name, factor in codebook.factors.items() if factor.kind in ("category", "boolean")]
    text += [name for name, attribute in codebook.audit.items() if attribute.kind in ("category", "boolean")]
    return text + [name for name, measure in codebook.measures.items() if measure.kind == "boolean"]


@dataclass(frozen=True)
class Sifted:
    """Every row of a table in the types of a Cohort, and which of them break the codebook."""

    table: pd.DataFrame
    violations: tuple[Violation, ...]
    problems: tuple[str, ...] = ()
    """Of the table as a whole."""
    long_problems: tuple[str, ...] = ()
    """Of the long table beside it."""
    notices: tuple[str, ...] = ()
    held: Held | None = None
    start: NDArray[np.float64] | None = None

    def all_problems(self) -> list[str]:
        """Every problem in a sentence, those of rows between those of the two tables."""
        of_rows = [f"{column}: {text}: {named_rows(rows)}" for column, text, rows in self.violations]
        return [*self.problems, *of_rows, *self.long_problems]


def sift(
    path: Path,
    codebook: Codebook,
    *,
    factors: Sequence[str],
    encoding: str | None = None,
    measurements: AsOf | None = None,
    ignore_unknown: bool = False,
    allow_absent: bool = False,
) -> Sifted:
    """The id and these factors of every row of a file, with the rows that are to be rejected.

    Raises CohortError for what is wrong with the file, or the long table, as a whole: its form, or its columns.
    """
    sifted = _sifted(
        load(path, text_columns=text_columns(codebook), encoding=encoding),
        codebook,
        name=str(path),
        factors=factors,
        groups=(),
        measures=(),
        audit=(),
        ignore_unknown=ignore_unknown,
        allow_absent=allow_absent,
        measurements=measurements,
    )
    if sifted.problems or sifted.long_problems or not {codebook.id, *factors} <= set(sifted.table.columns):
        refuse(str(path), sifted.all_problems())
    return sifted


def refuse(name: str, problems: Sequence[str]) -> None:
    """Raise CohortError if there are problems."""
    if problems:
        raise CohortError(f"{name}: {len(problems)} problem{'s' * (len(problems) > 1)}.", problems)


def validate(
    frame: pd.DataFrame,
    codebook: Codebook,
    *,
    name: str = "the table",
    factors: Sequence[str] | None = None,
    groups: Sequence[str] | None = None,
    measures: Sequence[str] | None = None,
    audit: Sequence[str] = (),
    ignore_unknown: bool = False,
    allow_absent: bool = False,
    measurements: AsOf | None = None,
) -> Cohort:
    """The same for a frame that is already in memory; the frame itself is left as it is."""
    return _fitted(
        Contents(frame),
        codebook,
        name=name,
        factors=factors,
        groups=groups,
        measures=measures,
        audit=audit,
        ignore_unknown=ignore_unknown,
        allow_absent=allow_absent,
        measurements=measurements,
    )


def _fitted(contents: Contents, codebook: Codebook, *, name: str, **options: Any) -> Cohort:  # noqa: ANN401 - those of `_sifted`
    sifted = _sifted(contents, codebook, name=name, **options)
    refuse(name, sifted.all_problems())
    return Cohort(codebook, sifted.table, sifted.notices, sifted.held, sifted.start)


def _sifted(
    contents: Contents,
    codebook: Codebook,
    *,
    name: str,
    factors: Sequence[str] | None,
    groups: Sequence[str] | None,
    measures: Sequence[str] | None,
    audit: Sequence[str],
    ignore_unknown: bool,
    allow_absent: bool,
    measurements: AsOf | None,
) -> Sifted:
    frame = contents.frame
    factors = tuple(codebook.factors) if factors is None else tuple(factors)
    measures = tuple(codebook.measures) if measures is None else tuple(measures)
    groups = tuple(codebook.groups) if groups is None else tuple(groups)
    columns = [codebook.id, *(codebook.groups[level] for level in groups), *factors, *measures, *audit]
    present = [str(column) for column in frame.columns]
    refuse_repeated_columns(present, name=name)
    resting = codebook.from_measurements((*factors, *measures)) if measurements is not None else ()
    joined = [column for column in resting if column not in present]
    header = check_header(
        present,
        codebook,
        wanted=[column for column in columns if column not in joined],
        ignore_unknown=ignore_unknown,
        may_be_absent=set(factors) if allow_absent else set(),
    )
    table = frame[[column for column in columns if column in present]].reset_index(drop=True)
    table = missing_codes.emptied(table, codebook)
    table, contradictions = labels.applied(table, contents.labels, codebook)
    converted, unreadable = numeric(table, codebook)
    days = episode_days(frame, codebook)
    broken = (*unreadable, *violations(converted, codebook), *days.violations)
    problems = [*header.problems, *contradictions]
    long = Joined()
    if measurements is not None and codebook.id in converted:
        long = _joined(measurements, codebook, converted[codebook.id], days, joined, problems=[*problems, *broken])
    if not set(columns) <= {*converted.columns, *header.absent, *long.columns}:
        return Sifted(converted, broken, tuple(problems), long.problems)  # a column is missing, and they say why
    for absent in header.absent:
        converted[absent] = None if codebook.factors[absent].kind == "category" else np.nan
    notices = (*contents.notices, *header.notices, *_own_columns(resting, joined), *long.notices)
    table = converted.assign(**long.columns)[columns]
    return Sifted(table, broken, tuple(problems), long.problems, notices, long.held, days.start)


def _joined(
    measurements: AsOf,
    codebook: Codebook,
    ids: "pd.Series[str]",
    days: EpisodeDays,
    wanted: Sequence[str],
    *,
    problems: Sequence[object],
) -> Joined:
    """What the long table gives; a table that cannot be read at all is one more problem, where there are others."""
    if not wanted and not measurements.always:
        codebook.clock(measurements.landmark)
        return Joined(notices=(f"{measurements.name}: not read, because no column of the cohort needs it.",))
    try:
        return join(measurements, codebook, ids, days, wanted)
    except CohortError as error:
        if not problems:
            raise
        return Joined(problems=(error.summary, *error.problems))


def _own_columns(resting: Sequence[str], joined: Sequence[str]) -> Iterator[str]:
    if own := [column for column in resting if column not in joined]:
        yield f"Taken from the cohort's own file, not from the measurements: {', '.join(own)}."
