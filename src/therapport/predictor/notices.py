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
        return np.array([", ".join(names[place] for place in np.flatnonzero(mask[0]))], dtype=object)
    # Eight factors at a time have few distinct patterns in any cohort: each is joined once.
    packed = np.packbits(mask, axis=1)
    texts = np.full(len(mask), "", dtype=object)
    for byte in range(packed.shape[1]):
        there = np.flatnonzero(packed[:, byte])
        patterns, which = np.unique(packed[there, byte], return_inverse=True)
        own = names[8 * byte : 8 * byte + 8]
        texts[there] += np.array([_listed(int(pattern), own) for pattern in patterns], dtype=object)[which]
    return np.array([text[:-2] for text in texts], dtype=object)


def _listed(pattern: int, names: tuple[str, ...]) -> str:
    """Those of up to eight names whose bit is set, the first name's bit being the highest; each with a comma behind."""
    return "".join(f"{name}, " for place, name in enumerate(names) if pattern >> (7 - place) & 1)
