"""Everything that is compared with the training cohort: missing values, inputs, predictions, families."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from serving.monitoring.drift import FEWEST, Counts, Distance, Verdict, distance
from therapport.performance import SMALLEST_CELL
from therapport.predictor import Predictor
from therapport.predictor.distribution import Distribution

Part = Literal["prediction", "family", "input"]
OTHER = "other levels"
MISSING_MOVED, CRITICAL = 0.05, 2.5758
"""A share of missing values that differs by so much, and surely at 99 %, is told."""


@dataclass(frozen=True)
class Cell:
    """A span of values, or a level."""

    label: str
    then: float
    now: float | None
    """Share; None where it stands for fewer than ten patients."""


@dataclass(frozen=True)
class Shift:
    """One column beside the training cohort."""

    part: Part
    name: str
    label: str
    patients: int
    """With a known value."""
    distance: Distance
    verdict: Verdict
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Missing:
    """How often a factor has no value."""

    name: str
    label: str
    then: float
    now: float
    moved: bool


@dataclass(frozen=True)
class Compared:
    """A scored cohort beside the training cohort."""

    patients: int
    abstained: int
    shifts: tuple[Shift, ...]
    missing: tuple[Missing, ...]

    def of(self, part: Part) -> tuple[Shift, ...]:
        """The shifts of one part, the largest first."""
        found = [shift for shift in self.shifts if shift.part == part]
        return tuple(sorted(found, key=lambda shift: -shift.distance.psi))

    @property
    def told(self) -> tuple[Shift, ...]:
        """Those that somebody should look at."""
        return tuple(shift for shift in self.shifts if shift.verdict in ("watch", "shifted"))


def compared(predictor: Predictor, answers: pd.DataFrame, inputs: pd.DataFrame | None) -> Compared:
    """Answers, and the factors that they were given for if `inputs` (a validated table) is there."""
    shifts = [*_of_answers(predictor, answers)]
    if inputs is not None:
        shifts += _of_inputs(predictor, inputs)
    return Compared(
        patients=len(answers),
        abstained=int((answers["status"] != "scored").sum()),
        shifts=tuple(shifts),
        missing=tuple(_missing(predictor, answers)),
    )


def _of_answers(predictor: Predictor, answers: pd.DataFrame) -> Iterator[Shift]:
    known = predictor.evidence.distributions
    labels = {"response_probability": "Probability of the outcome", "end_score": "End score"}
    for name, label in labels.items():
        if name in known and name in answers:
            yield _numbers("prediction", name, label, known[name], answers[name])
    for beginning, ending in (("contribution_", ""), ("score_contribution_", ", in points")):
        for family in predictor.families:
            name = f"{beginning}{family}"
            if name in known and name in answers:
                label = f"{predictor.codebook.families[family].label}{ending}"
                yield _numbers("family", name, label, known[name], answers[name])


def _of_inputs(predictor: Predictor, inputs: pd.DataFrame) -> Iterator[Shift]:
    for name in predictor.factors:
        factor, numbers = predictor.codebook.factors[name], predictor.evidence.distributions.get(name)
        if numbers is not None:
            yield _numbers("input", name, factor.label, numbers, inputs[name])
        elif predictor.profile[name].levels:
            yield _levels(predictor, name, inputs[name])


def _numbers(part: Part, name: str, label: str, then: Distribution, now: "pd.Series[float]") -> Shift:
    edges = [f"{edge:g}" for edge in then.edges]
    spans = (
        ["all"] if not edges else [f"up to {edges[0]}", *(f"up to {edge}" for edge in edges[1:]), f"over {edges[-1]}"]
    )
    values = np.asarray(now, dtype=np.float64)
    counts = then.counts(values)
    return _shift(part, name, label, spans, shares=then.shares, then=then.patients, counts=counts)


def _levels(predictor: Predictor, name: str, now: "pd.Series[float]") -> Shift:
    factor, known = predictor.codebook.factors[name], predictor.profile[name]
    shares = {**known.levels, OTHER: max(0.0, 1 - sum(known.levels.values()))}
    values = now.dropna()
    names = values.astype(str) if factor.kind == "category" else values.map({1.0: "true", 0.0: "false"})
    found = names.where(names.isin(list(known.levels)), OTHER).value_counts()
    counts = np.array([int(found.get(level, 0)) for level in shares])
    if shares[OTHER] < 0.005 and counts[-1] == 0:  # noqa: PLR2004 - shares are rounded to hundredths
        del shares[OTHER]
        counts = counts[:-1]
    then = round(predictor.evidence.cohort.patients * (1 - known.missing))
    labels = [factor.levels.get(level, level) for level in shares]
    return _shift("input", name, factor.label, labels, shares=tuple(shares.values()), then=then, counts=counts)


def _shift(
    part: Part, name: str, label: str, spans: list[str], *, shares: tuple[float, ...], then: int, counts: Counts
) -> Shift:
    apart, patients = distance(shares, then, counts), int(counts.sum())
    cells = tuple(
        Cell(span, share, None if 0 < count < SMALLEST_CELL else count / max(patients, 1))
        for span, share, count in zip(spans, shares, counts.tolist(), strict=True)
    )
    return Shift(part, name, label, patients, apart, apart.verdict(patients), cells)


def _missing(predictor: Predictor, answers: pd.DataFrame) -> Iterator[Missing]:
    counted = answers["missing"].fillna("").str.split(", ").explode().value_counts()
    now, then = len(answers), predictor.evidence.cohort.patients
    for name in predictor.factors:
        count, before = int(counted.get(name, 0)), predictor.profile[name].missing
        # One to nine of either side count as five, as in the profile.
        count = SMALLEST_CELL // 2 if 0 < count < SMALLEST_CELL else count
        share = count / now
        pooled = (count + before * then) / (now + then)
        error = np.sqrt(pooled * (1 - pooled) * (1 / now + 1 / then))
        moved = bool(now >= FEWEST and abs(share - before) > max(MISSING_MOVED, CRITICAL * error))
        yield Missing(name, predictor.codebook.factors[name].label, before, share, moved)
