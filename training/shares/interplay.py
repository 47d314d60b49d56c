"""Item 2 of the debate: what a model gains out of fold where two families may act together.

Not to be taken for overlap (`partition`): two families that carry the same information overlap without acting together,
and two that act together need not overlap. Linear: products of the two families' columns, cleared of everything that a
sum explains, with a penalty that the training part alone chooses. Boosted trees: families that may not meet on a path
of any tree, but for the one pair.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.special import expit, logit
from scipy.stats import t
from statsmodels.stats.multitest import multipletests

from therapport.explanation import shapley
from therapport.features.encoding import Column
from training.shares import boosted, linear, progress, worth
from training.shares.coalitions import Model, Predictions
from training.shares.material import Inputs, Material, Part
from training.shares.partition import figure, resampled
from training.shares.progress import Done
from training.shares.results import Together

FloatArray = NDArray[np.float64]
PRESTATED = frozenset({"alliance", "technique"})
"""The pair that the debate is about: its test was stated before any data were seen, and stands by itself."""
PENALTIES = np.logspace(0, 5, 16)
FLAT = 1e-9
WEIGHT: dict[Model, int] = {"linear": 1, "xgboost": 4}
"""Steps of progress for each fold."""


@dataclass(frozen=True)
class _Products:
    """Products of two families' columns, less what the sum of all columns explains of them."""

    seen: FloatArray
    tested: FloatArray


def together(predictions: Predictions, *, draws: int, seed: int, done: Done = lambda: None) -> tuple[Together, ...]:
    """Every pair of families, by the model of the predictions."""
    material = predictions.material
    parts, pairs = list(material.parts()), shapley.pairs(len(material.families))
    apart, joined = np.empty(material.fold.shape), np.empty((*material.fold.shape, len(pairs)))
    one = _boosted if predictions.model == "xgboost" else _linear
    results = Parallel(n_jobs=-1, return_as="generator")(delayed(one)(material, part) for part in parts)
    for part, (sum_only, with_pair) in zip(parts, results, strict=True):
        apart[part.repeat, part.tested], joined[part.repeat, part.tested] = sum_only, with_pair
        progress.many(done, WEIGHT[predictions.model])
    truth = material.target.outcome
    base = (truth - predictions.training_mean) ** 2
    gain = ((truth - apart) ** 2)[..., np.newaxis] - (truth[:, np.newaxis] - joined) ** 2
    game = worth.of_gains(gain, base, material.fold, material.cluster)
    drawn = game.of(worth.draws(game.groups, number=draws, seed=seed))
    p_values = _p_values(game.by_fold, material)
    names = [(material.families[one], material.families[other]) for one, other in pairs]
    found = tuple(
        Together(
            one=pair[0],
            other=pair[1],
            gain=figure(value, each, resampled(material), game.groups),
            p_value=float(p_value),
            adjusted=float(p_value),
            prestated=set(pair) == PRESTATED,
        )
        for pair, value, each, p_value in zip(names, game.value, drawn.T, p_values, strict=True)
    )
    return corrected([found])[0]


def corrected(tests: Sequence[tuple[Together, ...]]) -> list[tuple[Together, ...]]:
    """The same with p-values corrected (Holm) over all of them: every pair, with every model, of every outcome.

    The pre-stated pair is corrected for its own tests alone.
    """
    every = [one for own in tests for one in own]
    adjusted = np.array([one.p_value for one in every])
    for stated in (True, False):
        own = np.array([one.prestated is stated for one in every], dtype=np.bool_)
        if own.any():
            adjusted[own] = multipletests(adjusted[own], method="holm")[1]
    left = iter(adjusted.tolist())
    return [tuple(one.model_copy(update={"adjusted": next(left)}) for one in own) for own in tests]


def steps(folds: int, model: Model) -> int:
    """How many times `together` reports progress, for so many folds of all repeats."""
    return folds * WEIGHT[model]


def own_product(model: Model) -> str:
    """How a model lets two families act together, in words."""
    if model == "linear":
        return "products of the two families' columns beside the sum of all"
    return "trees in which no path holds factors of two families, but for the pair"


