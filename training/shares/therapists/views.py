"""What the section on therapists draws."""

from training.shares.therapists.results import Bar, Therapists


def density(bar: Bar) -> float:
    """Therapists per unit: bars are of unequal width, so that areas stand for numbers."""
    return bar.therapists / (bar.high - bar.low)


def tallest(found: Therapists) -> float:
    """The highest density of all bars."""
    return max(density(bar) for bar in found.bars)
