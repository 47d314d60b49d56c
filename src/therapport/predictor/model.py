"""The predictor and its one verb: a table of patients in, one flat answer per patient out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from therapport import cohort as cohorts
from therapport import features
from therapport.calibration import Affine
from therapport.codebook import Codebook, Landmark
from therapport.cohort import Cohort
from therapport.explanation import AnyExplainer, Explanation, Margin, Refits
from therapport.explanation.together import FEW, Together, together
from therapport.instruments import Instrument
from therapport.models import Score
from therapport.outcome import AnyOutcome
from therapport.predictor import answer
from therapport.predictor.abstaining import NO_LIMITS, Covered, Limits, covered
from therapport.predictor.evidence import Evidence
from therapport.predictor.outputs import Wanted
from therapport.predictor.profile import FactorProfile
from therapport.predictor.single import Single

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class ExplainedModel:
    """One score with its calibration and the compiled family game."""

    candidate: str
    score: Score
    calibration: Affine
    families: AnyExplainer
    """Players are the predictor's families, in its order."""
    factors: AnyExplainer
    """The same game with single factors as players, for drill-down."""
    half_width: float | None = None
    """For points: half of the conformal interval."""
    level: float = 0.8
    """Share of patients of new groups whose end score the interval holds."""
    refits: Refits | None = None
    """The family game of the same model fitted anew to patients drawn from the same groups."""
    setting: Mapping[str, float] = field(default_factory=dict)
    """Of the candidate, found on everyone."""

    def explain(self, matrix: features.FactorMatrix, *, refitted: bool) -> tuple[Explanation, Margin | None]:
        """The family game of every patient; with `refitted` also the margin over the refits, where there are any."""
        if not refitted or self.refits is None:
            return self.families.explain(matrix), None
        if len(matrix) > FEW or self._together is None:
            return self.families.explain(matrix), self.refits.margin(matrix)
        totals, each = self._together.explain(matrix)
        reference = np.full(len(matrix), self._together.reference[0, 0])
        return Explanation(reference, each[0]), self.refits.margin_of(totals[1:], each[1:])

    @cached_property
    def _together(self) -> Together | None:
        """The model and its refits in one pass, for few patients."""
        return None if self.refits is None else together((self.families, *self.refits.explainers))


@dataclass(frozen=True)
class Predictor:
    """A model of the response, of the end score, or both, on the factors known at a landmark."""

    name: str
    version: str
    codebook: Codebook
    landmark: Landmark
    factors: tuple[str, ...]
    """The factors that a file may bring, in the order of the factor matrix."""
    outcome: AnyOutcome | None
    end_score_instrument: Instrument | None
    response: ExplainedModel | None
    end_score: ExplainedModel | None
    profile: dict[str, FactorProfile]
    evidence: Evidence
    limits: Limits = NO_LIMITS
    """The study's rules by which the predictor abstains, beside missing factors that are required."""

    @cached_property
    def families(self) -> dict[str, tuple[str, ...]]:
        """Family -> factors: the players of the explanation, in codebook order."""
        return self.codebook.families_of(self.factors)

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The factors without which the predictor abstains."""
        return tuple(name for name in self.factors if self.codebook.factors[name].required)

    @cached_property
    def codebook_digest(self) -> str:
        """Of the codebook; it takes longer than a prediction."""
        return self.codebook.digest()

    @cached_property
    def covered(self) -> Covered:
        """What the training cohort covers, as arrays."""
        return covered(self.factors, self.codebook, self.profile)

    @cached_property
    def answer_columns(self) -> tuple[str, ...]:
        """The columns of its answers after the id, in order."""
        return answer.columns(self)

    @cached_property
    def columns_without_families(self) -> tuple[str, ...]:
        """Those that are left where nobody asks what the families contribute."""
        return answer.columns(self, Wanted(families=False))

    @cached_property
    def single(self) -> Single:
        """Answers one patient at a time."""
        return Single(self)

    def predict(
        self,
        table: pd.DataFrame,
        *,
        name: str = "the table",
        ignore_unknown: bool = False,
        allow_absent: bool = False,
    ) -> pd.DataFrame:
        """Answers for a table that has not been validated yet, with the columns of `answer_columns`.

        Raises CohortError with every problem of the table at once, and never a value of it.
        """
        return self.answer(
            cohorts.validate(
                table,
                self.codebook,
                name=name,
                factors=self.factors,
                groups=(),
                measures=(),
                ignore_unknown=ignore_unknown,
                allow_absent=allow_absent,
            )
        )

    def answer(self, cohort: Cohort, *, check_rows: int | None = None) -> pd.DataFrame:
        """Answers for a validated cohort; the independent check of the first `check_rows` rows (None: of every row)."""
        return answer.answers(self, cohort.table, check_rows=check_rows)

    def matrix(self, table: pd.DataFrame) -> features.FactorMatrix:
        """The factor matrix of a validated table."""
        return features.factor_matrix(table, self.codebook, self.factors)
