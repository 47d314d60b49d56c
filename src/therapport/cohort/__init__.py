"""From a file of patients to a cohort, or to every problem of the file at once."""

from therapport.cohort.content import Cohort, read, validate
from therapport.cohort.files import FORMATS, read_table
from therapport.cohort.measurements import AsOf, Held
from therapport.cohort.rows import shown

__all__ = ["FORMATS", "AsOf", "Cohort", "Held", "read", "read_table", "shown", "validate"]
