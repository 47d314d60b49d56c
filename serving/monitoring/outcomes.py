"""What became of scored patients: read from a file, checked against the answers, kept beside them."""

import io
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from serving.batch import belonging
from serving.monitoring import scored
from therapport import cohort, files
from therapport.errors import CohortError

DATE, OUTCOME, END_SCORE = "date", "outcome", "end_score"
YES, NO = ("1", "1.0", "true", "yes", "ja"), ("0", "0.0", "false", "no", "nee")
MOST_PROBLEMS = 100


def known(scores: Path) -> pd.DataFrame | None:
    """What is kept: the id, date, outcome and end score; None if there is nothing yet.

    Raises CohortError if they cannot be read, or were added to other answers than those that are there now.
    """
    path = belonging.beside(scores)
    if not path.exists():
        return None
    try:
        table: pd.DataFrame = pyarrow.parquet.read_table(path).to_pandas()
    except (OSError, pa.ArrowException):
        raise CohortError(f"{path}: the outcomes cannot be read.") from None
    theirs = belonging.stamp(path)
    if theirs is None:  # of a version that wrote none: all that can be asked is whether they are of these patients
        key, ids = _ids(scores)
        fits = key in table and bool(table[key].astype(str).isin(ids).all())
    else:
        fits = theirs == belonging.answers_digest(scores)
    if not fits:
        aside = path.with_name(belonging.name_aside(path))
        raise CohortError(
            f"{path}: these outcomes were added to other answers than those that are here now.",
            [
                f"rename the file, such as to {aside.name}",
                f"outcomes of the same courses can then be added to these answers: "
                f"therapport outcomes add {scores} {aside}",
            ],
        )
    return table


def add(scores: Path, path: Path, *, replace: bool = False) -> tuple[int, int]:
    """Add the outcomes of a file to those known; how many are new, and how many are known now.

    An outcome that is known already must be the same, unless it may be replaced. Raises CohortError with every problem
    by row, and then adds none.
    """
    key, ids = _ids(scores)
    sent = _read(path, key)
    problems = list(_problems(sent, key, ids))
    if problems:
        raise CohortError(f"{path}: the outcomes do not fit.", problems[:MOST_PROBLEMS])
    new, old = _typed(sent, key), known(scores)
    if old is not None:
        both = new.merge(old, on=key, suffixes=("", "_old"))
        differ = [
            name
            for name in (DATE, OUTCOME, END_SCORE)
            if (both[name].fillna(-1).astype(str) != both[f"{name}_old"].fillna(-1).astype(str)).any()
        ]
        if differ and not replace:
            told = [f"{name}: differs from what is known already, in some of {len(both)} patients" for name in differ]
            raise CohortError(f"{path}: the outcomes contradict those known; --replace takes the new ones.", told)
        old = old[~old[key].isin(new[key])]
        before = len(old) + len(both)
        new = pd.concat([old, new], ignore_index=True) if len(old) else new
    else:
        before = 0
    ordered = new.sort_values([DATE, key], ignore_index=True)
    content = io.BytesIO()
    table = pa.Table.from_pandas(ordered, preserve_index=False)
    pyarrow.parquet.write_table(belonging.stamped(table, belonging.answers_digest(scores)), content)
    files.write_file(belonging.beside(scores), content.getvalue(), overwrite=True)
    return len(ordered) - before, len(ordered)


def _ids(scores: Path) -> tuple[str, set[str]]:
    """The name of the id's column, which stands first in answers, and every id."""
    key = scored.first_column(scores)
    return key, set(scored.read(scores, (key,))[key].astype(str))


def _read(path: Path, key: str) -> pd.DataFrame:
    read = cohort.read_table(path, text_columns=(key, DATE, OUTCOME, END_SCORE))
    # What a reader did not keep as text, such as numbers of Parquet, is text from here on.
    table = read.astype("string")
    if END_SCORE in table:
        comma = table[END_SCORE].str.strip().str.fullmatch(r"-?\d+,\d+").fillna(value=False).astype(bool)
        decimal = table[END_SCORE].str.replace(",", ".", regex=False)
        table[END_SCORE] = table[END_SCORE].mask(comma, decimal)
    lacks = [name for name in (key, DATE) if name not in table]
    if not {OUTCOME, END_SCORE} & set(table):
        lacks.append(f"{OUTCOME} or {END_SCORE}")
    if lacks:
        raise CohortError(f"{path}: these columns are needed: {', '.join(lacks)}.")
    return table


def _problems(sent: pd.DataFrame, key: str, ids: set[str]) -> Iterator[str]:
    """By column and row; row 1 is the first patient."""
    wrong = {
        f"{key}: is empty": sent[key].isna(),
        f"{key}: stands in an earlier row": sent[key].duplicated() & sent[key].notna(),
        f"{key}: is not among the scored patients": ~sent[key].isin(ids) & sent[key].notna(),
        f"{DATE}: must be a day such as 2025-03-31": _days(sent).isna(),
    }
    if OUTCOME in sent:
        wrong[f"{OUTCOME}: must be 1 or 0, true or false, yes or no, ja or nee, or empty"] = sent[
            OUTCOME
        ].notna() & ~sent[OUTCOME].str.strip().str.lower().isin([*YES, *NO])
    if END_SCORE in sent:
        numbers = pd.to_numeric(sent[END_SCORE], errors="coerce")
        wrong[f"{END_SCORE}: must be a number, or empty"] = sent[END_SCORE].notna() & ~(numbers.abs() < float("inf"))
    for problem, where in wrong.items():
        rows = [place + 1 for place, one in enumerate(where.fillna(value=True)) if one]
        if rows:
            further = f" and {len(rows) - 5:,} more" if len(rows) > 5 else ""  # noqa: PLR2004 - enough to find them
            yield f"{problem} (row {', '.join(map(str, rows[:5]))}{further})"


def _days(sent: pd.DataFrame) -> "pd.Series[pd.Timestamp]":
    return pd.to_datetime(sent[DATE].str.strip().str[:10], format="%Y-%m-%d", errors="coerce")


def _typed(sent: pd.DataFrame, key: str) -> pd.DataFrame:
    made = pd.DataFrame({key: sent[key].astype(object), DATE: _days(sent)})
    made[OUTCOME], made[END_SCORE] = float("nan"), float("nan")
    if OUTCOME in sent:
        texts = sent[OUTCOME].str.strip().str.lower()
        made[OUTCOME] = texts.map({**dict.fromkeys(YES, 1.0), **dict.fromkeys(NO, 0.0)}).astype("float64")
    if END_SCORE in sent:
        made[END_SCORE] = pd.to_numeric(sent[END_SCORE]).astype("float64")
    return made
