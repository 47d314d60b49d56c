"""The kind and the range of a column of numbers, codes or truths."""

from therapport import instruments
from therapport.draft.column import Column
from therapport.draft.defaults import DefaultFactor
from therapport.draft.guess import Kind
from therapport.draft.rounding import outward

MOST_CODES = 30  # different values: more are no codes of a category


def kind(column: Column, default: DefaultFactor | None, *, is_score: bool) -> Kind:
    """The kind of a factor, from what is usual and what the values are."""
    profile = column.profile
    expected = default.kind if default is not None else None
    if profile.form == "text":
        return "category"
    numeric = is_score or expected in ("number", "integer")
    if profile.form == "truth" and not (numeric and column.says("instrument")):
        return "boolean"
    labelled = profile.form == "integer" and _all_labelled(column)
    coded = labelled or expected == "category" or (expected == "boolean" and profile.distinct == 2)  # noqa: PLR2004 - yes and no
    two_codes = expected is None and profile.form == "integer" and profile.distinct == 2  # noqa: PLR2004 - the same
    few = profile.distinct <= MOST_CODES
    if not is_score and profile.form == "integer" and few and (coded or two_codes):
        return "category"
    return "integer" if profile.form != "number" and expected != "number" else "number"


def _all_labelled(column: Column) -> bool:
    """Whether the file itself has a label for every code."""
    profile = column.profile
    return bool(profile.labels) and {f"{value:g}" for value in set(profile.numbers.tolist())} <= profile.labels.keys()


def flaw(column: Column, instrument: str | None) -> str:
    """A score that its instrument cannot have is a mistake in the file, and no range may be widened for it."""
    shipped = instruments.all_instruments().get(instrument or "")
    if column.profile.stray_text:
        return "some values are not numbers"
    if shipped is None or column.profile.all_fit(shipped.range):
        return ""
    low, high = shipped.range
    return f"some values lie outside the range of {shipped.label}, {low:g} to {high:g}"


def allowed_range(column: Column, known: tuple[float, float] | None, *, fixed: bool) -> tuple[tuple[float, float], str]:
    """A range that holds all values, and why; a `fixed` one is of an instrument, and holds nearly all."""
    profile = column.profile
    stray = "; some values are not numbers" if profile.stray_text else ""
    if known is not None and (profile.all_fit(known) or (fixed and profile.fits(known))):
        outside = "" if profile.all_fit(known) else "; some values lie outside the range"
        return known, f"the range is the known one{outside}{stray}"
    if known is not None and profile.fits(known):
        beside = profile.codes_beside(known)
        held = [value for value in profile.numbers.tolist() if value not in beside]
        low, high = outward(min(held), max(held))
        wider = (low if min(held) < known[0] else known[0], high if max(held) > known[1] else known[1])
        return wider, f"the range is the usual one, wider so that it holds all values{stray}"
    rounded = outward(float(profile.numbers.min()), float(profile.numbers.max()))
    unlike = "; the values do not fit the usual range" if known is not None else ""
    return rounded, f"the range is rounded outward from the data: write what is possible{unlike}{stray}"
