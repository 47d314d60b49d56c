"""The unit of an amount, where the column's name says another than the catalogue."""

import math

from therapport.draft.column import Column
from therapport.draft.defaults import DefaultFactor
from therapport.draft.vocabulary import words

DAYS = {"days": 1.0, "weeks": 7.0, "months": 365.25 / 12, "years": 365.25}
SPELLED = {
    "days": ("day", "days", "dag", "dagen"),
    "weeks": ("week", "weeks", "wks", "weken"),
    "months": ("month", "months", "mnd", "maand", "maanden"),
    "years": ("year", "years", "yrs", "jaar", "jaren"),
}


def in_unit_of_name(default: DefaultFactor, column: Column) -> DefaultFactor:
    """`klachtduur_jaren` is in years, and its range is that of years, rounded up."""
    said = [unit for unit, spelled in SPELLED.items() if set(spelled) & set(words(column.name))]
    if default.unit not in DAYS or default.range is None or len(said) != 1 or said[0] == default.unit:
        return default
    low, high = (math.ceil(end * DAYS[default.unit] / DAYS[said[0]]) for end in default.range)
    return default.model_copy(update={"unit": said[0], "range": (float(low), float(high))})
