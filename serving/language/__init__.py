"""In which language a page is: what was asked for, links that keep it, and what a codebook says in that language."""

from serving.language.asked import IN_LANGUAGE, PARAMETER
from serving.language.labels import family_description, family_label, label, level, note, unit
from serving.language.links import Other, kept, others

__all__ = [
    "IN_LANGUAGE",
    "PARAMETER",
    "Other",
    "family_description",
    "family_label",
    "kept",
    "label",
    "level",
    "note",
    "others",
    "unit",
]
