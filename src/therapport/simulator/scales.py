"""How a standardised value becomes units of an instrument, and what the units say of the standardised value."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

Values = npt.NDArray[np.float64]
TENTHS = 10


@dataclass(frozen=True)
class Normal:
    """Units that are normally distributed."""

    mean: float
    sd: float
    direction = 1

    def of(self, standardised: Values) -> Values:
        """In units, before rounding and limits; same shape."""
        return self.mean + self.sd * standardised

    def back(self, units: Values) -> Values:
        """The inverse."""
        return (units - self.mean) / self.sd


@dataclass(frozen=True)
class Lognormal:
    """Units with a long tail upwards: durations and counts."""

    median: float
    log_sd: float
    direction = 1

    def of(self, standardised: Values) -> Values:
        """In units, before rounding and limits; same shape."""
        units: Values = self.median * np.exp(self.log_sd * standardised)
        return units

    def back(self, units: Values) -> Values:
        """The inverse; minus infinity for 0 and below."""
        with np.errstate(divide="ignore"):
            standardised: Values = np.log(np.maximum(units, 0) / self.median) / self.log_sd
        return standardised


@dataclass(frozen=True)
class DecileFromTheTop:
    """Tenths of the population of equal size, of which 1 holds the highest values."""

    direction = -1

    def of(self, standardised: Values) -> Values:
        """1 to 10."""
        tenths_below: Values = np.floor(TENTHS * special.ndtr(standardised))
        return TENTHS - tenths_below

    def back(self, units: Values) -> Values:
        """The border between two tenths, for a number half-way between them."""
        border: Values = special.ndtri(np.clip((TENTHS + 0.5 - units) / TENTHS, 0, 1))
        return border


Scale = Normal | Lognormal | DecileFromTheTop
