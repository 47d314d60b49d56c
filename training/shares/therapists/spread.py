"""How far therapists lie apart, shown so that none of them can be found: a histogram of broad bars, no names, no order.

Shrunken deviations, because those of few patients are mostly chance. Only therapists with ten patients or more.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from therapport.performance import SMALLEST_CELL
from training.shares.therapists.results import Bar

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
FEWEST_THERAPISTS = 20
FEWEST_IN_BAR = 5
BARS = 7


def bars(effects: FloatArray, caseload: IntArray) -> tuple[tuple[Bar, ...], int]:
    """Bars of equal width, joined with their neighbours until each has five therapists; and how many are in them.

    `effects` and `caseload` (therapists,). Empty if fewer than twenty therapists have ten patients.
    """
    own = effects[caseload >= SMALLEST_CELL]
    if len(own) < FEWEST_THERAPISTS or np.ptp(own) == 0:
        return (), 0
    # Ends at round places, not at the most extreme therapist.
    width = _round_up(float(np.ptp(own)) / BARS)
    low = np.floor(own.min() / width) * width
    edges = low + width * np.arange(int(np.ceil((own.max() - low) / width)) + 1)
    count, _ = np.histogram(own, bins=edges)
    joined: list[tuple[float, float, int]] = []
    for start, end, number in zip(edges[:-1], edges[1:], count, strict=True):
        if joined and joined[-1][2] < FEWEST_IN_BAR:
            joined[-1] = (joined[-1][0], float(end), joined[-1][2] + int(number))
        else:
            joined.append((float(start), float(end), int(number)))
    if joined[-1][2] < FEWEST_IN_BAR:
        last = joined.pop()
        joined[-1] = (joined[-1][0], last[1], joined[-1][2] + last[2])
    return tuple(Bar(low=start, high=end, therapists=number) for start, end, number in joined), len(own)


def _round_up(value: float) -> float:
    """To 1, 2 or 5 times a power of ten."""
    power = 10 ** np.floor(np.log10(value))
    return float(next(step * power for step in _STEPS if step * power >= value))


_STEPS: Sequence[int] = (1, 2, 5, 10)
