"""Predictions for patients whom the model had not seen, and the folds in which they were made."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

FLAT = 1e-9
"""Predictions of a fold that lie closer together than this are one constant and its rounding errors."""


@dataclass(frozen=True, eq=False)
class OutOfFold:
    """What one candidate predicted in repeated K-fold cross-validation.

    Raises ValueError with every problem of shape or of a value that is not a finite number.
    """

    truth: Floats
    """(patients,): 0 or 1, or the end score in points."""
    prediction: Floats
    """(repeats, patients): probabilities, or points."""
    fold: Integers
    """(repeats, patients): the fold in which the patient was tested."""
    training_mean: Floats
    """(repeats, patients): mean outcome of those on whom the patient's fold was trained."""
    cluster: Integers
    """(patients,): code of the patient's group at the study's grouping level."""

    def __post_init__(self) -> None:
        for name, kind in _KINDS.items():
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=kind))
        problems = tuple(self._problems())
        if problems:
            raise ValueError("; ".join(problems))

    @property
    def patients(self) -> int:
        """How many patients were predicted."""
        return len(self.truth)

    @property
    def repeats(self) -> int:
        """How often every patient was predicted."""
        return len(self.prediction)

    def members(self) -> Iterator[tuple[int, Integers]]:
        """Each fold of each repeat: (repeat, places of its patients)."""
        for repeat, fold in enumerate(self.fold):
            for code in np.unique(fold):
                yield repeat, np.flatnonzero(fold == code)

    def is_flat(self) -> bool:
        """Whether no fold holds two different predictions, so that nothing can be told about their order."""
        return all(np.ptp(self.prediction[repeat, places]) < FLAT for repeat, places in self.members())

    def _problems(self) -> Iterator[str]:
        if self.truth.ndim != 1 or not self.truth.size:
            yield f"truth: shape {self.truth.shape}, must be (patients,), at least one"
        if self.prediction.ndim != 2 or not self.prediction.size:  # noqa: PLR2004 - repeats and patients
            yield f"prediction: shape {self.prediction.shape}, must be (repeats, patients), at least one of each"
        elif self.prediction.shape[1:] != self.truth.shape:
            yield f"prediction: shape {self.prediction.shape} does not fit truth {self.truth.shape}"
        for name in ("fold", "training_mean"):
            if getattr(self, name).shape != self.prediction.shape:
                yield f"{name}: shape {getattr(self, name).shape}, prediction has {self.prediction.shape}"
        if self.cluster.shape != self.truth.shape:
            yield f"cluster: shape {self.cluster.shape}, truth has {self.truth.shape}"
        for name in ("truth", "prediction", "training_mean"):
            wrong = int(np.sum(~np.isfinite(getattr(self, name))))
            if wrong:
                yield f"{name}: {wrong} values are not finite numbers"


_KINDS = {
    "truth": np.float64,
    "prediction": np.float64,
    "fold": np.int64,
    "training_mean": np.float64,
    "cluster": np.int64,
}
