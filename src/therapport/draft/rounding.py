"""A range for numbers about which nothing is known, so wide that it gives no patient's value away."""

import math

STEPS = (1.0, 2.0, 5.0, 10.0)


def outward(lowest: float, highest: float) -> tuple[float, float]:
    """A range that holds both with room to spare; each end is 0, or 1, 2 or 5 times a power of ten.

    Below 0 it goes only if a value does. Neither end is a value of the data, save 0, which stands for nobody.
    """
    return (-_beyond(-lowest) if lowest < 0 else 0.0, _beyond(highest) if highest > 0 else 1.0)


def _beyond(size: float) -> float:
    """The first of …, 1, 2, 5, 10, … that is well above a size above 0."""
    wide = size * 1.1
    power = math.floor(math.log10(wide))
    # Written out and read back: 3 * 10**-1 would be 0.30000000000000004.
    steps = (float(f"{step:g}e{power}") for step in STEPS)
    return next((step for step in steps if step > wide), float(f"2e{power + 1}"))
