"""The codebook: the one place where a column of a cohort is described."""

from therapport.codebook.columns import Audit, Factor, Family, Measure
from therapport.codebook.document import Codebook
from therapport.codebook.landmark import Landmark
from therapport.codebook.reading import default_families, parse, read
from therapport.codebook.repeated import Clock, Dates, Measurements, RepeatedMeasure

__all__ = [
    "Audit",
    "Clock",
    "Codebook",
    "Dates",
    "Factor",
    "Family",
    "Landmark",
    "Measure",
    "Measurements",
    "RepeatedMeasure",
    "default_families",
    "parse",
    "read",
]
