"""Linear scores: prevalence, severity alone, elastic net. Kept as plain coefficients."""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import ElasticNet, LinearRegression, LogisticRegression

from therapport.features import Encoding, FactorMatrix

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class LinearScore:
    """intercept + encoded inputs @ coefficients."""

    encoding: Encoding
    intercept: float
    coefficients: FloatArray
    """Shape (encoded columns,)."""

    def of(self, matrix: FactorMatrix) -> FloatArray:
        """The linear predictor, shape (patients,)."""
        score: FloatArray = self.intercept + self.encoding.apply(matrix) @ self.coefficients
        return score


def constant(encoding: Encoding, outcome: FloatArray, *, binary: bool) -> LinearScore:
    """The same score for everyone: the log-odds of the prevalence, or the mean."""
    mean = float(outcome.mean())
    level = float(np.log(mean / (1 - mean))) if binary else mean
    return LinearScore(encoding, level, np.zeros(len(encoding.factor)))


def plain(encoding: Encoding, matrix: FactorMatrix, outcome: FloatArray, *, binary: bool) -> LinearScore:
    """Least squares or unpenalised logistic regression; for models of one or two factors."""
    model = LogisticRegression(C=np.inf, max_iter=1000) if binary else LinearRegression()
    return _fitted(model, encoding, encoding.apply(matrix), outcome)


def elastic_net(
    encoding: Encoding,
    inputs: FloatArray,
    outcome: FloatArray,
    *,
    binary: bool,
    penalty: float,
    mixing: float,
    seed: int,
) -> LinearScore:
    """Elastic net on encoded `inputs` (patients, columns).

    `penalty` is per patient on the scale of scikit-learn's alpha, `mixing` 1 = lasso, 0 = ridge.
    """
    if binary:
        model = LogisticRegression(
            C=1.0 / (penalty * len(outcome)),
            l1_ratio=mixing,
            solver="saga" if mixing > 0 else "lbfgs",
            tol=1e-3,
            max_iter=500,
            random_state=seed,
        )
    else:
        # The spread of the outcome makes the same grid of penalties mean the same on every instrument.
        model = ElasticNet(alpha=penalty * float(outcome.std() or 1.0), l1_ratio=max(mixing, 0.01), max_iter=5000)
    return _fitted(model, encoding, inputs, outcome)


def _fitted(
    model: LogisticRegression | ElasticNet | LinearRegression,
    encoding: Encoding,
    inputs: FloatArray,
    outcome: FloatArray,
) -> LinearScore:
    with warnings.catch_warnings():
        # Weak penalties of a grid may stop early; they are compared out of fold like all others.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(inputs, outcome)
    return LinearScore(encoding, float(np.ravel(model.intercept_)[0]), np.ravel(model.coef_).astype(np.float64))
