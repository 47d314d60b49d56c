"""What a cohort holds for a study: Table 1, what is missing and in whom, how many groups, what is too small."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from therapport.cohort import shown
from therapport.performance import SMALLEST_CELL
from therapport.predictor import FactorProfile, profile
from training.design import Design, Target

FEW_GROUPS = 10
"""With fewer, intervals that draw whole groups are too narrow."""


@dataclass(frozen=True)
class FactorRow:
    """One factor of Table 1."""

    family: str
    label: str
    known_at: str
    summary: str
    missing: float
    missing_by_outcome: tuple[float, float] | None
    """Share without a value among those with and without the outcome; None where there is no binary outcome."""


@dataclass(frozen=True)
class HeldRow:
    """One repeated measure of the long table; counts below 10 are not told."""

    label: str
    measurements: str
    by_landmark: str
    """Of them, those known at the landmark."""
    episodes: str
    median: str
    """Measurements per episode, of the episodes with any."""


@dataclass(frozen=True)
class Inspection:
    """Everything that `check` reports; no count below 10."""

    title: str
    question: str
    """The title without the landmark."""
    simulated: bool
    setting: str
    patients: int
    rows: str
    """What a row of the cohort is: patients, or episodes."""
    groups: tuple[tuple[str, int, float], ...]
    """Grouping level, how many groups, and the median number of patients in one."""
    outcomes: tuple[str, ...]
    landmark: str
    at_risk: str
    """Who was still in treatment at it."""
    measurements: tuple[HeldRow, ...]
    """What the long table held; none without one."""
    factors: tuple[FactorRow, ...]
    concerns: tuple[str, ...]
    """What is too small or uneven, and what else a reader should know."""


def inspect(design: Design) -> Inspection:
    """Look through a design before anything is fitted."""
    study = design.study
    factors = tuple(_factors(design))
    return Inspection(
        title=study.title,
        question=study.table.title,
        simulated=study.codebook.simulated,
        setting=study.codebook.setting,
        patients=len(design.cohort.table),
        rows=study.rows,
        groups=tuple(
            (
                level,
                int(design.cohort.table[column].nunique()),
                float(design.cohort.table[column].value_counts().median()),
            )
            for level, column in study.codebook.groups.items()
        ),
        outcomes=tuple(_outcomes(design)),
        landmark=study.table.landmark.value,
        at_risk=design.at_risk.sentence(study),
        measurements=tuple(_measurements(design)),
        factors=factors,
        concerns=(*design.warnings, *_concerns(design)),
    )


def _outcomes(design: Design) -> Iterator[str]:
    study = design.study
    for target in design.targets:
        if target.kind == "binary" and study.outcome is not None:
            share = f"{target.outcome.mean():.0%} of {len(target.rows):,} patients"
            yield f"Outcome: {study.outcome.label} ({study.outcome.definition}): {share}. {study.outcome.denominator}"
        elif study.instrument is not None:
            yield (
                f"End score: {study.instrument.label}, mean {target.outcome.mean():.1f}, "
                f"standard deviation {target.outcome.std(ddof=1):.1f}, {len(target.rows):,} patients"
            )


def _measurements(design: Design) -> Iterator[HeldRow]:
    if design.cohort.held is None:
        return
    for one in design.cohort.held.measures:
        few = one.episodes < SMALLEST_CELL
        yield HeldRow(
            label=one.label,
            measurements=shown(one.measurements),
            by_landmark=shown(one.by_landmark),
            episodes=_of_all(one.episodes, len(design.cohort.table)),
            median="-" if few else f"{one.median:g}",
        )


def _of_all(episodes: int, every: int) -> str:
    # What is lacking to all of them would tell of fewer than ten, too; so would those whom the cohort leaves out.
    return f"all but fewer than {SMALLEST_CELL}" if 0 < abs(every - episodes) < SMALLEST_CELL else shown(episodes)


def _factors(design: Design) -> Iterator[FactorRow]:
    study = design.study
    known = profile(design.cohort.table, study.codebook, study.factors)
    binary = next((target for target in design.targets if target.kind == "binary"), None)
    for family, members in study.codebook.families_of(study.factors).items():
        for name in members:
            factor = study.codebook.factors[name]
            yield FactorRow(
                family=study.codebook.families[family].label,
                label=factor.label,
                # A summary of measurements is as of the landmark, whenever it first exists.
                known_at=(factor.known_at if factor.repeated_measure is None else study.table.landmark).value,
                summary=_summary(known[name], factor.levels),
                missing=known[name].missing,
                missing_by_outcome=None if binary is None else _missing(design, name, binary),
            )


def _missing(design: Design, name: str, binary: Target) -> tuple[float, float] | None:
    absent = np.isnan(binary.matrix[:, design.study.factors.index(name)])
    reached, total = int(binary.outcome.sum()), len(binary.outcome)
    with_outcome = int(binary.outcome @ absent)
    without_outcome = int(absent.sum()) - with_outcome
    # Few missing values in one of the two would point at people.
    if any(0 < count < SMALLEST_CELL for count in (with_outcome, without_outcome)):
        return None
    return with_outcome / reached, without_outcome / (total - reached)


def _summary(known: FactorProfile, levels: dict[str, str]) -> str:
    if known.levels:
        return "; ".join(f"{levels.get(level, level)} {share:.0%}" for level, share in known.levels.items())
    if known.median is None:
        return "too few values to show"
    return f"{known.median:.3g} ({known.quartile_1:.3g} to {known.quartile_3:.3g})"


def _concerns(design: Design) -> Iterator[str]:
    study = design.study
    level = study.table.validation.group
    if level != "patient":
        groups = len(np.unique(design.targets[0].cluster))
        if groups < FEW_GROUPS:
            yield f"Only {groups} {level}s: with so few, intervals that draw whole groups are too narrow."
