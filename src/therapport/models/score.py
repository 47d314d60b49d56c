"""What every fitted candidate offers: a number per patient that contributions can add up to."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from therapport.features import Encoding, FactorMatrix


class Score(Protocol):
    """A fitted model on a factor matrix."""

    @property
    def encoding(self) -> Encoding:
        """How the factor matrix becomes the model's inputs."""
        ...

    def of(self, matrix: FactorMatrix) -> NDArray[np.float64]:
        """The additive score, shape (patients,): log-odds, or points; computed by the model's own library."""
        ...
