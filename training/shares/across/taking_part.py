"""Dropout and taking part as outcomes: how much less in one kind of delivery than in another, case mix held equal.

Least squares on the kind, the intake factors, and in a second step the alliance, with standard errors that let patients
of one group resemble each other (CR1). For yes or no that is the difference in percentage points. Whoever was still in
treatment at the landmark counts, whether or not the end score is known.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy.stats import t

from therapport import features
from therapport.codebook import Landmark
from therapport.performance import SMALLEST_CELL
from therapport.predictor.figure import Figure
from training import design as designs
from training.design import Design
from training.populations.subgroups import holm
from training.shares.across.kinds import Delivered
from training.shares.across.results import Gap

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]
SMALL, FAR = 0.2, 0.5
"""Standard deviations: below the first a gap is negligible, beyond the second it is not small (Cohen 1988)."""
LEVEL = 0.05
FEWEST_GROUPS = 10
PAIRS = (
    ("guided", "face_to_face", "Guided e-health", "face to face"),
    ("unguided", "guided", "Unguided e-health", "guided e-health"),
    ("blended", "face_to_face", "Blended treatment", "face to face"),
    ("short", "longer", "Short treatment", "longer treatment"),
)


@dataclass(frozen=True)
class Measured:
    """One measure of taking part; more is better."""

    name: str
    label: str
    values: FloatArray
    yes_or_no: bool


@dataclass(frozen=True)
class Comparison:
    """Two kinds of patients, the first of whom may fall short."""

    name: str
    one: str
    other: str
    members: BoolArray
    others: BoolArray


def gaps(design: Design, delivered: Delivered) -> tuple[Gap, ...]:
    """Every comparison on every measure of which enough is known."""
    intake = adjusters(design, delivered, intake=True)
    both = (*intake, *adjusters(design, delivered, intake=False))
    cluster = designs.cluster_codes(design.study, design.cohort)
    found = [
        one
        for measured in measures(design, delivered)
        for comparison in comparisons(delivered)
        # What is planned to be short has fewer sessions, and all of them are soon over.
        if not (comparison.name == "short" and measured.name == delivered.table.sessions)
        if (one := _gap(design, measured, comparison, intake, both, cluster)) is not None
    ]
    corrected = holm({place: one.p_value for place, one in enumerate(found)})
    adjusted = (one.model_copy(update={"holm": corrected[place]}) for place, one in enumerate(found))
    return tuple(one.model_copy(update={"verdict": verdict(one.standardised, one.holm)}) for one in adjusted)


def adjusters(design: Design, delivered: Delivered, *, intake: bool) -> tuple[str, ...]:
    """The case mix: the study's factors known at intake but for delivery and alliance; or those of alliance."""
    study = design.study
    factors = {name: study.codebook.factors[name] for name in study.factors}
    not_mix = {delivered.table.column, delivered.table.planned, *(delivered.table.taking_part or ())}
    if not intake:
        return tuple(name for name, one in factors.items() if one.family == "alliance" and name not in not_mix)
    return tuple(
        name
        for name, one in factors.items()
        if one.known_at is Landmark.INTAKE and one.family not in ("alliance", "delivery") and name not in not_mix
    )


def measures(design: Design, delivered: Delivered) -> Iterator[Measured]:
    """Staying in treatment, sessions attended, and what the study names, all so that more is better."""
    table, codebook, own = design.cohort.table, design.study.codebook, delivered.table

    def values(name: str) -> FloatArray:
        return np.asarray(table[name].to_numpy(dtype=np.float64, na_value=np.nan))

    if own.dropped_out is not None:
        yield Measured(own.dropped_out, "Stayed to the end", 1 - values(own.dropped_out), yes_or_no=True)
    elif own.completed is not None:
        yield Measured(own.completed, "Stayed to the end", values(own.completed), yes_or_no=True)
    if own.sessions is not None:
        label, attended = codebook.measures[own.sessions].label, values(own.sessions)
        if own.planned is not None:
            label, attended = f"{label}, of those planned", np.minimum(attended / values(own.planned), 1.0)
        yield Measured(own.sessions, label, attended, yes_or_no=False)
    # What is summarised from the long table is there only if the study uses it.
    for name in (one for one in own.taking_part or () if one in table):
        described = codebook.factors.get(name) or codebook.measures[name]
        yield Measured(name, described.label, values(name), yes_or_no=described.kind == "boolean")