def _p_values(by_fold: FloatArray, material: Material) -> FloatArray:
    """One-sided corrected resampled t (Nadeau and Bengio 2003): above zero in new folds of new training cohorts."""
    folds = len(by_fold)
    ratio = 1 / (len(np.unique(material.fold[0])) - 1)
    error = np.sqrt(by_fold.var(axis=0, ddof=1) * (1 / folds + ratio))
    mean = by_fold.mean(axis=0)
    moved = error > FLAT
    quotient = np.divide(mean, error, out=np.zeros_like(mean), where=moved)
    return np.where(moved, t.sf(quotient, folds - 1), 1.0)


def _boosted(material: Material, part: Part) -> tuple[FloatArray, FloatArray]:
    inputs, outcome = material.inputs(part, impute=False), material.target.outcome[part.seen]
    columns = [np.flatnonzero(inputs.family == place) for place in range(len(material.families))]
    binned, mean = boosted.binned(inputs.seen, outcome), float(outcome.mean())

    def predicted(groups: list[NDArray[np.int64]]) -> FloatArray:
        fitted = boosted.fit_binned(binned, mean, binary=material.binary, groups=groups)
        return boosted.answers(fitted, inputs.tested)

    pairs = shapley.pairs(len(material.families))
    joined = [
        predicted([
            np.concatenate([columns[one], columns[other]]),
            *(own for place, own in enumerate(columns) if place not in (one, other)),
        ])
        for one, other in pairs
    ]  # fmt: skip
    return predicted(columns), np.column_stack(joined)


def _linear(material: Material, part: Part) -> tuple[FloatArray, FloatArray]:
    """Products are added by one weighted least-squares step on what the sum leaves."""
    inputs, outcome = material.inputs(part, impute=True), material.target.outcome[part.seen]
    everything = inputs.mask(len(material.families))[-1:]
    fitted = linear.fit(inputs.seen, outcome, everything, binary=material.binary)
    own, new = (fitted.predict(columns)[:, 0] for columns in (inputs.seen, inputs.tested))
    weight = own * (1 - own) if material.binary else np.ones_like(own)
    left = (outcome - own) / weight
    scored = []
    for one, other in shapley.pairs(len(material.families)):
        products = _products(inputs, one, other, weight)
        added = products.tested @ _ridge(products.seen, left, weight, used=inputs.seen.shape[1] + 1)
        scored.append(expit(logit(new) + added) if material.binary else new + added)
    return new, np.column_stack(scored)


def _products(inputs: Inputs, one: int, other: int, weight: FloatArray) -> _Products:
    """Standardised on those seen; columns that say that a value is missing take no part."""
    kept = inputs.encoding.kind != Column.MISSING
    first, second = (np.flatnonzero(kept & (inputs.family == place)) for place in (one, other))
    center, scale = inputs.seen.mean(axis=0), inputs.seen.std(axis=0)
    scale = np.where(scale > FLAT, scale, np.inf)  # a constant column has no products

    def made(columns: FloatArray) -> FloatArray:
        standard = (columns - center) / scale
        each = standard[:, first][:, :, np.newaxis] * standard[:, second][:, np.newaxis, :]
        return np.asarray(each.reshape(len(columns), -1))

    seen, tested = made(inputs.seen), made(inputs.tested)
    root = np.sqrt(weight)[:, np.newaxis]
    sums, new = linear.with_intercept(inputs.seen), linear.with_intercept(inputs.tested)
    explained = np.linalg.lstsq(sums * root, seen * root, rcond=None)[0]
    return _Products(seen - sums @ explained, tested - new @ explained)


def _ridge(products: FloatArray, left: FloatArray, weight: FloatArray, *, used: int) -> FloatArray:
    """Coefficients of the products with the penalty of least generalised cross-validation; none may be best."""
    root, patients = np.sqrt(weight), len(left)
    u, sizes, v = np.linalg.svd(products * root[:, np.newaxis], full_matrices=False)
    response = left * root
    along = u.T @ response
    rest = float(response @ response) - float(along @ along)
    best, least = np.zeros(products.shape[1]), patients * (rest + float(along @ along)) / (patients - used) ** 2
    for penalty in PENALTIES:
        kept = sizes**2 / (sizes**2 + penalty)
        freedom = patients - used - float(kept.sum())
        error = patients * (rest + float((((1 - kept) * along) ** 2).sum())) / freedom**2 if freedom > 0 else np.inf
        if error < least:
            best, least = v.T @ (sizes / (sizes**2 + penalty) * along), error
    return best
