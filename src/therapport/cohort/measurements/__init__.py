"""A long table of measurements beside a cohort: read, checked, and joined as of a landmark.

    cohort.read(path, codebook, measurements=AsOf(Landmark.SESSION_5, Path("measurements.parquet")))

`reading` turns the file into arrays, `sequence` holds measurements against each other and against the episode's dates,
`summaries` makes one value per episode, `join` is all of it.
"""

from therapport.cohort.measurements.held import Held, HeldMeasure
from therapport.cohort.measurements.join import AsOf, Joined, join

__all__ = ["AsOf", "Held", "HeldMeasure", "Joined", "join"]
