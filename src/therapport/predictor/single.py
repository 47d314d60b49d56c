"""The answer to one patient in plain numbers, where nothing stands against it: what a server is asked most of the time.

The arrays of `answer` hold one number each then, and making an array takes longer than computing what stands in it. The
same functions give the same numbers here; where a rule may hold, `answer` decides.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from therapport.explanation import Margin, points_with_bounds
from therapport.features import FactorMatrix
from therapport.predictor.answer import TOLERANCE

if TYPE_CHECKING:
    from therapport.predictor.model import ExplainedModel, Predictor

Numbers = dict[str, float | str]
NEARLY = 1e-9
"""So near to a limit on a share `answer` decides, which rounds in its own order."""


@dataclass(frozen=True)
class Single:
    """Answers of one predictor to one patient at a time."""

    predictor: "Predictor"

    def answer(self, matrix: FactorMatrix) -> list[str | float | None] | None:
        """The values of `answer_columns` after the id, for a matrix of one row; None where a rule may hold."""
        predictor, limits = self.predictor, self.predictor.limits
        factors = predictor.factors
        missing = [factors[place] for place in np.isnan(matrix[0]).nonzero()[0].tolist()]
        beyond = [factors[place] for place in predictor.covered.outside(matrix)[0].nonzero()[0].tolist()]
        if missing and not self._required.isdisjoint(missing):
            return None
        if limits.missing is not None and len(missing) > (limits.missing - NEARLY) * len(factors):
            return None
        if limits.beyond is not None and len(beyond) > limits.beyond:
            return None
        found: Numbers = {
            **self._same_for_all,
            "missing": ", ".join(missing),
            "noticed": f"unusual in the training cohort: {', '.join(beyond)}" if beyond else "",
        }
        if not (self._response(matrix, found) and self._end_score(matrix, found)):
            return None
        # NaN is the one value that differs from itself.
        values = (found.get(name) for name in predictor.answer_columns)
        return [None if value != value else value for value in values]  # noqa: PLR0124

    @cached_property
    def _required(self) -> frozenset[str]:
        return frozenset(self.predictor.required)

    @cached_property
    def _same_for_all(self) -> Numbers:
        predictor = self.predictor
        return {
            "status": "scored",
            "reason": "",
            "model_name": predictor.name,
            "model_version": predictor.version,
            "codebook_digest": predictor.codebook_digest,
        }

    @cached_property
    def _names(self) -> dict[str, tuple[str, ...]]:
        """What a column of a family begins and ends with -> its name for each family."""
        families = self.predictor.families
        general = (
            "log_odds_*",
            *(f"{of}contribution_*{end}" for of in ("", "score_") for end in ("", "_low", "_high")),
        )
        return {one: tuple(one.replace("*", family) for family in families) for one in general}

    def _response(self, matrix: FactorMatrix, found: Numbers) -> bool:
        """Add what the model of the response says; False where a rule holds."""
        model, limits, names = self.predictor.response, self.predictor.limits, self._names
        if model is None:
            return True
        explanation, margin = model.explain(matrix, refitted=True)
        total, spread = explanation.total, 0.0 if margin is None else margin.total
        four = np.array([total[0], explanation.reference[0], *(total - spread), *(total + spread)])
        probability, reference, low, high = expit(four).tolist()
        if margin is not None and limits.wide is not None and not high - low <= limits.wide:
            return False
        widths = np.zeros_like(explanation.contributions) if margin is None else margin.contributions
        points = points_with_bounds(explanation.reference, explanation.contributions, widths)
        found |= {
            "response_probability": probability,
            "reference_probability": reference,
            "log_odds": float(total[0]),
            "log_odds_reference": float(explanation.reference[0]),
        }
        found.update(zip(names["log_odds_*"], explanation.contributions[0].tolist(), strict=True))
        found.update(zip(names["contribution_*"], points[0][0].tolist(), strict=True))
        if margin is not None:
            found |= {"response_probability_low": low, "response_probability_high": high}
            found.update(zip(names["contribution_*_low"], points[1][0].tolist(), strict=True))
            found.update(zip(names["contribution_*_high"], points[2][0].tolist(), strict=True))
        return _adds_up(model, matrix, float(total[0]), found)

    def _end_score(self, matrix: FactorMatrix, found: Numbers) -> bool:
        """Add what the model of the end score says; False where a rule holds."""
        model, limits, names = self.predictor.end_score, self.predictor.limits, self._names
        if model is None:
            return True
        explanation, margin = model.explain(matrix, refitted=True)
        total, moved = explanation.total, explanation.contributions
        if margin is not None and limits.wide_points is not None and not _width(margin) <= limits.wide_points:
            return False
        instrument = self.predictor.end_score_instrument
        if model.half_width is not None and instrument is not None:
            lowest, highest = instrument.range
            ends = np.clip(np.array([*(total - model.half_width), *(total + model.half_width)]), lowest, highest)
            found["end_score_low"], found["end_score_high"] = ends.tolist()
        found |= {"end_score": float(total[0]), "end_score_reference": float(explanation.reference[0])}
        found.update(zip(names["score_contribution_*"], moved[0].tolist(), strict=True))
        if margin is not None:
            low, high = moved - margin.contributions, moved + margin.contributions
            found.update(zip(names["score_contribution_*_low"], low[0].tolist(), strict=True))
            found.update(zip(names["score_contribution_*_high"], high[0].tolist(), strict=True))
        return _adds_up(model, matrix, float(total[0]), found)


def _width(margin: Margin) -> float:
    return 2 * float(margin.total[0])


def _adds_up(model: "ExplainedModel", matrix: FactorMatrix, explained: float, found: Numbers) -> bool:
    """Hold the explanation against the model's own score, computed by the model's own library, and add the difference.

    The larger one stays where there are two models. Here every model must agree to within its own tolerance; `answer`
    allows the one that of the other.
    """
    residual = float(model.calibration.of(model.score.of(matrix))[0]) - explained
    before = found.get("residual")
    if not isinstance(before, float) or abs(residual) >= abs(before):
        found["residual"] = residual
    return abs(residual) <= TOLERANCE * max(1.0, abs(explained))
