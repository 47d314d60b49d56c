"""The expected course over sessions: a band of scores given the score at intake, and how often it holds new people.

`measured` gathers the scores, `fit` makes the band of one moment, `held` counts what it held out of fold.
"""

from training.course.job import expected
from training.course.words import told

__all__ = ["expected", "told"]
