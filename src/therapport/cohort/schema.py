"""The codebook as a schema that pandera checks: types, ranges, levels, unique ids."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from therapport.codebook import Audit, Codebook, Factor
from therapport.cohort import allowed
from therapport.cohort.allowed import Violation

if TYPE_CHECKING:
    import pandera.pandas as pa

MOST_EVENTS = 100_000.0
"""Of contacts, say: a larger count is a mistake in the file."""
TRUE_WORDS = frozenset({"true", "yes", "y", "1", "1.0", "1,0", "ja", "j", "oui", "sí", "sì", "si"})
FALSE_WORDS = frozenset({"false", "no", "n", "0", "0.0", "0,0", "nee", "nein", "non"})
"""English, Dutch, German, French, Spanish and Italian; a word that says yes in one and no in another is in neither."""


def numeric(table: pd.DataFrame, codebook: Codebook) -> tuple[pd.DataFrame, list[Violation]]:
    """The table in the types of a Cohort, and what could not be read as its type (left missing in the table)."""
    columns: dict[str, pd.Series[Any]] = {}
    unreadable: list[Violation] = []
    for column in table.columns:
        values = table[column]
        kind = _kind(column, codebook)
        if kind in ("text", "category"):
            columns[column] = as_codes(values)
            continue
        columns[column] = _as_truth(values) if kind == "boolean" else as_number(values)
        lost = values.notna() & columns[column].isna()
        if lost.any():
            words = allowed.TRUTH if kind == "boolean" else allowed.number(*(range_of(column, codebook) or (0, 1)))
            unreadable.append((column, words, _rows(lost)))
    return pd.DataFrame(columns), unreadable


def violations(table: pd.DataFrame, codebook: Codebook) -> Iterator[Violation]:
    """Every place where a table in the types of a Cohort breaks its codebook."""
    # Where Spark is installed, pandera imports it: only where it is needed.
    import pandera.pandas as pa  # noqa: PLC0415

    schema = pa.DataFrameSchema({column: _column(column, codebook) for column in table.columns}, strict=True)
    try:
        schema.validate(table, lazy=True, inplace=True)  # nothing is coerced, so a copy would only cost memory
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases[["column", "check", "index"]]
        words = {"field_uniqueness": allowed.UNIQUE, "not_nullable": allowed.EMPTY}
        for (column, check), rows in cases.groupby(["column", "check"], sort=False):
            yield str(column), words.get(str(check), str(check)), sorted(int(row) + 1 for row in rows["index"])


def _column(column: str, codebook: Codebook) -> "pa.Column":
    import pandera.pandas as pa  # noqa: PLC0415

    if column == codebook.id:
        return pa.Column(object, nullable=False, unique=True)
    if column in codebook.groups.values():
        return pa.Column(object, nullable=True)
    described = codebook.described(column)
    if isinstance(described, Factor | Audit) and described.kind == "category":
        levels = list(described.levels)
        return pa.Column(object, pa.Check.isin(levels, error=allowed.levels(levels)), nullable=True)
    ends = range_of(column, codebook)
    checks = [] if ends is None else [pa.Check.in_range(*ends, error=allowed.outside(*ends))]
    if _kind(column, codebook) in ("integer", "count"):
        checks.append(pa.Check(_is_whole, error=allowed.WHOLE))
    return pa.Column(float, checks, nullable=True)


def range_of(column: str, codebook: Codebook) -> tuple[float, float] | None:
    """What a column of numbers may hold; None for booleans, which need no range."""
    described = codebook.described(column)
    if isinstance(described, Factor | Audit):
        return described.range
    kind = codebook.measures[column].kind
    if kind == "score":
        return codebook.instrument_of(column).range
    return (0.0, MOST_EVENTS) if kind == "count" else None


def _kind(column: str, codebook: Codebook) -> str:
    """The kind of a factor, a measure or an attribute for audit; ids and groups are text."""
    described = codebook.described(column)
    return "text" if described is None else described.kind


def _is_whole(values: "pd.Series[float]") -> "pd.Series[bool]":
    return values == values.round()


def as_number(values: "pd.Series[Any]") -> "pd.Series[float]":
    """Values as float64, NaN for what is missing or no number."""
    if pd.api.types.is_datetime64_any_dtype(values) or pd.api.types.is_timedelta64_dtype(values):
        return pd.Series(np.nan, index=values.index)  # no number, whatever pandas makes of it
    if pd.api.types.infer_dtype(values, skipna=True) == "boolean":
        return pd.Series(np.nan, index=values.index)  # nor is true
    return pd.to_numeric(values, errors="coerce").astype("float64")


def _as_truth(values: "pd.Series[Any]") -> "pd.Series[float]":
    words = values.astype("string").str.strip().str.lower()
    truth = pd.Series(np.nan, index=values.index)
    truth[words.isin(TRUE_WORDS).fillna(value=False).astype(bool)] = 1.0
    truth[words.isin(FALSE_WORDS).fillna(value=False).astype(bool)] = 0.0
    return truth


def as_codes(values: "pd.Series[Any]") -> "pd.Series[Any]":
    """Values as text, None for missing; whole numbers as 1, not 1.0."""
    if pd.api.types.is_float_dtype(values) and bool((values.dropna() == values.dropna().round()).all()):
        values = values.astype("Int64")  # codes like 1 and 2 come as 1.0 and 2.0 where a value is missing
    return values.astype("string").astype(object).where(values.notna(), None)


def _rows(mask: "pd.Series[bool]") -> list[int]:
    return [int(row) + 1 for row in np.flatnonzero(mask.to_numpy())]
