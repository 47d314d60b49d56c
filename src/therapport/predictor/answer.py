"""The answer: flat columns, the same on every path (Python, command line, REST, MLflow)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from therapport.explanation import points_with_bounds
from therapport.features import FactorMatrix
from therapport.predictor import abstaining
from therapport.predictor.abstaining import Rule
from therapport.predictor.notices import missing_factors, noticed
from therapport.predictor.outputs import EVERYTHING_BUT_FACTORS, Wanted

if TYPE_CHECKING:
    from therapport.predictor.model import ExplainedModel, Predictor

FloatArray = NDArray[np.float64]
SCORE_WIDTH = "width of the end score's interval of model uncertainty"
"""Computed with the answer and not part of it."""
Values = FloatArray | NDArray[np.object_] | float | str
TOLERANCE = 1e-5
"""Explanation and model may differ by so much (relative above 1): single precision of the trees."""

COLUMNS = {
    "status": "scored, abstained: why, or failed: why",
    "reason": "codes of everything that stands against a prediction, separated by commas; empty where scored",
    "response_probability": "calibrated probability of the outcome",
    "response_probability_low": "lower end of the model uncertainty (null without refits)",
    "response_probability_high": "upper end of the model uncertainty (null without refits)",
    "reference_probability": "the probability at the mean log-odds of the reference patients",
    "contribution_<family>": "probability points; reference + sum of contributions = response_probability",
    "contribution_<family>_low": "lower end of the contribution's model uncertainty (null without refits)",
    "contribution_<family>_high": "upper end of the contribution's model uncertainty (null without refits)",
    "log_odds": "calibrated log-odds of the outcome",
    "log_odds_reference": "mean calibrated log-odds of the reference patients",
    "log_odds_<family>": "the exact family game on the log-odds; reference + sum = log_odds",
    "end_score": "predicted score after treatment, in points of the instrument",
    "end_score_low": "lower end of the interval that holds 8 of 10 patients, or the share that the study states",
    "end_score_high": "upper end of that interval",
    "end_score_reference": "mean predicted end score of the reference patients",
    "score_contribution_<family>": "points; reference + sum of contributions = end_score",
    "score_contribution_<family>_low": "lower end of the contribution's model uncertainty (null without refits)",
    "score_contribution_<family>_high": "upper end of the contribution's model uncertainty (null without refits)",
    "residual": "the model's own score minus (reference + sum), computed independently; null where not checked",
    "missing": "factors without a value, separated by commas",
    "noticed": "what else a reader should know, by factor and never by value",
    "model_name": "the predictor that answered",
    "model_version": "its version",
    "codebook_digest": "the codebook that it was made for",
}
"""Every column after the id, with its meaning; `<family>` stands for each family of the predictor."""

FACTOR_COLUMNS = {
    "log_odds_of_<factor>": "the exact game of single factors on the log-odds; log_odds_reference + sum = log_odds",
    "points_of_<factor>": "the same of the end score, in points; end_score_reference + sum = end_score",
}
"""Further columns, on request of a whole cohort."""

OF_LOG_ODDS, OF_POINTS = "log_odds_of_", "points_of_"

TEXT = frozenset({"status", "reason", "missing", "noticed", "model_name", "model_version", "codebook_digest"})


def answer_columns(predictor: "Predictor") -> tuple[str, ...]:
    """The columns of this predictor's answers, in order."""
    return (predictor.codebook.id, *predictor.answer_columns)


def answers(predictor: "Predictor", table: pd.DataFrame, *, check_rows: int | None) -> pd.DataFrame:
    """One row per patient of a validated table; columns of `answer_columns`."""
    ids = table[predictor.codebook.id].to_numpy()
    return pd.DataFrame(
        {predictor.codebook.id: ids, **answer_arrays(predictor, predictor.matrix(table), check_rows=check_rows)}
    )


def answer_arrays(
    predictor: "Predictor", matrix: FactorMatrix, *, check_rows: int | None, wanted: Wanted = EVERYTHING_BUT_FACTORS
) -> dict[str, Values]:
    """Column -> values of shape (patients,), or the one value of everyone; every path's answers come from here."""
    found: dict[str, FloatArray | float] = {}
    residual = np.full(len(matrix), np.nan)
    checked = slice(0, check_rows)
    if predictor.response is not None:
        found |= _response(predictor, predictor.response, matrix, wanted)
        residual[checked] = _residual(predictor.response, matrix[checked], found["log_odds"], checked)
    if predictor.end_score is not None:
        found |= _end_score(predictor, predictor.end_score, matrix, wanted)
        of_score = _residual(predictor.end_score, matrix[checked], found["end_score"], checked)
        smaller = np.abs(residual[checked]) > np.abs(of_score)
        residual[checked] = np.where(smaller, residual[checked], of_score)
    found["residual"] = residual
    beyond = predictor.covered.outside(matrix)
    status, reason = abstaining.settled(tuple(_rules(predictor, matrix, beyond, found)), len(matrix))
    scored = status == "scored"
    unscored = not bool(scored.all())
    nothing = np.full(len(matrix), np.nan)
    texts: dict[str, Values] = {
        "status": status,
        "reason": reason,
        "missing": missing_factors(predictor, matrix),
        "noticed": noticed(predictor, beyond),
        "model_name": predictor.name,
        "model_version": predictor.version,
        "codebook_digest": predictor.codebook_digest,
    }
    ordered: dict[str, Values] = {}
    for name in predictor.answer_columns if wanted == EVERYTHING_BUT_FACTORS else columns(predictor, wanted):
        if name in TEXT:
            ordered[name] = texts[name]
        else:
            values = found.get(name, nothing)
            ordered[name] = np.where(scored, values, np.nan) if unscored else values
    return ordered


