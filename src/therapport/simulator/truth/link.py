"""From the standardised outcome, known but for normal noise, to the end score and the responses made of it."""

import numpy as np
import numpy.typing as npt
from scipy import special

from therapport import instruments
from therapport.simulator.layers import Layers
from therapport.simulator.measures import AFTER, MEASUREMENTS
from therapport.simulator.scales import Normal

Values = npt.NDArray[np.float64]
PHQ9 = instruments.instrument("phq9")
SCORES = np.arange(PHQ9.range[1])
"""Every score but the last: a score is above each of them or not."""
NEVER = -9.0
"""A border that nobody is below."""


def end_scale() -> Normal:
    """Mean and standard deviation of the end score in points."""
    scale = MEASUREMENTS[AFTER].scale
    assert isinstance(scale, Normal)  # noqa: S101 - as the table has it
    return scale


def expected_end_score(mean: Values, sd: Values | float, layers: Layers) -> Values:
    """The mean recorded end score in points, where the standardised outcome has that mean and deviation."""
    scale = end_scale()
    points, spread = scale.of(mean), scale.sd * np.asarray(sd)
    if not layers.floors_and_ceilings:
        return points
    low, high = PHQ9.range
    if layers.whole_numbers:
        total = np.zeros(np.broadcast(points, spread).shape)
        for score in SCORES:
            total += special.ndtr((points - score - 0.5) / spread)
        return total
    return low + _mean_above(points - low, spread) - _mean_above(points - high, spread)


def at_most(response: str, before: Values) -> Values:
    """The highest end score that is the response, for recorded scores at intake."""
    if response == "reliable_improvement":
        return before - float(PHQ9.reliable_change or 0)
    if response == "recovery":
        return np.full_like(before, float(PHQ9.cutoff or 0) - 1)
    return np.floor(before / 2)


def borders(response: str, before: Values, layers: Layers) -> Values:
    """The same on the standardised outcome, before rounding: below it is the response.

    A highest score below the floor cannot be reached.
    """
    highest = at_most(response, before)
    # Whole points are rounded; without them the cut-off itself is the border.
    step = 0.5 if layers.whole_numbers else float(response == "recovery")
    border = end_scale().back(highest + step)
    return np.where((highest < PHQ9.range[0]) & layers.floors_and_ceilings, NEVER, border)


def log_odds(index: Values) -> Values:
    """Log-odds of a standard normal variable being below the index."""
    result: Values = special.log_ndtr(index) - special.log_ndtr(-index)
    return result


def _mean_above(points: Values, spread: Values) -> Values:
    """Mean of what a normal variable has above 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        index = points / spread
    mean: Values = points * special.ndtr(index) + spread * np.exp(-(index**2) / 2) / np.sqrt(2 * np.pi)
    return mean
