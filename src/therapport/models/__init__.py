"""The candidates, by name, from the simplest to the most complex.

Every candidate declares an additive score: log-odds for the binary outcome (a forest: a mean probability), points for
the end score. Calibration
is affine on that score and explanations add up on it.
"""

from therapport.models.candidates import BASELINES, CANDIDATES, DEFAULT, Candidate, Kind, Task
from therapport.models.forest import ForestScore
from therapport.models.linear import LinearScore
from therapport.models.score import Score
from therapport.models.trees import TreeScore

__all__ = [
    "BASELINES",
    "CANDIDATES",
    "DEFAULT",
    "Candidate",
    "ForestScore",
    "Kind",
    "LinearScore",
    "Score",
    "Task",
    "TreeScore",
]
