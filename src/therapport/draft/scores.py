"""Scores: which instrument a column is of, and which columns are first and last score of one measure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from therapport import instruments
from therapport.codebook import Landmark
from therapport.draft.column import Column, key
from therapport.draft.guess import OwnInstrument, Pair
from therapport.draft.rounding import outward
from therapport.draft.vocabulary import vocabulary

SEVERITIES = ("baseline_severity", "baseline_anxiety", "functional_impairment")
"""Factors that are symptoms: of them, and of columns that no factor is known for, a pair may be an outcome."""
MOST_BARE = 3  # columns that differ only in a number at the end: more are items or sessions
FEWEST_VALUES = 5  # of a score of which nothing is known but that its name ends in 1 and 2


@dataclass(frozen=True)
class Scores:
    """What is known of the scores of a file."""

    pairs: tuple[Pair, ...]
    """The first is the one that the study asks about."""
    instrument: Mapping[str, str]
    """Column -> instrument, where name and values agree."""
    measures: frozenset[str]
    """Columns that are scores after the first."""
    many: frozenset[str]
    """Columns that are one of many numbered ones."""
    own: tuple[OwnInstrument, ...]


def scores(columns: Iterable[Column]) -> Scores:
    """The scores among the columns."""
    columns = list(columns)
    groups: dict[str, list[Column]] = defaultdict(list)
    for column in columns:
        if column.profile.numeric and not column.is_item and not _is_something_else(column):
            groups[key(column)].append(column)
    pairs: list[Pair] = []
    own: list[OwnInstrument] = []
    instrument: dict[str, str] = {}
    measures: set[str] = set()
    many: set[str] = set()
    for name, group in groups.items():
        bare = [column for column in group if column.moment is not None and column.moment.stage == "bare"]
        too_many = len(bare) > MOST_BARE
        if too_many:
            many.update(column.name for column in bare)
        members = [column for column in group if not (too_many and column in bare)]
        if not members:
            continue
        found = _instrument(members)
        if found is not None:
            instrument.update({column.name: found for column in members})
        ordered = _first_and_later(members, first_moment(columns))
        if ordered is None or (found is None and not _may_be_an_outcome(members)):
            continue
        before, later = ordered
        if found is not None and found not in instruments.symptoms():
            continue
        if found is None:
            made = _own(name, [before, *later])
            own.append(made)
            found = made.name
            instrument.update({column.name: found for column in (before, *later)})
        measures.update(column.name for column in later)
        pairs.append(Pair(before.name, later[0].name, found))
    order = list(instruments.all_instruments())
    bare_names = {one.name for one in columns if one.moment is not None and one.moment.stage == "bare"}

    def rank(pair: Pair) -> tuple[int, int]:
        """Shipped instruments first, then symptoms, then names that say when, then mere numbers."""
        if pair.instrument in order:
            return 0, order.index(pair.instrument)
        severity = next(one.says("factor") for one in columns if one.name == pair.before) in SEVERITIES
        return 1 if severity else 2, int(pair.after in bare_names)

    pairs.sort(key=rank)
    return Scores(tuple(pairs), instrument, frozenset(measures), frozenset(many), tuple(own))


def first_moment(columns: Iterable[Column]) -> float:
    """The lowest number of a moment (t0, wave 1) in the whole file: where there is a t0, t1 is not the first."""
    ordinals = (one.moment.number for one in columns if one.moment is not None and one.moment.stage == "ordinal")
    return min(ordinals, default=0)


def is_later(column: Column, first_number: float) -> bool:
    """Whether the column is of a later moment than the first of the file."""
    moment = column.moment
    return moment is not None and moment.stage == "ordinal" and moment.number > first_number


def _is_something_else(column: Column) -> bool:
    return any(
        hit.sort in ("id", "person", "date", "text", "group", "background", "outcome", "count") for hit in column.hits
    )


def _instrument(members: list[Column]) -> str | None:
    """The first instrument of that name whose range holds nearly all values of all members."""
    named = members[0].says("instrument")
    if named is None:
        return None
    known = instruments.all_instruments()
    candidates = (named, *vocabulary().variants.get(named, ()))
    return next((name for name in candidates if all(one.profile.fits(known[name].range) for one in members)), None)


def _may_be_an_outcome(members: list[Column]) -> bool:
    factor = members[0].says("factor")
    known = factor in SEVERITIES or members[0].says("instrument") in instruments.symptoms()
    scored = any(word in {"score", "total", "sum", "totaal", "som"} for word in members[0].base)
    explicit = all(one.moment is None or one.moment.stage != "bare" for one in members)
    more_than_two_values = all(one.profile.form != "truth" for one in members)
    alike = explicit or scored or _are_alike(members)
    return more_than_two_values and (known or (factor is None and alike))


def _are_alike(members: list[Column]) -> bool:
    """Whether all are numbers of one size, and none is a mere grade."""
    highest = {outward(0.0, float(abs(one.profile.numbers).max())) for one in members}
    return len(highest) == 1 and all(one.profile.distinct >= FEWEST_VALUES for one in members)


def _first_and_later(members: list[Column], first_number: float) -> tuple[Column, list[Column]] | None:
    """The first score, and those after treatment in the order in which they are likely to be its end."""
    numbered = sorted(
        (one for one in members if one.moment is not None and one.moment.stage in ("ordinal", "bare")),
        key=lambda one: one.moment.number if one.moment else 0,
    )
    first = [one for one in members if one.moment is not None and one.moment.stage == "before"]
    after = sorted(
        (one for one in members if one.moment is not None and one.moment.stage == "after"),
        key=lambda one: one.moment.number if one.moment else 0,
    )
    begins = bool(numbered) and not any(is_later(one, first_number) for one in numbered[:1])
    if begins and not first and (len(numbered) > 1 or after):
        first, numbered = numbered[:1], numbered[1:]
    if not first:
        first = [one for one in members if one.moment is None]
    if not first:
        sessions = [one for one in members if one.moment is not None and one.moment.landmark is Landmark.SESSION_1]
        first = sessions[:1]
    # An explicit end comes before the second of several moments, and follow-up last.
    later = [one for one in after if one.moment and one.moment.number == 0]
    later += numbered
    later += [one for one in after if one not in later]
    later = [one for one in later if one is not first[0]] if first else []
    return (first[0], later) if first and later else None


def _own(name: str, members: list[Column]) -> OwnInstrument:
    lowest = min(float(one.profile.numbers.min()) for one in members)
    highest = max(float(one.profile.numbers.max()) for one in members)
    allowed = outward(lowest, highest)
    whole = all(one.profile.form == "integer" for one in members)
    step = 1.0 if whole else min(0.01, allowed[1] - allowed[0])
    slug = "own_" + (re.sub(r"[^a-z0-9]+", "_", name).strip("_") or "measure")
    return OwnInstrument(slug, slug.removeprefix("own_").replace("_", " ").capitalize(), allowed, step)
