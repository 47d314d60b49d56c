"""Covariances by name."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Covariance:
    """Of the variables named; shape (variables, variables)."""

    names: tuple[str, ...]
    values: Values

    def of(self, one: str, other: str) -> float:
        """Of two variables, or the variance of one."""
        return float(self.values[self.names.index(one), self.names.index(other)])

    def variances(self, names: list[str]) -> Values:
        """Of those variables, shape (names,)."""
        return np.diag(self.values)[[self.names.index(name) for name in names]]


def from_frame(correlations: pd.DataFrame) -> Covariance:
    """Of a table that is labelled on both axes."""
    return Covariance(tuple(map(str, correlations.index)), correlations.to_numpy(np.float64))


def none(names: tuple[str, ...]) -> Covariance:
    """Of variables that are known for sure."""
    return Covariance(names, np.zeros((len(names), len(names))))
