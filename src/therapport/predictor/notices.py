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


def noticed(predictor: "Predictor", matrix: FactorMatrix) -> NDArray[np.object_]:
    """Each patient's factors outside the usual range of the training cohort, and levels that were rare in it."""
    unusual = np.zeros(matrix.shape, dtype=np.bool_)
    for place, name in enumerate(predictor.factors):
        known = predictor.profile[name]
        factor = predictor.codebook.factors[name]
        values = matrix[:, place]
        if factor.kind == "category":
            common = [code for code, level in enumerate(factor.levels) if level in known.levels]
            unusual[:, place] = ~np.isnan(values) & ~np.isin(values, common)
        elif known.usual_low is not None and known.usual_high is not None:
            unusual[:, place] = (values < known.usual_low) | (values > known.usual_high)
    names = _joined(unusual, predictor.factors)
    return np.array([f"unusual in the training cohort: {text}" if text else "" for text in names], dtype=object)


def _joined(mask: NDArray[np.bool_], names: tuple[str, ...]) -> NDArray[np.object_]:
    # Few distinct patterns cover most patients: join each once.
    patterns, which = np.unique(mask, axis=0, return_inverse=True)
    texts = [", ".join(name for name, on in zip(names, pattern, strict=True) if on) for pattern in patterns]
    return np.array(texts, dtype=object)[which.ravel()]