def comparisons(delivered: Delivered) -> Iterator[Comparison]:
    """Those that the question names, as far as the cohort has both sides."""
    kinds = {
        name: delivered.kind(name) for name in ("face_to_face", "blended", "guided", "unguided", "short", "longer")
    }
    present = {name: kind for name, kind in kinds.items() if kind is not None}
    digital = [present[name].members for name in ("guided", "unguided") if name in present]
    if "face_to_face" in present and digital:
        face = present["face_to_face"]
        yield Comparison("ehealth", "E-health", "face to face", np.logical_or.reduce(digital), face.members)
    for one, other, label, against in PAIRS:
        if one in present and other in present:
            yield Comparison(one, label, against, present[one].members, present[other].members)


def verdict(standardised: Figure, corrected: float) -> str:
    """By the interval of the gap in standard deviations; a shortfall has to survive Holm's correction."""
    low, high = standardised.low, standardised.high
    if low is None or high is None:
        return "unclear"
    if low > FAR and corrected < LEVEL:
        return "far_short"
    if low > 0 and corrected < LEVEL:
        return "short"
    if high < 0 and corrected < LEVEL:
        return "better"
    return "none" if low > -SMALL and high < SMALL else "unclear"


def _gap(  # noqa: PLR0917 - what one gap rests on
    design: Design,
    measured: Measured,
    comparison: Comparison,
    intake: tuple[str, ...],
    both: tuple[str, ...],
    cluster: IntArray,
) -> Gap | None:
    """None where either side is smaller than may be shown, a cell would be, or groups are too few for an interval."""
    kept = (comparison.members | comparison.others) & ~np.isnan(measured.values)
    one, values, group = comparison.members[kept], measured.values[kept], cluster[kept]
    columns = len(both) + 2
    if min(one.sum(), (~one).sum()) < max(SMALLEST_CELL, columns) or len(np.unique(group)) < FEWEST_GROUPS:
        return None
    if measured.yes_or_no and min(_cells(one, values)) < SMALLEST_CELL:
        return None
    spread = float(values.std(ddof=1))
    if spread == 0:
        return None
    crude, first, second = (
        _difference(one, values, _case_mix(design, names, kept), group) for names in ((), intake, both)
    )
    adjusted, p_value = second
    return Gap(
        comparison=comparison.name,
        one=comparison.one,
        other=comparison.other,
        measure=measured.name,
        label=measured.label,
        unit="points" if measured.yes_or_no else "own",
        patients=int(kept.sum()) - int(kept.sum()) % SMALLEST_CELL,
        mean_one=float(values[one].mean()),
        mean_other=float(values[~one].mean()),
        crude=crude[0],
        intake=first[0],
        adjusted=adjusted,
        standardised=Figure(
            value=adjusted.value / spread,
            low=None if adjusted.low is None else adjusted.low / spread,
            high=None if adjusted.high is None else adjusted.high / spread,
        ),
        p_value=p_value,
        holm=p_value,
        verdict="unclear",
    )


def _case_mix(design: Design, names: tuple[str, ...], kept: BoolArray) -> FloatArray:
    """Columns of the factors, (patients, columns); the last level of a category and what never varies are left out."""
    if not names:
        return np.empty((int(kept.sum()), 0))
    matrix = features.factor_matrix(design.cohort.table, design.study.codebook, names)[kept]
    inputs = features.fit(matrix, design.study.codebook, names, impute=True).apply(matrix)
    return np.asarray(inputs[:, inputs.std(axis=0) > 0])


def _difference(one: BoolArray, values: FloatArray, mix: FloatArray, group: IntArray) -> tuple[Figure, float]:
    """Others less the one, with interval and p-value on groups - 1 degrees of freedom."""
    inputs = np.column_stack([~one, np.ones(len(one)), mix]).astype(np.float64)
    # A generalised inverse, because the levels of a category add up to one.
    fitted = sm.OLS(values, inputs).fit(cov_type="cluster", cov_kwds={"groups": group, "use_correction": True})
    value, error = float(fitted.params[0]), float(fitted.bse[0])
    freedom = len(np.unique(group)) - 1
    half = float(t.ppf(0.975, freedom)) * error
    p_value = 2 * float(t.sf(abs(value) / error, freedom)) if error > 0 else 1.0
    return Figure(value=value, low=value - half, high=value + half), p_value


def _cells(one: BoolArray, values: FloatArray) -> Iterator[int]:
    for members in (one, ~one):
        yield int((values[members] > 0).sum())
        yield int((values[members] <= 0).sum())
