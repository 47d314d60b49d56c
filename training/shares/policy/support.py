"""Positivity: in how many patients a kind of delivery was hardly ever given to anyone of their case mix."""

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
RARE = 0.05


def probabilities(mix: FloatArray, kind: IntArray, kinds: int) -> FloatArray:
    """How probable each kind was for each patient given the case mix, shape (patients, kinds); multinomial logistic."""
    found = np.zeros((len(kind), kinds))
    present = np.unique(kind)
    if len(present) == 1 or mix.shape[1] == 0:
        found[:, present] = np.bincount(kind, minlength=kinds)[present] / len(kind)
        return found
    fitted = LogisticRegression(C=1.0, max_iter=1000).fit(mix, kind)
    found[:, present] = fitted.predict_proba(mix)
    return found


def beyond(probability: FloatArray) -> FloatArray:
    """Share of the patients for whom each kind is rarer than RARE, shape (kinds,)."""
    return np.asarray((probability < RARE).mean(axis=0))
