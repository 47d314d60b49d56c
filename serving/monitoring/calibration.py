"""Calibration period by period: observed beside expected, intercept, slope; of the end score its error and coverage."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy import stats

from serving.monitoring.outcomes import DATE, END_SCORE, OUTCOME
from therapport.performance import SMALLEST_CELL

Floats = NDArray[np.float64]
By = Literal["month", "quarter", "year"]
FREQUENCY = {"month": "M", "quarter": "Q", "year": "Y"}
FEWEST = 30
Z = 1.959963984540054


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether a value lies in the interval."""
        return self.low <= value <= self.high


@dataclass(frozen=True)
class Period:
    """Patients whose outcome became known in one month, quarter or year."""

    label: str
    patients: int
    figures: dict[str, Estimate]
    """Key -> figure; empty where there are too few patients to tell."""


def periods(known: pd.DataFrame, by: By) -> list[Period]:
    """From the first to the last. `known` has log-odds or predicted scores beside outcomes, in order of time."""
    groups = known.groupby(known[DATE].dt.to_period(FREQUENCY[by]))
    return [_period(str(label), one) for label, one in groups]


def overall(known: pd.DataFrame) -> Period:
    """Everyone."""
    return _period("all", known)


def _period(label: str, known: pd.DataFrame) -> Period:
    figures = {**dict(_binary(known)), **dict(_score(known))}
    return Period(label, len(known), figures)


def _binary(known: pd.DataFrame) -> Iterator[tuple[str, Estimate]]:
    if "log_odds" not in known:
        return
    there = known.dropna(subset=["log_odds", OUTCOME])
    log_odds, truth = there["log_odds"].to_numpy(dtype=np.float64), there[OUTCOME].to_numpy(dtype=np.float64)
    patients, observed = len(there), float(truth.sum())
    if patients < FEWEST or min(observed, patients - observed) < SMALLEST_CELL:
        return
    expected = float((1 / (1 + np.exp(-log_odds))).sum())
    yield "observed", _wilson(observed, patients)
    yield "expected", Estimate(*[expected / patients] * 3)
    # Debray 2017: the standard error of log(O:E).
    error = Z * np.sqrt((1 - observed / patients) / observed)
    ratio = observed / expected
    yield "observed_expected", Estimate(ratio, float(ratio * np.exp(-error)), float(ratio * np.exp(error)))
    intercept = _fit(truth, np.ones((patients, 1)), log_odds)
    if intercept is not None:
        yield "intercept", intercept
    if np.ptp(log_odds) > 1e-6:  # noqa: PLR2004 - rounding of a constant prediction
        slope = _fit(truth, np.column_stack([np.ones(patients), log_odds]), None)
        if slope is not None:
            yield "slope", slope


def _fit(truth: Floats, columns: Floats, offset: Floats | None) -> Estimate | None:
    """The last coefficient of a logistic regression; None where it has none."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            fitted: Any = sm.GLM(truth, columns, family=sm.families.Binomial(), offset=offset).fit()
        except (Warning, np.linalg.LinAlgError, ValueError):
            return None
    low, high = fitted.conf_int()[-1]
    return Estimate(float(fitted.params[-1]), float(low), float(high))


def _score(known: pd.DataFrame) -> Iterator[tuple[str, Estimate]]:
    if "predicted_score" not in known:
        return
    there = known.dropna(subset=["predicted_score", END_SCORE])
    if len(there) < FEWEST:
        return
    error = there[END_SCORE].to_numpy(dtype=np.float64) - there["predicted_score"].to_numpy(dtype=np.float64)
    width = stats.t.ppf(0.975, len(error) - 1) * error.std(ddof=1) / np.sqrt(len(error))
    yield "score_error", Estimate(float(error.mean()), float(error.mean() - width), float(error.mean() + width))
    ends = there.dropna(subset=["end_score_low", "end_score_high"]) if "end_score_low" in there else there.iloc[:0]
    if len(ends) >= FEWEST:
        held = ends[END_SCORE].between(ends["end_score_low"], ends["end_score_high"]).sum()
        if min(held, len(ends) - held) >= SMALLEST_CELL:
            yield "score_coverage", _wilson(float(held), len(ends))


def _wilson(count: float, whole: int) -> Estimate:
    """A share with Wilson's interval (1927)."""
    share = count / whole
    middle = (share + Z**2 / (2 * whole)) / (1 + Z**2 / whole)
    half = Z / (1 + Z**2 / whole) * np.sqrt(share * (1 - share) / whole + Z**2 / (4 * whole**2))
    return Estimate(share, float(middle - half), float(middle + half))
