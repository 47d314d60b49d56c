"""One column of Arrow as numbers, held against its codebook: what `schema` says of whole tables, batch by batch.

Plain types are read straight from Arrow's memory; every other type takes the very functions of whole tables.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from therapport.codebook import Codebook, Factor
from therapport.cohort import allowed, missing_codes
from therapport.cohort.schema import FALSE_WORDS, TRUE_WORDS, as_codes, numeric, range_of

FloatArray = NDArray[np.float64]
Mask = NDArray[np.bool_]
Broken = list[tuple[str, Mask]]
"""What is allowed, and the rows that break it."""


@dataclass(frozen=True)
class Column:
    """A factor's column: what it may hold."""

    name: str
    factor: Factor
    codebook: Codebook
    whole: bool = True
    """Of a column of floating-point numbers that are codes: whether all of them are whole, so that 1.0 is 1."""

    def read(self, array: pa.Array) -> tuple[FloatArray, Broken]:
        """Values of shape (rows,), NaN where missing or not allowed; for a category the place of the level."""
        array = plain(array)
        if self.factor.kind == "category":
            return self._levels(array)
        if self.factor.kind == "boolean":
            return self._truths(array)
        values, broken = self._numbers(array)
        return values, [*broken, *self._beyond(values)]

    def _numbers(self, array: pa.Array) -> tuple[FloatArray, Broken]:
        if not (pa.types.is_integer(array.type) or pa.types.is_floating(array.type) or pa.types.is_null(array.type)):
            return self._as_in_whole_tables(array)
        return self._emptied(as_floats(array)), []

    def _beyond(self, values: FloatArray) -> Iterator[tuple[str, Mask]]:
        low, high = range_of(self.name, self.codebook) or (-np.inf, np.inf)
        with np.errstate(invalid="ignore"):
            outside = (values < low) | (values > high)
            if outside.any():
                yield allowed.outside(low, high), outside
            if self.factor.kind == "integer":
                broken = (values != np.round(values)) & ~np.isnan(values)
                if broken.any():
                    yield allowed.WHOLE, broken

    def _truths(self, array: pa.Array) -> tuple[FloatArray, Broken]:
        if pa.types.is_boolean(array.type) and not self.factor.missing_codes:
            return as_floats(array), []
        if pa.types.is_integer(array.type) or pa.types.is_floating(array.type):
            found = self._emptied(as_floats(array))
            # Minus nothing is written -0.0, which is no word for no.
            known = (found == 1) | ((found == 0) & ~np.signbit(found))
        elif pa.types.is_string(array.type) and not self.factor.missing_codes:
            words = pc.index_in(pc.utf8_lower(pc.utf8_trim_whitespace(array)), value_set=WORDS)
            found = as_floats(pc.less(words, len(TRUE_WORDS)))
            known = ~np.isnan(found)
            found = np.where(as_floats(array.is_valid()) > 0, np.where(known, found, 2.0), np.nan)
        else:
            return self._as_in_whole_tables(array)
        lost = ~known & ~np.isnan(found)
        return np.where(lost, np.nan, found), [(allowed.TRUTH, lost)] if lost.any() else []

    def _levels(self, array: pa.Array) -> tuple[FloatArray, Broken]:
        levels = pa.array(list(self.factor.levels), pa.string())
        texts = self._texts(array)
        places = as_floats(pc.index_in(texts, value_set=levels))
        lost = np.isnan(places) & (as_floats(texts.is_valid()) > 0)
        return places, [(allowed.levels(self.factor.levels), lost)] if lost.any() else []

    def _texts(self, array: pa.Array) -> pa.StringArray:
        if self.factor.missing_codes and pa.types.is_floating(array.type):
            array = pa.array(self._emptied(as_floats(array)), from_pandas=True)
        elif self.factor.missing_codes:
            frame = missing_codes.emptied(pd.DataFrame({self.name: as_series(array)}), self.codebook)
            return pa.array(as_codes(frame[self.name]), pa.string())
        return texts(array, whole=self.whole)

    def _emptied(self, values: FloatArray) -> FloatArray:
        codes = [float(code) for code in self.factor.missing_codes if not isinstance(code, str)]
        return np.where(np.isin(values, codes), np.nan, values) if codes else values

    def _as_in_whole_tables(self, array: pa.Array) -> tuple[FloatArray, Broken]:
        frame = missing_codes.emptied(pd.DataFrame({self.name: as_series(array)}), self.codebook)
        table, unreadable = numeric(frame, self.codebook)
        broken = [(text, _mask(rows, len(frame))) for _, text, rows in unreadable]
        return table[self.name].to_numpy(dtype=np.float64), broken


WORDS = pa.array([*sorted(TRUE_WORDS), *sorted(FALSE_WORDS)], pa.string())


def plain(array: pa.Array) -> pa.Array:
    """Without a dictionary, and text of one kind."""
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_large_string(array.type) or pa.types.is_string_view(array.type):
        array = array.cast(pa.string())
    return array


def as_floats(array: pa.Array) -> FloatArray:
    """Numbers or truths as float64, NaN for nulls."""
    if pa.types.is_boolean(array.type):
        array = array.cast(pa.int8())
    found = array.cast(pa.float64(), safe=False)
    values: FloatArray = found.to_numpy(zero_copy_only=False)
    return values


def texts(array: pa.Array, *, whole: bool) -> pa.StringArray:
    """Codes and ids as text, null for missing; `whole` says that floating-point numbers are codes like 1, not 1.0."""
    if pa.types.is_string(array.type):
        return array
    if pa.types.is_integer(array.type):
        return array.cast(pa.string())
    if pa.types.is_floating(array.type):
        array = pc.if_else(pc.is_nan(array), pa.scalar(None, array.type), array)
        if whole:
            return array.cast(pa.int64(), safe=False).cast(pa.string())
        return pa.array(as_series(array).astype("string").astype(object), pa.string(), from_pandas=True)
    return pa.array(as_codes(as_series(array)), pa.string(), from_pandas=True)


def as_series(array: pa.Array) -> "pd.Series[Any]":
    """As pandas has it."""
    series: pd.Series[Any] = array.to_pandas()
    return series


def _mask(rows: list[int], number: int) -> Mask:
    mask = np.zeros(number, dtype=np.bool_)
    mask[np.array(rows, dtype=np.int64) - 1] = True
    return mask
