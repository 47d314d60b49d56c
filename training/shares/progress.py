"""Progress of long work in steps of about the same time, so that the time left is worth something."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Done = Callable[[], None]
Reached = Callable[[float], None]
"""Told which share of a piece of work is done, 0 to 1."""


def many(done: Done, times: int) -> None:
    """So many steps at once."""
    for _ in range(times):
        done()


@contextmanager
def block(done: Done, steps: int) -> Iterator[Reached]:
    """A piece of work that counts as so many steps, however it is cut and wherever it ends early."""
    told = 0

    def reached(share: float) -> None:
        nonlocal told
        now = min(steps, int(share * steps + 1e-9))
        many(done, max(now - told, 0))
        told = max(told, now)

    yield reached
    reached(1.0)


def part(reached: Reached, first: float, last: float) -> Reached:
    """For work that is a stretch of a larger piece."""
    return lambda share: reached(first + (last - first) * share)
