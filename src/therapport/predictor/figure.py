"""A figure with its interval, as evidence holds it."""

from therapport.tomlfile import Strict


class Figure(Strict):
    """A figure with its 95 % interval, where it has one."""

    value: float
    low: float | None = None
    high: float | None = None
