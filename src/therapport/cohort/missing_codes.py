"""Codes for missing values that a codebook declares, such as 999: emptied before anything is checked."""

from collections.abc import Collection
from typing import Any

import pandas as pd

from therapport.codebook import Codebook
from therapport.cohort.schema import as_codes


def emptied(table: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """The table without the codes that its codebook calls missing; a column that has none is left as it is."""
    changed: dict[str, pd.Series[Any]] = {}
    for column in table.columns:
        described = codebook.described(column)
        if described is not None and described.missing_codes:
            missing = _is_one_of(table[column], described.missing_codes)
            # Emptying a truth makes it text, which is read as a truth again.
            changed[column] = table[column].mask(missing, None) if missing.any() else table[column]
    return table.assign(**changed)


def _is_one_of(values: "pd.Series[Any]", codes: Collection[int | float | str]) -> "pd.Series[bool]":
    """Numbers are compared as numbers (9 is 9.0, in whatever type), and everything as text."""
    numbers = [float(code) for code in codes if not isinstance(code, str)]
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return values.isin(numbers)
    texts = as_codes(values).astype("string").str.strip()
    found = texts.isin({str(code) for code in codes})
    if numbers:  # 01 is a code of its own, not the number 1
        found |= pd.to_numeric(texts, errors="coerce").isin(numbers) & ~texts.str.match(r"0\d", na=False)
    return found.fillna(value=False).astype(bool)
