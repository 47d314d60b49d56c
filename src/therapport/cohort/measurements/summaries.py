"""One value per episode from its measurements; nothing here knows of a landmark."""

import numpy as np

from therapport.codebook.repeated import Summary
from therapport.cohort.measurements.reading import FloatArray, IntArray

AT_LEAST_TWO: tuple[Summary, ...] = ("change", "slope")


def summary(kind: Summary, *, episode: IntArray, time: FloatArray, value: FloatArray, episodes: int) -> FloatArray:
    """The summary of each episode, shape (episodes,), from rows sorted by episode and, within it, by time.

    `episode` is a place from 0 to `episodes` - 1. NaN for episodes without rows (0 for `count`), and, for `change` and
    `slope`, with a single one. `slope` is that of least squares, in points per unit of `time`.
    """
    number = np.bincount(episode, minlength=episodes)
    if kind == "count":
        return number.astype(np.float64)
    result = np.full(episodes, np.nan)
    enough = number >= (2 if kind in AT_LEAST_TWO else 1)
    last = np.cumsum(number)[enough] - 1
    first = last - number[enough] + 1
    match kind:
        case "last":
            result[enough] = value[last]
        case "first":
            result[enough] = value[first]
        case "change":
            result[enough] = value[last] - value[first]
        case "mean":
            result[enough] = _mean(episode, value, number)[enough]
        case "slope":
            from_mean = time - _mean(episode, time, number)[episode]
            rise = np.bincount(episode, from_mean * value, minlength=episodes)
            run = np.bincount(episode, from_mean**2, minlength=episodes)
            result[enough] = rise[enough] / run[enough]
    return result


def _mean(episode: IntArray, values: FloatArray, number: IntArray) -> FloatArray:
    return np.bincount(episode, values, minlength=len(number)) / np.maximum(number, 1)
