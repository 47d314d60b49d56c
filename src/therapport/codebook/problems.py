"""What a codebook may not say: each problem with its place in the document."""

from collections.abc import Iterator, Mapping, Sequence

from therapport import instruments
from therapport.codebook import repeated_problems
from therapport.codebook.columns import Audit, Factor, Family
from therapport.codebook.document import Codebook
from therapport.codebook.landmark import Landmark
from therapport.tomlfile import Location, Problem

MAXIMUM_FAMILIES = 10  # 2^10 coalitions are still enumerated exactly


def problems(codebook: Codebook, default_families: Mapping[str, Family]) -> Iterator[Problem]:
    """Every problem, in the order of the document's parts."""
    families = codebook.families or default_families
    known_instruments = {**instruments.all_instruments(), **codebook.instruments}
    for name, factor in codebook.factors.items():
        where = ("factors", name)
        if factor.family not in families:
            yield Problem((*where, "family"), f"unknown family; known: {', '.join(families)}")
        if factor.instrument is not None and factor.instrument not in known_instruments:
            yield Problem((*where, "instrument"), f"unknown instrument; known: {', '.join(known_instruments)}")
        if factor.known_at is Landmark.END:
            yield Problem((*where, "known_at"), "a factor known only at the end is an outcome: put it under [measures]")
        yield from _kind_problems(where, factor)
        if unknown := [code for code in factor.levels_nl if code not in factor.levels]:
            yield Problem((*where, "levels_nl"), f"there is no such level: {', '.join(unknown)}")
    for name, measure in codebook.measures.items():
        where = ("measures", name)
        if (measure.kind == "score") != (measure.instrument is not None):
            yield Problem(where, "a measure of kind score needs an instrument, and no other kind has one")
        elif measure.instrument is not None and measure.instrument not in known_instruments:
            yield Problem((*where, "instrument"), f"unknown instrument; known: {', '.join(known_instruments)}")
    for name, attribute in codebook.audit.items():
        yield from _kind_problems(("audit", name), attribute)
        yield from _cut_problems(("audit", name, "cuts"), attribute)
    yield from repeated_problems.problems(codebook, known_instruments)
    yield from _role_problems(codebook)
    used = {factor.family for factor in codebook.factors.values()}
    for family in codebook.families:
        if family not in used:
            yield Problem(("families", family), "a family without factors cannot be explained: remove it or fill it")
    if len(used) > MAXIMUM_FAMILIES:
        yield Problem(("families",), f"{len(used)} families; at most {MAXIMUM_FAMILIES} can be explained exactly")


def _kind_problems(where: Location, column: Factor | Audit) -> Iterator[Problem]:
    role = "a factor" if isinstance(column, Factor) else "an attribute for audit"
    numeric = column.kind in ("number", "integer")
    if numeric and column.range is None:
        yield Problem(where, f"{role} of kind {column.kind} needs a range = [lowest, highest]")
    if column.range is not None and not numeric:
        yield Problem((*where, "range"), f"{role} of kind {column.kind} has no range")
    if column.range is not None and not column.range[0] < column.range[1]:
        yield Problem((*where, "range"), "the lowest value must be below the highest")
    if isinstance(column, Factor) and column.reliability is not None and not numeric:
        yield Problem((*where, "reliability"), f"a factor of kind {column.kind} has no reliability here")
    if column.kind == "category" and len(column.levels) < 2:  # noqa: PLR2004 - a category of one level says nothing
        yield Problem(where, f"{role} of kind category needs levels = {{ code = 'label', … }}, two or more")
    if codes := [str(code) for code in column.missing_codes if str(code) in column.levels]:
        yield Problem((*where, "missing_codes"), f"a code for missing is also a level: {', '.join(codes)}")
    if column.levels and column.kind != "category":
        yield Problem((*where, "levels"), f"{role} of kind {column.kind} has no levels")


def _cut_problems(where: Location, attribute: Audit) -> Iterator[Problem]:
    if attribute.cuts and attribute.kind not in ("number", "integer"):
        yield Problem(where, f"an attribute of kind {attribute.kind} has no cuts")
    elif problem := cut_problem(attribute.cuts, attribute.range):
        yield Problem(where, problem)


def cut_problem(cuts: Sequence[float], allowed: tuple[float, float] | None) -> str | None:
    """What is wrong with the places where bands of a number begin; None if nothing is."""
    if list(cuts) != sorted(set(cuts)):
        return "each band must begin above the one before it"
    if cuts and allowed is not None and not allowed[0] < cuts[0] <= cuts[-1] <= allowed[1]:
        return f"bands after the first begin above {allowed[0]:g}, and at {allowed[1]:g} at most"
    return None


def _role_problems(codebook: Codebook) -> Iterator[Problem]:
    """A column has one role: an outcome among the factors is the plainest leak there is."""
    roles: dict[str, str] = {codebook.id: "the id"}
    dates = {"start": codebook.dates.start, "birth": codebook.dates.birth}
    named: list[tuple[Location, str, str]] = [
        *((("groups", level), column, f"the {level} group") for level, column in codebook.groups.items()),
        *((("dates", key), column, f"the date of {key}") for key, column in dates.items() if column is not None),
        *((("measures", name), name, "a measure of the outcome") for name in codebook.measures),
        *((("factors", name), name, "a factor") for name in codebook.factors),
        *((("audit", name), name, "an attribute for audit") for name in codebook.audit),
        *((("ignored", place), name, "ignored") for place, name in enumerate(codebook.ignored)),
    ]
    for where, column, role in named:
        if column in roles:
            yield Problem(where, f"the column {column} is {role}, but it is also {roles[column]}")
        roles[column] = role
