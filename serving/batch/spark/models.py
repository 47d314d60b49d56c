"""The model as a worker has it: read once from a folder that every worker can read."""

import functools
from pathlib import Path

from therapport import predictor as predictors
from therapport.predictor import Predictor


@functools.lru_cache(maxsize=2)
def model(folder: Path) -> Predictor:
    """The predictor in a folder."""
    return predictors.load(folder)
