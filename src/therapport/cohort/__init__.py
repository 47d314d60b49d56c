"""From a file of patients to a cohort, or to every problem of the file at once."""

from therapport.cohort.content import Cohort, read, validate
from therapport.cohort.files import FORMATS, read_table

__all__ = ["FORMATS", "Cohort", "read", "read_table", "validate"]
