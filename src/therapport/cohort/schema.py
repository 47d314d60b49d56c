"""The codebook as a schema that pandera checks: types, ranges, levels, unique ids."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa

from therapport.codebook import Audit, Codebook, Factor

Violation = tuple[str, str, list[int]]
"""Column, what is allowed there, and the rows (1 = the first patient) that break it."""

UNIQUE = (
    "every row needs an id of its own (for a patient with several episodes: give each episode an id, and name the "
    "column of the patient under [groups] of the codebook as patient)"
)
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
            low, high = _range(column, codebook) or (0, 1)
            allowed = "must be true or false" if kind == "boolean" else f"must be a number from {low:g} to {high:g}"
            unreadable.append((column, allowed, _rows(lost)))
    return pd.DataFrame(columns), unreadable


def violations(table: pd.DataFrame, codebook: Codebook) -> Iterator[Violation]:
    """Every place where a table in the types of a Cohort breaks its codebook."""
    schema = pa.DataFrameSchema({column: _column(column, codebook) for column in table.columns}, strict=True)
    try:
        schema.validate(table, lazy=True, inplace=True)  # nothing is coerced, so a copy would only cost memory
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases[["column", "check", "index"]]
        words = {"field_uniqueness": UNIQUE, "not_nullable": "must not be empty"}
        for (column, check), rows in cases.groupby(["column", "check"], sort=False):
            yield str(column), words.get(str(check), str(check)), sorted(int(row) + 1 for row in rows["index"])


def _column(column: str, codebook: Codebook) -> pa.Column:
    if column == codebook.id:
        return pa.Column(object, nullable=False, unique=True)
    if column in codebook.groups.values():
        return pa.Column(object, nullable=True)
    described = codebook.described(column)
    if isinstance(described, Factor | Audit) and described.kind == "category":
        levels = list(described.levels)
        return pa.Column(object, pa.Check.isin(levels, error=f"allowed levels: {', '.join(levels)}"), nullable=True)
    allowed = _range(column, codebook)
    checks = [] if allowed is None else [_within(*allowed)]
    if _kind(column, codebook) in ("integer", "count"):
        checks.append(pa.Check(_is_whole, error="must be a whole number"))
    return pa.Column(float, checks, nullable=True)


def _range(column: str, codebook: Codebook) -> tuple[float, float] | None:
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


def _within(low: float, high: float) -> pa.Check:
    return pa.Check.in_range(low, high, error=f"outside {low:g} to {high:g}")


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
