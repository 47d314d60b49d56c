"""Which counts of a table are withheld, so that none below 10 shows or can be worked out from the others."""

import numpy as np
from numpy.typing import NDArray

from therapport.performance import SMALLEST_CELL

Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]


def withheld(counts: Counts, *, also: Mask | None = None) -> Mask:
    """The parts to withhold in all columns of a table whose totals are known; counts of shape (parts, columns).

    In every column what is withheld adds up to 10 patients at least, or to nobody, so the total less what is shown
    tells of no small count either. `also` are parts that must be among them.
    """
    small = (counts > 0) & (counts < SMALLEST_CELL)
    hidden: Mask = np.asarray(small.any(axis=1))
    if also is not None:
        hidden = hidden | also
    while True:
        pool = counts[hidden].sum(axis=0)
        short = np.flatnonzero((pool > 0) & (pool < SMALLEST_CELL))
        free = [np.flatnonzero(~hidden & (counts[:, column] > 0)) for column in short]
        found = next(((column, parts) for column, parts in zip(short, free, strict=True) if len(parts)), None)
        if found is None:
            return hidden
        column, parts = found
        hidden[parts[np.argmin(counts[parts, column])]] = True


def shown(counts: Counts) -> list[tuple[int | None, ...]]:
    """The counts of shape (parts, 1 + groups) as they may be told; the first column is everyone, the sum of the groups.

    A part that is withheld is withheld in every group, because everyone less two groups is the third.
    """
    everyone = withheld(counts[:, :1])
    groups = withheld(counts[:, 1:], also=everyone.copy()) if counts.shape[1] > 1 else everyone
    return [
        tuple(
            None if (everyone[part] if column == 0 else groups[part]) else int(count)
            for column, count in enumerate(counts[part])
        )
        for part in range(len(counts))
    ]
