"""The codebook as a schema that pandera checks: types, ranges, levels, unique ids."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa

from therapport.codebook import Codebook, Factor
from therapport.instruments import instrument

Violation = tuple[str, str, list[int]]
"""Column, what is allowed there, and the rows (1 = the first patient) that break it."""

TRUE_WORDS, FALSE_WORDS = frozenset({"true", "yes", "1", "1.0"}), frozenset({"false", "no", "0", "0.0"})


def numeric(table: pd.DataFrame, codebook: Codebook) -> tuple[pd.DataFrame, list[Violation]]:
    """The table in the types of a Cohort, and what could not be read as its type (left missing in the table)."""
    columns: dict[str, pd.Series[Any]] = {}
    unreadable: list[Violation] = []
    for column in table.columns:
        values = table[column]
        factor = codebook.factors.get(column)
        if factor is None and column not in codebook.measures:
            columns[column] = values.astype("string").astype(object).where(values.notna(), None)
            continue
        if factor is not None and factor.kind == "category":
            columns[column] = _as_codes(values)
            continue
        boolean = factor is not None and factor.kind == "boolean"
        columns[column] = _as_truth(values) if boolean else _as_number(values)
        lost = values.notna() & columns[column].isna()
        if lost.any():
            allowed = "must be true or false" if boolean else f"must be a number{_range_words(factor)}"
            unreadable.append((column, allowed, _rows(lost)))
    return pd.DataFrame(columns), unreadable


def violations(table: pd.DataFrame, codebook: Codebook) -> Iterator[Violation]:
    """Every place where a table in the types of a Cohort breaks its codebook."""
    schema = pa.DataFrameSchema({column: _column(column, codebook) for column in table.columns}, strict=True)
    try:
        schema.validate(table, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases[["column", "check", "index"]]
        words = {"field_uniqueness": "every patient needs an id of their own", "not_nullable": "must not be empty"}
        for (column, check), rows in cases.groupby(["column", "check"], sort=False):
            yield str(column), words.get(str(check), str(check)), sorted(int(row) + 1 for row in rows["index"])


def _column(column: str, codebook: Codebook) -> pa.Column:
    if column == codebook.id:
        return pa.Column(object, nullable=False, unique=True)
    if column in codebook.groups.values():
        return pa.Column(object, nullable=True)
    if column in codebook.measures:
        low, high = instrument(codebook.measures[column].instrument).range
        return pa.Column(float, _within(low, high), nullable=True)
    factor = codebook.factors[column]
    if factor.kind == "category":
        levels = list(factor.levels)
        return pa.Column(object, pa.Check.isin(levels, error=f"allowed levels: {', '.join(levels)}"), nullable=True)
    if factor.range is None:
        return pa.Column(float, nullable=True)
    checks = [_within(*factor.range)]
    if factor.kind == "integer":
        checks.append(pa.Check(_is_whole, error="must be a whole number"))
    return pa.Column(float, checks, nullable=True)


def _within(low: float, high: float) -> pa.Check:
    return pa.Check.in_range(low, high, error=f"outside {low:g} to {high:g}")


def _is_whole(values: "pd.Series[float]") -> "pd.Series[bool]":
    return values == values.round()


def _range_words(factor: Factor | None) -> str:
    return "" if factor is None or factor.range is None else f" from {factor.range[0]:g} to {factor.range[1]:g}"


def _as_number(values: "pd.Series[Any]") -> "pd.Series[float]":
    if pd.api.types.is_datetime64_any_dtype(values):
        return pd.Series(np.nan, index=values.index)  # a date is not a number, whatever pandas makes of it
    return pd.to_numeric(values, errors="coerce").astype("float64")


def _as_truth(values: "pd.Series[Any]") -> "pd.Series[float]":
    words = values.astype("string").str.strip().str.lower()
    truth = pd.Series(np.nan, index=values.index)
    truth[words.isin(TRUE_WORDS).fillna(value=False).astype(bool)] = 1.0
    truth[words.isin(FALSE_WORDS).fillna(value=False).astype(bool)] = 0.0
    return truth


def _as_codes(values: "pd.Series[Any]") -> "pd.Series[Any]":
    if pd.api.types.is_float_dtype(values) and bool((values.dropna() == values.dropna().round()).all()):
        values = values.astype("Int64")  # codes like 1 and 2 come as 1.0 and 2.0 where a value is missing
    return values.astype("string").astype(object).where(values.notna(), None)


def _rows(mask: "pd.Series[bool]") -> list[int]:
    return [int(row) + 1 for row in np.flatnonzero(mask.to_numpy())]
