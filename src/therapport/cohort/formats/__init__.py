"""Every kind of file that a cohort can be in: the endings, and who reads them."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from therapport.cohort.formats import columnar, delimited, excel, labelled
from therapport.cohort.formats.contents import Contents, Request

READERS: Mapping[str, Callable[[Request], Contents]] = MappingProxyType(
    {
        ".csv": delimited.read,
        ".parquet": columnar.read_parquet,
        ".feather": columnar.read_feather,
        ".arrow": columnar.read_feather,
        ".xlsx": excel.read,
        ".sav": labelled.read_spss,
        ".zsav": labelled.read_spss,
        ".dta": labelled.read_stata,
    }
)
"""Ending in lower case -> reader. Each raises CohortError in its own words, or an OSError of the system."""
