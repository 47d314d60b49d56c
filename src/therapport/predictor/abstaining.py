"""Where a predictor gives no prediction, and why: one code and one sentence for each rule."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from therapport.codebook import Codebook
from therapport.features import FactorMatrix
from therapport.predictor.profile import FactorProfile

Mask = NDArray[np.bool_]
REASONS: Mapping[str, str] = {
    "required-missing": "a factor that the codebook calls required is missing",
    "much-missing": "more factors are missing than the study allows",
    "beyond-cohort": "more factors lie outside what the training cohort covers than the study allows",
    "wide": "the model is less sure of the prediction than the study asks",
    "does-not-add-up": "the explanation does not give the model's own score",
}
"""Code -> what it stands for, in the order of importance: the sentence of an answer tells the first that holds."""


@dataclass(frozen=True)
class Limits:
    """The rules of the study by which its predictor abstains; None: never for this reason."""

    missing: float | None = None
    """Largest share of factors without a value."""
    beyond: int | None = None
    """Largest number of factors outside what the training cohort covers."""
    wide: float | None = None
    """Largest width of the probability's interval of model uncertainty, as a share."""
    wide_points: float | None = None
    """The same of the end score, in points."""

    @property
    def stated(self) -> bool:
        """Whether there is any rule beside that of the required factors."""
        return any(one is not None for one in (self.missing, self.beyond, self.wide, self.wide_points))


NO_LIMITS = Limits()


@dataclass(frozen=True)
class Rule:
    """One rule, applied to many patients."""

    code: str
    patients: Mask
    """Shape (patients,): where it holds."""
    sentence: NDArray[np.object_]
    """Shape (patients,): why; only read where it holds."""


@dataclass(frozen=True)
class Covered:
    """What the training cohort covers, as arrays.

    Of a number all but what lies beyond all but ten of its patients, and beyond the fences of its box plot. Of a
    category or a yes-or-no factor the levels that ten or more of them had. A number that too few of them had to be
    described is covered wherever it lies.
    """

    low: NDArray[np.float64]
    """Shape (factors,); minus infinity where nothing is known."""
    high: NDArray[np.float64]
    levels: tuple[tuple[int, Mask], ...]
    """Place of each factor with levels, and for each code whether it is covered."""

    def outside(self, matrix: FactorMatrix) -> Mask:
        """Shape (patients, factors): values outside; a missing value is not."""
        found: Mask = (matrix < self.low) | (matrix > self.high)
        if self.levels:
            places, uncovered = self._uncovered
            values = matrix[:, places]
            codes = np.where(np.isnan(values), uncovered.shape[1] - 1, values).astype(np.int64)
            found[:, places] = uncovered[np.arange(len(places)), codes]
        return found

    @cached_property
    def _uncovered(self) -> tuple[NDArray[np.int64], Mask]:
        """Places of the factors with levels, and for each the codes that are not covered; the last stands for missing.

        Levels are few: the table is as wide as the longest list of them.
        """
        most = max(len(covered) for _, covered in self.levels)
        table = np.zeros((len(self.levels), most + 1), dtype=np.bool_)
        for row, (_, covered) in enumerate(self.levels):
            table[row, : len(covered)] = ~covered
        return np.array([place for place, _ in self.levels], dtype=np.int64), table


def covered(factors: Sequence[str], codebook: Codebook, profile: Mapping[str, FactorProfile]) -> Covered:
    """Read once from the profile of the factors."""
    low, high, levels = np.full(len(factors), -np.inf), np.full(len(factors), np.inf), []
    for place, name in enumerate(factors):
        known, factor = profile[name], codebook.factors[name]
        if factor.kind in ("category", "boolean"):
            codes = list(factor.levels) if factor.kind == "category" else ["false", "true"]
            levels.append((place, np.array([level in known.levels for level in codes], dtype=np.bool_)))
        elif known.usual_low is not None and known.usual_high is not None:
            low[place], high[place] = known.usual_low, known.usual_high
    return Covered(low, high, tuple(levels))


def of_factors(
    matrix: FactorMatrix, beyond: Mask, factors: Sequence[str], required: Sequence[str], limits: Limits
) -> Iterator[Rule]:
    """The rules that a patient's factors alone decide; `beyond` is what `Covered.outside` found."""
    absent = np.isnan(matrix)
    for name in required:
        yield _rule("required-missing", absent[:, list(factors).index(name)], f"{name} is missing")
    if limits.missing is not None:
        yield _rule("much-missing", absent.mean(axis=1) > limits.missing, too_much_missing(limits.missing))
    if limits.beyond is not None:
        counts = beyond.sum(axis=1)
        told = np.array([too_far(count, limits.beyond) for count in range(len(factors) + 1)], dtype=object)
        yield Rule("beyond-cohort", counts > limits.beyond, told[counts])


def too_wide(width: NDArray[np.float64], limit: float, *, of: str) -> Rule:
    """The rule on an interval of model uncertainty; `width` (patients,) is from one end to the other."""
    with np.errstate(invalid="ignore"):
        return _rule("wide", width > limit, too_unsure(limit, of=of))


def too_much_missing(most: float) -> str:
    """Why there is no prediction for a patient of whom more than this share of the factors is missing."""
    return f"more than {most:.0%} of the factors are missing"


def too_far(count: int, most: int) -> str:
    """Why there is no prediction for a patient with so many factors outside what the training cohort covers."""
    lie = "factor lies" if count == 1 else "factors lie"
    return f"{count} {lie} outside what the training cohort covers, and at most {most} may"


def too_unsure(limit: float, *, of: str) -> str:
    """Why there is no prediction where the model is not sure enough; `of` is probability or end score."""
    width = f"{100 * limit:g} percentage points" if of == "probability" else f"{limit:g} points"
    return f"the interval of model uncertainty of the {of} is wider than {width}"


def settled(rules: Sequence[Rule], patients: int) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Status and reason of each patient: the sentence of the first rule that holds, the codes of all of them."""
    status = np.full(patients, "scored", dtype=object)
    reason = np.full(patients, "", dtype=object)
    for code in REASONS:
        own = [rule for rule in rules if rule.code == code]
        if not own:
            continue
        held = np.logical_or.reduce([rule.patients for rule in own])
        if not held.any():
            continue
        reason[held] = [f"{before}, {code}" if before else code for before in reason[held]]
        word = "failed" if code == "does-not-add-up" else "abstained"
        for rule in own:
            told = rule.patients & (status == "scored")
            status[told] = [f"{word}: {sentence}" for sentence in rule.sentence[told]]
    return status, reason


def _rule(code: str, patients: Mask, sentence: str) -> Rule:
    return Rule(code, patients, np.full(len(patients), sentence, dtype=object))
