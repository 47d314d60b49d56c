"""Factors that know too much: found by their values, whatever the codebook says of them."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from therapport.codebook import Codebook
from therapport.features import FactorMatrix
from training.findings.codes import Finding

FloatArray = NDArray[np.float64]
FEWEST = 30
"""Known values below which nothing is said of a factor."""
MOST = 20_000
"""Patients looked at, spread evenly over a larger cohort."""
DENSE = 3.0
"""Whole numbers that all differ and lie closer than this on average are running numbers, not amounts."""
DUPLICATE = 0.9
"""Rank correlation with the end score."""
GIVEN_AWAY = 0.95
"""AUC of a single factor for the outcome."""
COMPUTED, OWN = 0.98, 0.9
"""Share of a factor's variance that first and last score explain together, and that the first may explain alone."""


def identifiers(matrix: FactorMatrix, factors: Sequence[str], codebook: Codebook) -> Iterator[Finding]:
    """Factors in which every patient has a value of his own, as a running number would."""
    for place, name in enumerate(factors):
        known = matrix[~np.isnan(matrix[:, place]), place]
        distinct = len(np.unique(known))
        if len(known) < FEWEST:
            continue
        if codebook.factors[name].kind == "category":
            tells_apart = distinct > len(known) / 2
        else:
            whole = codebook.factors[name].kind == "integer" and bool((known == known.round()).all())
            tells_apart = whole and distinct == len(known) and float(np.ptp(known)) < DENSE * len(known)
        if tells_apart:
            yield Finding("identifier", f"{name}: every patient has a value of their own, like an identifier.")


def outcomes_in_disguise(
    matrix: FactorMatrix,
    factors: Sequence[str],
    *,
    first: FloatArray,
    last: FloatArray | None,
    event: FloatArray | None,
) -> Iterator[Finding]:
    """Factors that can be computed from first and last score, or that almost are the outcome.

    `first` and `last` are the scores before and after, `event` a binary outcome (0, 1, NaN); all of shape (patients,).
    """
    some = np.linspace(0, len(matrix) - 1, min(MOST, len(matrix))).astype(int)
    last = None if last is None else last[some]
    event = None if event is None else event[some]
    for place, name in enumerate(factors):
        values = matrix[some, place]
        if last is not None and _is_computed(values, first[some], last):
            yield Finding(
                "derived-from-outcome", f"{name}: first and last score together give it, so it was made after the end."
            )
        elif _gives_away(values, last, event):
            yield Finding("duplicate-of-outcome", f"{name}: by itself it almost gives the outcome away.")


def _is_computed(values: FloatArray, first: FloatArray, last: FloatArray) -> bool:
    known = ~(np.isnan(values) | np.isnan(first) | np.isnan(last))
    if known.sum() < FEWEST or np.ptp(values[known]) == 0:
        return False
    alone = _explained(values[known], first[known])
    return alone < OWN and _explained(values[known], first[known], last[known]) > COMPUTED


def _explained(values: FloatArray, *by: FloatArray) -> float:
    inputs = np.column_stack([np.ones(len(values)), *by])
    fitted = inputs @ np.linalg.lstsq(inputs, values, rcond=None)[0]
    return 1.0 - float(((values - fitted) ** 2).sum() / ((values - values.mean()) ** 2).sum())


def _gives_away(values: FloatArray, last: FloatArray | None, event: FloatArray | None) -> bool:
    if last is not None:
        known = ~(np.isnan(values) | np.isnan(last))
        if known.sum() >= FEWEST and np.ptp(values[known]) > 0 and np.ptp(last[known]) > 0:
            correlation = np.corrcoef(rankdata(values[known]), rankdata(last[known]))[0, 1]
            if abs(float(correlation)) > DUPLICATE:
                return True
    if event is None:
        return False
    known = ~(np.isnan(values) | np.isnan(event))
    reached = event[known] == 1
    if known.sum() < FEWEST or min(reached.sum(), (~reached).sum()) == 0:
        return False
    ranks = rankdata(values[known])
    auc = (ranks[reached].mean() - (reached.sum() + 1) / 2) / (~reached).sum()
    return max(float(auc), 1 - float(auc)) > GIVEN_AWAY
