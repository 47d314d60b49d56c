"""Out-of-fold predictions with a known make-up, and metrics of one draw by the slow way."""

from collections.abc import Callable, Sequence

import numpy as np
from scipy.stats import norm, t

from therapport.performance.out_of_fold import Floats, Integers, OutOfFold


def ends(drawn: Sequence[float] | Floats, out_of_fold: OutOfFold, weights: Floats) -> tuple[float, float]:
    """Both ends of the interval of figures that were drawn with these weights, by the slow way."""
    low, middle, high = np.percentile(drawn, (2.5, 50, 97.5))
    stretch = reach(out_of_fold, weights) / norm.ppf(0.975)
    return float(middle - (middle - low) * stretch), float(middle + (high - middle) * stretch)


def reach(out_of_fold: OutOfFold, weights: Floats, *, alike: float = 0.05) -> float:
    """From the variance of a mean within folds, cluster by cluster, and the moments of its quadratic form."""
    clusters = np.unique(out_of_fold.cluster)
    variance = np.diag([alike + (1 - alike) / (out_of_fold.cluster == code).sum() for code in clusters])
    drawn, own = (
        np.array([[_part_of_mean(out_of_fold, draw, code) for code in clusters] for draw in draws])
        for draws in (weights, np.ones((1, out_of_fold.patients)))
    )
    form = np.cov(drawn, rowvar=False) @ variance
    freedom = 1 / (np.trace(form @ form) / np.trace(form) ** 2 - 1 / len(weights))
    freedom = freedom if 0 < freedom < len(clusters) - 1 else len(clusters) - 1
    return float(np.sqrt(own[0] @ variance @ own[0] / np.trace(form)) * t.ppf(0.975, freedom))


def _part_of_mean(out_of_fold: OutOfFold, weights: Floats, code: int) -> float:
    own = out_of_fold.cluster == code
    tests = [row == number for row in out_of_fold.fold for number in np.unique(row)]
    parts = [
        float(weights[tested] @ own[tested] / weights[tested].sum()) for tested in tests if weights[tested].sum() > 0
    ]
    return float(np.mean(parts))


def expit(log_odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-log_odds)))


def folds_of(cluster: Integers, *, repeats: int, folds: int, generator: np.random.Generator) -> Integers:
    """Whole clusters are tested together."""
    clusters = int(cluster.max()) + 1
    return np.stack([(generator.permutation(clusters) % folds)[cluster] for _ in range(repeats)])


def training_means(truth: Floats, fold: Integers) -> Floats:
    means = np.empty(fold.shape)
    for row, mean in zip(fold, means, strict=True):
        for code in np.unique(row):
            mean[row == code] = truth[row != code].mean()
    return means


def binary(
    *,
    patients: int = 200,
    clusters: int = 20,
    repeats: int = 2,
    folds: int = 4,
    signal: float = 1.0,
    noise: float = 0.5,
    seed: int,
) -> OutOfFold:
    """Truth from a logistic model; predictions differ from it by noise on the log-odds."""
    generator = np.random.default_rng(seed)
    cluster = np.arange(patients) % clusters
    log_odds = signal * generator.normal(size=patients) - 0.3
    truth = (generator.random(patients) < expit(log_odds)).astype(float)
    prediction = expit(log_odds + noise * generator.normal(size=(repeats, patients)))
    fold = folds_of(cluster, repeats=repeats, folds=folds, generator=generator)
    return OutOfFold(truth, prediction, fold, training_means(truth, fold), cluster)


def score(*, patients: int = 200, clusters: int = 20, repeats: int = 2, folds: int = 4, seed: int) -> OutOfFold:
    """End scores around 10 points, half of whose variance is predicted."""
    generator = np.random.default_rng(seed)
    cluster = np.arange(patients) % clusters
    expected = 10 + 4 * generator.normal(size=patients)
    truth = expected + 4 * generator.normal(size=patients)
    prediction = expected + generator.normal(size=(repeats, patients))
    fold = folds_of(cluster, repeats=repeats, folds=folds, generator=generator)
    return OutOfFold(truth, prediction, fold, training_means(truth, fold), cluster)


def counts(out_of_fold: OutOfFold, *, draws: int, seed: int) -> Floats:
    """Any counts, not those of whole clusters."""
    generator = np.random.default_rng(seed)
    return generator.integers(0, 4, size=(draws, out_of_fold.patients)).astype(float)


def within_folds(out_of_fold: OutOfFold, weights: Floats, metric: Callable[[Floats, Floats, Floats], float]) -> float:
    """Mean over folds and repeats of metric(truth, prediction, weight), one fold at a time."""
    figures = [
        metric(out_of_fold.truth[row == code], prediction[row == code], weights[row == code])
        for row, prediction in zip(out_of_fold.fold, out_of_fold.prediction, strict=True)
        for code in np.unique(row)
    ]
    return float(np.mean(figures))


def with_an_intercept_per_fold(
    out_of_fold: OutOfFold, weights: Floats, slope: Callable[[Floats, Floats, Floats, Floats], float]
) -> float:
    """Mean over repeats of slope(truth, prediction, dummies of the folds, weight)."""
    slopes = [
        slope(out_of_fold.truth, row, dummies(fold), weights)
        for row, fold in zip(out_of_fold.prediction, out_of_fold.fold, strict=True)
    ]
    return float(np.mean(slopes))


def dummies(fold: Integers) -> Floats:
    return np.asarray(fold[:, np.newaxis] == np.unique(fold), dtype=np.float64)


def pooled(out_of_fold: OutOfFold, weights: Floats, metric: Callable[[Floats, Floats, Floats], float]) -> float:
    """Mean over repeats of metric(truth, prediction, weight)."""
    return float(np.mean([metric(out_of_fold.truth, row, weights) for row in out_of_fold.prediction]))
