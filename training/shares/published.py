"""What others found, recomputed from their own effect sizes where they gave any, each with its source."""

from collections.abc import Sequence
from pathlib import Path

from therapport import tomlfile
from therapport.tomlfile import Strict
from training.shares.results import Partition

FILE = Path(__file__).parent / "published.toml"
UNEXPLAINED = "Unexplained"


class Row(Strict):
    """One line of a published table."""

    name: str
    about: str = ""
    effect: float | None = None
    """Standardised mean difference (d or g) that it rests on."""
    printed: float
    """As it was published, in per cent."""
    families: tuple[str, ...] | None = None
    """Families of ours that come nearest; none for what has no counterpart."""


class Source(Strict):
    """One published partition."""

    citation: str
    read: str
    """How it was read: in its own print, elsewhere, recalled."""
    how: str
    not_summed: str
    rows: tuple[Row, ...]


class Published(Strict):
    """The partitions of docs/debate.md."""

    cuijpers_2012: Source
    wampold_2015: Source
    norcross_2004: Source


def read() -> Published:
    """The figures as published."""
    return tomlfile.read(FILE, Published)


def of_improvement(source: Source) -> tuple[float, ...]:
    """Cuijpers' shares in per cent: each contrast over the sum of the three, because the contrasts add up to the whole.

    Change without treatment, plus what support adds to it, plus what other therapies add to support.
    """
    effects = [row.effect or 0.0 for row in source.rows]
    return tuple(100 * effect / sum(effects) for effect in effects)


def of_variance(source: Source) -> tuple[float, ...]:
    """Wampold's column in per cent: the variance of outcome between two groups of equal size that differ by d."""
    return tuple(100 * (row.effect or 0.0) ** 2 / ((row.effect or 0.0) ** 2 + 4) for row in source.rows)


def summed(source: Source) -> float:
    """What the rows of overlapping meta-analyses would add up to: shown only to show that it means nothing."""
    return sum(of_variance(source))


def beside(source: Source, partition: Partition) -> tuple[tuple[Row, float | None, Sequence[str]], ...]:
    """Norcross' rows, each with the cohort's own share in per cent of the whole variance, and the families behind it.

    None where no family of the cohort comes near.
    """
    rows = []
    for row in source.rows:
        names = [name for name in row.families or () if name in partition.families]
        own: float | None = 100 * sum(partition.families[name].share.value for name in names) if names else None
        if row.name == UNEXPLAINED:
            own = 100 * (1 - partition.total.value)
        rows.append((row, own, names))
    return tuple(rows)
