"""The multiverse in sentences: the honest answer is a distribution."""

from collections.abc import Iterator, Mapping

from training.shares import words
from training.shares.multiverse.choices import KINDS
from training.shares.multiverse.results import FamilyMultiverse, Multiverse

HARDLY = 0.005
"""A choice that moves the median by less moves nothing worth a word."""


def told(multiverse: Multiverse, families: Mapping[str, str]) -> Iterator[str]:
    """The whole, then a sentence for each family (name -> label)."""
    count = len(multiverse.specifications)
    drawn = f" of {multiverse.possible:,} that there are, drawn by lot" if multiverse.possible > count else ""
    failed = f"; {multiverse.failed} could not be carried out" if multiverse.failed else ""
    yield f"Asked in {count} ways{drawn}{failed}. The honest answer is a distribution:"
    for name, one in multiverse.families.items():
        yield sentence(families[name], one)


def sentence(label: str, one: FamilyMultiverse) -> str:
    """Median, range, and in how many the interval lies above zero."""
    found = (
        f"{label}: a share of {words.amount(one.median)} in the middle, from {words.amount(one.low)} to "
        f"{words.amount(one.high)}; above zero in {round(100 * one.beyond_zero)} % of {one.specifications} ways to ask."
    )
    if one.moves >= HARDLY:
        found += f" It hangs most on: {KINDS[one.hangs_on].lower()} ({words.amount(one.moves)})."
    return found
