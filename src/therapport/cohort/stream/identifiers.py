"""Ids as 64 bits each, as many as may be held at a time."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

Bits = NDArray[np.uint64]
MOST = 1 << 24
"""Rows whose ids are held against each other at a time: 128 MiB."""


@dataclass
class Gathered:
    """The bits of all ids, gathered on the way while something else is looked for."""

    most: int = MOST
    _held: list[Bits] | None = field(default_factory=list)

    def add(self, ids: pa.StringArray) -> None:
        """Ids that are there, in any order."""
        if self._held is None:
            return
        self._held.append(bits(ids))
        if sum(map(len, self._held)) > self.most:
            self._held = None

    def take(self, most: int) -> Bits | None:
        """One for each id; None if they were more, or have been taken before: they are not kept any longer."""
        held, self._held = self._held, None
        found = None if held is None else together(held)
        return found if found is not None and len(found) <= most else None


def bits(ids: pa.StringArray) -> Bits:
    """The same for the same id; for two ids hardly ever."""
    return pd.util.hash_array(ids.to_numpy(zero_copy_only=False), categorize=False)


def together(parts: list[Bits]) -> Bits:
    """One after the other."""
    return np.concatenate([*parts, np.zeros(0, dtype=np.uint64)])


def met_twice(parts: list[Bits]) -> Bits:
    """Those that stand there more than once."""
    every = together(parts)
    every.sort()
    return np.unique(every[1:][every[1:] == every[:-1]])
