"""The candidates, by name, from the simplest to the most complex.

Every candidate declares an additive score: the log-odds for the binary outcome, points for the end score. Calibration
is affine on that score and explanations add up on it.
"""

from therapport.models.candidates import CANDIDATES, Candidate, Kind, Task
from therapport.models.linear import LinearScore
from therapport.models.score import Score
from therapport.models.trees import TreeScore

__all__ = ["CANDIDATES", "Candidate", "Kind", "LinearScore", "Score", "Task", "TreeScore"]
