"""How the contributions of one of a predictor's models are read: unit, sign, and what is too small to count."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from serving import family_words
from serving.language import label, level
from serving.text import number, signed, span
from therapport.cohort import Cohort
from therapport.explanation import SplitExplainer, in_probability_points
from therapport.explanation.linear import LinearGame
from therapport.instruments import Instrument
from therapport.language import gettext as _
from therapport.predictor import ExplainedModel, Predictor
from therapport.predictor.evidence import Comparison, Reference

Kind = Literal["binary", "score"]
HARDLY_PROBABILITY, HARDLY_LOG_ODDS = 0.01, 0.04
"""One of 100 people; on the log-odds the same at even chances."""
UNUSED = 1e-9
MOST_DIGITS = 2
NOTHING = 1e-5
"""So little is rounding: tables are kept in single precision."""


@dataclass(frozen=True)
class Reading:
    """One model of the predictor, and how its contributions are read."""

    predictor: Predictor
    model: ExplainedModel
    kind: Kind
    sign: float
    """-1 where a lower figure is the better one."""
    hardly: float
    """What is shown and smaller than this hardly counts: probability points, or points of the score."""
    hardly_own: float
    """The same on the calibrated score's own scale: log-odds, or points."""

    def moved(self, points: float) -> str:
        """What a family moves, in people of 100 or points."""
        return family_words.people_moved(points) if self.kind == "binary" else family_words.points_moved(points)

    def together(self, points: float) -> str:
        """The same as part of a sentence."""
        return family_words.people_together(points) if self.kind == "binary" else family_words.points_together(points)

    def size(self, points: float) -> str:
        """The same without its sign."""
        if self.kind == "binary":
            return _("{count} of 100 people", count=number(100 * abs(points), 0))
        return _("{count} points", count=number(abs(points), 1))

    def ends(self, low: float, high: float) -> str:
        """The ends of an interval, short and with their signs."""
        unit, digits = (100.0, 0) if self.kind == "binary" else (1.0, 1)
        return span(_signed(unit * low, digits), _signed(unit * high, digits))

    def part(self, own: float, reference: float, total: float) -> float:
        """How far a part of the calibrated score moves what is shown on the way from the reference to the total.

        Translated as contributions are: the Shapley value of two players, this part and all the rest.
        """
        if self.kind == "score":
            return own
        return float(in_probability_points(np.array([reference]), np.array([[own, total - reference - own]]))[0, 0])

    @property
    def comparison(self) -> Comparison | None:
        """The evidence of this outcome."""
        return next((one for one in self.predictor.evidence.comparisons if one.kind == self.kind), None)

    @property
    def adds_up(self) -> bool:
        """Whether no family depends on another: a sum by its form, or as far as the training cohort shows."""
        if self.method == LinearGame.method:
            return True
        known = self.comparison.interactions if self.comparison else {}
        pairs = [cell.mean_absolute for one, row in known.items() for other, cell in row.items() if one != other]
        return bool(pairs) and max(pairs) < NOTHING

    @property
    def method(self) -> str:
        """How the exact contributions are computed."""
        families = self.model.families
        return (families.explainers[-1] if isinstance(families, SplitExplainer) else families).game.method


def _signed(value: float, digits: int) -> str:
    """With as many digits as it takes to see on which side of zero it lies, up to two."""
    while digits < MOST_DIGITS and abs(value) < 10**-digits:
        digits += 1
    return signed(value, digits)


def of_response(predictor: Predictor) -> Reading:
    """The binary outcome. Raises ValueError where the predictor has none."""
    if predictor.response is None or predictor.outcome is None:
        raise ValueError("the predictor has no binary outcome")
    return Reading(predictor, predictor.response, "binary", 1.0, HARDLY_PROBABILITY, HARDLY_LOG_ODDS)


def of_end_score(predictor: Predictor) -> Reading:
    """The score at the end. Raises ValueError where the predictor has none."""
    model, instrument = predictor.end_score, predictor.end_score_instrument
    if model is None or instrument is None:
        raise ValueError("the predictor has no end score")
    sign, hardly = -1.0 if instrument.better == "lower" else 1.0, hardly_points(instrument)
    return Reading(predictor, model, "score", sign, hardly, hardly)


def of_kind(predictor: Predictor, kind: Kind) -> Reading:
    """One of the two."""
    return of_response(predictor) if kind == "binary" else of_end_score(predictor)


def hardly_points(instrument: Instrument) -> float:
    """What hardly counts in points: a hundredth of the range, and at least half a step of the instrument."""
    return max((instrument.range[1] - instrument.range[0]) / 100, instrument.step / 2)


def used_factors(predictor: Predictor, kind: Kind) -> frozenset[str]:
    """The factors that moved any prediction of the training cohort."""
    factors = {one.kind: one.factors for one in predictor.evidence.comparisons}.get(kind, {})
    return frozenset(name for name, value in factors.items() if value > UNUSED)


def typical(reading: Reading, cohort: Cohort | None) -> str:
    """Whom the explanation of the only patient of a cohort starts from; None where only the answer is known."""
    known, codebook, families = reading.predictor.evidence.reference, reading.predictor.codebook, reading.model.families
    if known is None:
        return family_words.typical()
    if known.same is not None and isinstance(families, SplitExplainer):
        own = None if cohort is None else reading.predictor.matrix(cohort.table)[0, families.factor]
        is_known = cohort is None or own in families.levels
        return family_words.typical(same=label(codebook.factors[known.same]) if is_known else None)
    return family_words.typical(where=levels(reading.predictor, known))


def levels(predictor: Predictor, known: Reference) -> tuple[str, ...]:
    """Which levels the reference patients have, by label."""
    factors = predictor.codebook.factors
    told = {
        name: {True: _("yes"), False: _("no")}[one] if isinstance(one, bool) else level(factors[name], one)
        for name, one in known.where.items()
    }
    return tuple(f"{label(factors[name])}: {one}" for name, one in told.items())
