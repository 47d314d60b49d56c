"""`therapport monitor`: what was scored, what became of it, and the page and the run that say so."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import logit

from serving.monitoring import outcomes, scored
from serving.monitoring.alarm import Alarm, alarms
from serving.monitoring.calibration import By, Period, overall, periods
from serving.monitoring.comparison import Compared, compared
from serving.monitoring.outcomes import DATE, OUTCOME
from therapport import cohort
from therapport.performance import SMALLEST_CELL
from therapport.predictor import Predictor

NEAR_CERTAIN = 1e-9


@dataclass(frozen=True)
class Sounded:
    """An alarm that went off."""

    direction: str
    day: str
    """Of the month in which it did, such as 2025-03."""


@dataclass(frozen=True)
class OverTime:
    """Calibration, once outcomes are known."""

    by: By
    everyone: Period
    periods: tuple[Period, ...]
    unknown: int
    """Scored patients whose outcome is not known."""
    sounded: tuple[Sounded, ...]
    evidence: dict[str, tuple[tuple[str, float], ...]]
    """Direction -> month and how far it came by then, as a share of the way to the alarm, at least 0."""


@dataclass(frozen=True)
class Monitored:
    """One look at a model in use."""

    compared: Compared
    with_inputs: bool
    over_time: OverTime | None


def monitor(
    predictor: Predictor,
    scores: Path,
    *,
    inputs: Path | None = None,
    encoding: str | None = None,
    by: By = "quarter",
    tolerance: float,
) -> Monitored:
    """Compare, and look at calibration if outcomes were added. Raises CohortError or ModelError."""
    answers = scored.answers(predictor, scores)
    table = None
    if inputs is not None:
        read = cohort.read(
            inputs, predictor.codebook, factors=predictor.factors, groups=(), measures=(), encoding=encoding,
            ignore_unknown=True, allow_absent=True,
        )  # fmt: skip
        table = read.table
    known = outcomes.known(scores)
    return Monitored(
        compared(predictor, answers, table),
        with_inputs=table is not None,
        over_time=None if known is None else _over_time(predictor, answers, known, by, tolerance),
    )


def _over_time(
    predictor: Predictor, answers: pd.DataFrame, known: pd.DataFrame, by: By, tolerance: float
) -> OverTime | None:
    key = predictor.codebook.id
    there = answers[answers["status"] == "scored"].assign(**{key: lambda table: table[key].astype(str)})
    both = known.merge(there, on=key, suffixes=("", "_predicted")).sort_values([DATE, key], ignore_index=True)
    if both.empty:
        return None
    if "response_probability" in both:
        certain = both["response_probability"].clip(NEAR_CERTAIN, 1 - NEAR_CERTAIN)
        both["log_odds"] = logit(certain.to_numpy(dtype=np.float64))
    if "end_score_predicted" in both:
        both = both.rename(columns={"end_score_predicted": "predicted_score"})
    found = _alarms(both, tolerance)
    return OverTime(
        by=by,
        everyone=overall(both),
        periods=tuple(periods(both, by)),
        unknown=len(there) - len(both),
        sounded=tuple(Sounded(one.direction, months[one.at]) for one, months in found if one.at is not None),
        evidence={one.direction: _monthly(one, months) for one, months in found},
    )


def _alarms(both: pd.DataFrame, tolerance: float) -> list[tuple[Alarm, list[str]]]:
    if "log_odds" not in both:
        return []
    there = both.dropna(subset=["log_odds", OUTCOME])
    if there.empty:
        return []
    month = there[DATE].dt.to_period("M")
    counted = month.map(lambda one: one.ordinal).to_numpy(dtype=np.int64)
    log_odds, truth = (there[name].to_numpy(dtype=np.float64) for name in ("log_odds", OUTCOME))
    labels = [str(one) for one in month]
    return [(one, labels) for one in alarms(log_odds, truth, counted - counted[0], tolerance=tolerance)]


def _monthly(one: Alarm, months: list[str]) -> tuple[tuple[str, float], ...]:
    """The most that was reached up to each month; months with fewer than ten patients are told with the next ones."""
    found: list[tuple[str, float]] = []
    begin = 0
    for place in range(1, len(months) + 1):
        ends = place == len(months) or months[place] != months[place - 1]
        if ends and place - begin >= SMALLEST_CELL:
            reached = float(one.evidence[begin:place].max()) / one.limit
            found.append((months[place - 1], max(0.0, reached)))
            begin = place
    return tuple(found)
