"""Names in which a word of time is glued to a stem that nobody knows: `Prewt` and `Postwt`."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from therapport.draft.vocabulary import vocabulary

STEM = "[a-z]{2}"  # letters beside the word of time, without anything between


class _Split(NamedTuple):
    stem: str
    is_before: bool
    spelled: str


def apart(names: Iterable[str]) -> Mapping[str, str]:
    """Name -> the same with a space beside its word of time, if its stem has both a before and an after."""
    splits = {name: list(_splits(name)) for name in names}
    moments: dict[str, set[bool]] = defaultdict(set)
    for found in splits.values():
        for one in found:
            moments[one.stem].add(one.is_before)
    return {
        name: next((one.spelled for one in found if len(moments[one.stem]) > 1), name)  # else `present` has a `pre`
        for name, found in splits.items()
    }


def _splits(name: str) -> Iterator[_Split]:
    known, plain = vocabulary(), name.lower()
    for moments, is_before in ((known.before, True), ((*known.after, *known.later), False)):
        for moment in moments:
            if plain.startswith(moment) and re.match(STEM, plain[len(moment) :]):
                first, stem = name[: len(moment)], name[len(moment) :]
                yield _Split(stem.lower(), is_before, f"{first} {stem}")
            if plain.endswith(moment) and re.search(STEM + r"\Z", plain[: -len(moment)]):
                stem, last = name[: -len(moment)], name[-len(moment) :]
                yield _Split(stem.lower(), is_before, f"{stem} {last}")