def columns(predictor: "Predictor", wanted: Wanted = EVERYTHING_BUT_FACTORS) -> tuple[str, ...]:
    """The columns after the id; `Predictor.answer_columns` keeps those of `EVERYTHING_BUT_FACTORS`."""
    return tuple(_columns(predictor, wanted))


def _columns(predictor: "Predictor", wanted: Wanted) -> Iterator[str]:
    for name in filter(wanted.holds, COLUMNS):
        of_score = name.startswith(("end_score", "score_contribution"))
        of_response = not of_score and name not in TEXT and name != "residual"
        if (of_score and predictor.end_score is None) or (of_response and predictor.response is None):
            continue
        if "<family>" in name:
            yield from (name.replace("<family>", family) for family in predictor.families)
        else:
            yield name
    if wanted.factors:
        for beginning, model in ((OF_LOG_ODDS, predictor.response), (OF_POINTS, predictor.end_score)):
            yield from (f"{beginning}{name}" for name in predictor.factors if model is not None)


def _response(
    predictor: "Predictor", model: "ExplainedModel", matrix: FactorMatrix, wanted: Wanted
) -> dict[str, FloatArray | float]:
    # A rule on the width holds whatever is asked for: who abstains must not depend on that.
    refitted = wanted.intervals or predictor.limits.wide is not None
    explanation, margin = model.explain(matrix, refitted=refitted)
    columns: dict[str, FloatArray | float] = {
        "log_odds": explanation.total,
        "log_odds_reference": explanation.reference,
        "response_probability": expit(explanation.total),
        "reference_probability": expit(explanation.reference),
    }
    if margin is not None:
        columns["response_probability_low"] = expit(explanation.total - margin.total)
        columns["response_probability_high"] = expit(explanation.total + margin.total)
    columns |= _of_factors(predictor, model, matrix, wanted, OF_LOG_ODDS)
    if not wanted.families:
        return columns
    spread = np.zeros_like(explanation.contributions) if margin is None else margin.contributions
    points, low, high = points_with_bounds(explanation.reference, explanation.contributions, spread)
    for place, family in enumerate(predictor.families):
        columns[f"log_odds_{family}"] = explanation.contributions[:, place]
        columns[f"contribution_{family}"] = points[:, place]
        if margin is not None:
            columns[f"contribution_{family}_low"] = low[:, place]
            columns[f"contribution_{family}_high"] = high[:, place]
    return columns


def _end_score(
    predictor: "Predictor", model: "ExplainedModel", matrix: FactorMatrix, wanted: Wanted
) -> dict[str, FloatArray | float]:
    refitted = wanted.intervals or predictor.limits.wide_points is not None
    explanation, margin = model.explain(matrix, refitted=refitted)
    columns: dict[str, FloatArray | float] = {
        "end_score": explanation.total,
        "end_score_reference": explanation.reference,
    }
    if margin is not None:
        columns[SCORE_WIDTH] = 2 * margin.total
    if model.half_width is not None and predictor.end_score_instrument is not None:
        lowest, highest = predictor.end_score_instrument.range
        columns["end_score_low"] = np.clip(explanation.total - model.half_width, lowest, highest)
        columns["end_score_high"] = np.clip(explanation.total + model.half_width, lowest, highest)
    columns |= _of_factors(predictor, model, matrix, wanted, OF_POINTS)
    for place, family in enumerate(predictor.families):
        moved = explanation.contributions[:, place]
        columns[f"score_contribution_{family}"] = moved
        if margin is not None:
            columns[f"score_contribution_{family}_low"] = moved - margin.contributions[:, place]
            columns[f"score_contribution_{family}_high"] = moved + margin.contributions[:, place]
    return columns


def _of_factors(
    predictor: "Predictor", model: "ExplainedModel", matrix: FactorMatrix, wanted: Wanted, beginning: str
) -> dict[str, FloatArray]:
    if not wanted.factors:
        return {}
    contributions = model.factors.explain(matrix).contributions
    return {f"{beginning}{name}": contributions[:, place] for place, name in enumerate(predictor.factors)}


def _residual(
    model: "ExplainedModel", matrix: FactorMatrix, explained: FloatArray | float, checked: slice
) -> FloatArray:
    own = model.calibration.of(model.score.of(matrix))
    difference: FloatArray = own - np.asarray(explained)[checked]
    return difference


def _rules(
    predictor: "Predictor", matrix: FactorMatrix, beyond: NDArray[np.bool_], columns: dict[str, FloatArray | float]
) -> Iterator[Rule]:
    limits = predictor.limits
    yield from abstaining.of_factors(matrix, beyond, predictor.factors, predictor.required, limits)
    if limits.wide is not None and "response_probability_low" in columns:
        width = np.asarray(columns["response_probability_high"]) - columns["response_probability_low"]
        yield abstaining.too_wide(width, limits.wide, of="probability")
    if limits.wide_points is not None and SCORE_WIDTH in columns:
        yield abstaining.too_wide(np.asarray(columns[SCORE_WIDTH]), limits.wide_points, of="end score")
    size = np.maximum.reduce(
        [np.ones(len(matrix)), *(np.abs(columns[n]) for n in ("log_odds", "end_score") if n in columns)]
    )
    wrong = np.abs(np.nan_to_num(columns["residual"])) > TOLERANCE * size
    yield Rule("does-not-add-up", wrong, np.full(len(matrix), "the explanation does not add up", dtype=object))
