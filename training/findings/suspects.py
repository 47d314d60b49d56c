"""Which factors a figure that is too good rests on: the strongest by themselves, taken out until it is no longer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from therapport import performance
from training import out_of_fold
from training.design import Target
from training.evaluation import Evaluation

FloatArray = NDArray[np.float64]
MOST = 3
"""So many factors are taken out at most."""
FEWEST = 30
"""Known values below which a factor is not suspected."""


@dataclass(frozen=True)
class Suspects:
    """The factors that were taken out, and what the figure reads without them."""

    factors: tuple[str, ...]
    alone: tuple[float, ...]
    """What each one reaches by itself, on the same measure."""
    without: float
    """The figure of the candidate, out of fold, without all of them."""


def suspects(
    evaluation: Evaluation, candidate: str, metric: str, limit: float, *, done: Callable[[], None] = lambda: None
) -> Suspects:
    """Take the strongest factors out one by one, until the candidate's `metric` (auc, r2) is at the limit or below.

    A factor that is taken out is unknown for everyone, so that the candidate is fitted anew without it in every fold.
    """
    target, names = evaluation.target, evaluation.target.task.factors
    alone = strengths(target)
    order = [int(place) for place in np.argsort(-alone, kind="stable")[:MOST] if alone[place] > 0]
    matrix, without, taken = target.matrix.copy(), float("nan"), list[int]()
    for place in order:
        matrix[:, place] = np.nan
        taken.append(place)
        predicted = out_of_fold.predictions(replace(target, matrix=matrix), candidate, evaluation.fold, done=done)
        without = _figure(target, predicted, metric)
        if without <= limit:
            break
    return Suspects(tuple(names[place] for place in taken), tuple(float(alone[place]) for place in taken), without)


def strengths(target: Target) -> FloatArray:
    """What each factor reaches by itself in the patients of whom it is known, shape (factors,): AUC or R2.

    Either direction counts. A category stands by the mean outcome of its levels; in a factor that hardly anyone has, or
    that does not vary, there is nothing to see: 0.
    """
    factors = target.task.codebook.factors
    values = [
        _strength(target, column, levels=factors[name].kind == "category")
        for name, column in zip(target.task.factors, target.matrix.T, strict=True)
    ]
    return np.array(values, dtype=np.float64)


def _strength(target: Target, column: FloatArray, *, levels: bool) -> float:
    known = ~np.isnan(column)
    values, outcome = column[known], target.outcome[known]
    if len(values) < FEWEST or np.ptp(values) == 0 or np.ptp(outcome) == 0:
        return 0.0
    if levels:
        codes = np.unique(values, return_inverse=True)[1]
        values = (np.bincount(codes, weights=outcome) / np.bincount(codes))[codes]
        if np.ptp(values) == 0:
            return 0.0
    if target.kind == "score":
        return float(np.corrcoef(values, outcome)[0, 1] ** 2)
    reached = outcome == 1
    ranks = rankdata(values)
    auc = float((ranks[reached].mean() - (reached.sum() + 1) / 2) / (~reached).sum())
    return max(auc, 1 - auc)


def in_words(found: Suspects, metric: str, label: str) -> str:
    """The factors by name, what each reaches alone, and what is left without them."""
    named = ", ".join(f"{name} ({value:.2f})" for name, value in zip(found.factors, found.alone, strict=True))
    without = _listed(found.factors)
    return (
        f"By itself the {metric.upper()} is highest of {named}; without {without} that of {label.lower()} would read "
        f"{found.without:.2f}."
    )


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _figure(target: Target, predicted: performance.OutOfFold, metric: str) -> float:
    one = np.ones((1, predicted.patients))
    evaluate = performance.evaluate_binary if target.kind == "binary" else performance.evaluate_score
    found = evaluate(predicted, one).get(metric)
    # Without any factor everyone gets the same answer, which orders nobody.
    return found.value if found is not None else {"auc": 0.5, "r2": 0.0}[metric]
