"""Cohorts of any size scored: an Arrow stream in, parts with a manifest out, in bounded memory.

    done = batch.score(predictor, path, output, settings)

A run is cut into parts of a fixed number of rows, which several threads make side by side (`parts`). Whatever is made
lies in a working folder (`work`) until all of it is there; then it moves to its place (`finish`). A run that was
interrupted finds its parts again and goes on, and ends with the same bytes. `watch` notices an input that changes,
`tally` and `summary` say what the cohort as a whole looks like, `run` is all of it, and `spark` is the same elsewhere.
"""

from serving.batch.run import Done, score
from serving.batch.settings import Settings
from serving.batch.target import target_of

__all__ = ["Done", "Settings", "score", "target_of"]
