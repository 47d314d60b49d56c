"""What a reader should know beside a prediction: missing, imputed and unusual factors, by name and never by value."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from therapport.features import FactorMatrix

if TYPE_CHECKING:
    from therapport.predictor.model import Predictor


def missing_factors(predictor: "Predictor", matrix: FactorMatrix) -> NDArray[np.object_]:
    """The names of each patient's missing factors, separated by commas; shape (patients,)."""
    return _joined(np.isnan(matrix), predictor.factors)


def noticed(predictor: "Predictor", outside: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Each patient's factors outside what the training cohort covers, by name; `outside` as `abstaining` found it."""
    names = _joined(outside, predictor.factors)
    return np.array([f"unusual in the training cohort: {text}" if text else "" for text in names], dtype=object)


def _joined(mask: NDArray[np.bool_], names: tuple[str, ...]) -> NDArray[np.object_]:
    if len(mask) == 1:
        return np.array([_listed(mask[0], names)], dtype=object)
    # Few distinct patterns cover most patients: join each once.
    patterns, which = np.unique(mask, axis=0, return_inverse=True)
    texts = [_listed(pattern, names) for pattern in patterns]
    return np.array(texts, dtype=object)[which.ravel()]


def _listed(pattern: NDArray[np.bool_], names: tuple[str, ...]) -> str:
    return ", ".join(names[place] for place in np.flatnonzero(pattern))
