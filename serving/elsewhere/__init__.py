"""Whether figures hold elsewhere: at other sites, later, in subgroups, and whatever became of those who were lost."""

from collections.abc import Iterator

from serving.elsewhere.part import Part, Table
from serving.elsewhere.populations import of_completers, of_subgroups
from serving.elsewhere.schemes import of_sites, of_time
from therapport.predictor.evidence import Comparison

__all__ = ["Part", "Table", "parts"]


def parts(comparison: Comparison) -> tuple[Part, ...]:
    """What is known of one outcome; nothing of models that were made before it was asked."""
    return tuple(_parts(comparison))


def _parts(comparison: Comparison) -> Iterator[Part]:
    if comparison.sites is not None:
        yield of_sites(comparison, comparison.sites)
    if comparison.in_time is not None:
        yield of_time(comparison, comparison.in_time)
    if comparison.subgroups is not None and comparison.subgroups.shown:
        yield of_subgroups(comparison, comparison.subgroups)
    if comparison.completers is not None and comparison.completers.lost != 0:
        yield of_completers(comparison, comparison.completers)
