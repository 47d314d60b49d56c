"""What can only be said of all rows together, from their ids alone: which of them stand in several rows.

An id becomes 64 bits, and bits that are met twice are looked up again as ids, so that no row is rejected by accident.
Eight bytes a row are held, of at most `most` rows at a time: beyond, the ids are read several times, a range of the
bits each.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from therapport.cohort.stream.delimited import DelimitedFile
from therapport.cohort.stream.identifiers import MOST, Bits, bits, met_twice, together
from therapport.cohort.stream.sources import Source
from therapport.cohort.stream.values import as_floats, plain, texts

ALL_BITS = (1 << 64) - 1


@dataclass(frozen=True)
class Survey:
    """What a first look at the whole has found."""

    repeated: pa.StringArray
    """The ids of more than one row."""
    broken_codes: frozenset[str]
    """Columns of floating-point numbers to be read as codes of which some are not whole."""


def survey(source: Source, identifier: str, codes: Sequence[str], *, most: int = MOST) -> Survey:
    """Look at the ids, and at the columns named if they hold floating-point numbers."""
    floating = [name for name in (identifier, *codes) if name in source.floating]
    broken = set()
    for batch in source.batches(floating, 0) if floating else ():
        for name in floating:
            values = as_floats(plain(batch.column(name)))
            if (values[~np.isnan(values)] != np.round(values[~np.isnan(values)])).any():
                broken.add(name)
    whole = identifier not in broken
    return Survey(_repeated(source, identifier, whole=whole, most=most), frozenset(broken))


def _repeated(source: Source, identifier: str, *, whole: bool, most: int) -> pa.StringArray:
    held = source.taken(identifier, most) if isinstance(source, DelimitedFile) else None
    twice = together([*_twice(source, identifier, whole=whole, most=most)]) if held is None else met_twice([held])
    if len(twice) == 0:
        return pa.array([], pa.string())
    times: Counter[str] = Counter()
    for ids in _ids(source, identifier, whole=whole):
        times.update(ids.filter(pa.array(np.isin(bits(ids), twice))).to_pylist())
    return pa.array([one for one, count in times.items() if count > 1], pa.string())


def _twice(source: Source, identifier: str, *, whole: bool, most: int) -> Iterator[Bits]:
    """The bits that several rows have, range by range."""
    low = 0
    while low <= ALL_BITS:
        high, held, number = ALL_BITS, [], 0
        for ids in _ids(source, identifier, whole=whole):
            some = bits(ids)
            if low > 0 or high < ALL_BITS:
                some = some[(some >= low) & (some <= high)]
            held.append(some)
            number += len(some)
            while number > most and high > low:
                high = low + (high - low) // 2
                held = [part[part <= high] for part in held]
                number = sum(map(len, held))
        yield met_twice(held)
        low = high + 1


def _ids(source: Source, identifier: str, *, whole: bool) -> Iterator[pa.StringArray]:
    for batch in source.batches([identifier], 0):
        yield texts(plain(batch.column(identifier)), whole=whole).drop_null()
