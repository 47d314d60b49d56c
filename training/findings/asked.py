"""All checks of a study: those of its cohort before anything is fitted, those of its figures afterwards."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from therapport.codebook import Landmark
from therapport.features import FactorMatrix
from therapport.performance import SMALLEST_CELL
from training.findings import figures, leaks, sizes
from training.findings.codes import Finding
from training.findings.figures import straddling

if TYPE_CHECKING:
    from training.design import Target
    from training.evaluation import Evaluation
    from training.study import Study

UNEVEN = 0.1
"""Missing so much more often in one outcome than in the other is worth a sentence."""


def of_cohort(
    study: "Study", table: pd.DataFrame, matrix: FactorMatrix, targets: Sequence["Target"]
) -> Iterator[Finding]:
    """What the cohort's own values give away, and what it is too small for; `matrix` has the factors of all rows."""
    yield from _late(study)
    yield from leaks.identifiers(matrix, study.factors, study.codebook)
    by_kind = {target.kind: _filled(target, len(table)) for target in targets}
    last = study.table.outcome.after
    yield from leaks.outcomes_in_disguise(
        matrix,
        study.factors,
        first=matrix[:, study.factors.index(study.table.severity)],
        last=None if last is None else table[last].to_numpy(),
        event=by_kind.get("binary"),
    )
    for target in targets:
        share = float(target.outcome.mean()) if target.kind == "binary" else None
        found = sizes.small_sample(len(target.rows), parameters(study), share)
        if found is not None:
            yield found
    yield from _rare_levels(study, table)
    for target in targets:
        if target.kind == "binary":
            yield from _uneven(study, target)


def of_figures(study: "Study", evaluations: Sequence["Evaluation"]) -> Iterator[Finding]:
    """What is too good to be true, and whether the folds held."""
    for evaluation in evaluations:
        yield from straddling(evaluation.straddling, study.table.validation.group)
        yield from _too_good(study, evaluation)


def _too_good(study: "Study", evaluation: "Evaluation") -> Iterator[Finding]:
    from training.findings import suspects  # noqa: PLC0415 - it fits, and what fits rests on these checks

    comparison, landmark = evaluation.comparison, study.table.landmark
    found = figures.too_good(comparison, landmark)
    if found is None:
        return
    simplest = next(iter(found.begins))
    rests_on = suspects.suspects(evaluation, simplest, found.metric, found.limit)
    words = suspects.in_words(rests_on, found.metric, comparison.candidates[simplest].label)
    yield Finding("too-good", figures.in_words(found, comparison, landmark, words))


def parameters(study: "Study") -> int:
    """Of a regression on all factors: a category has one less than its levels."""
    levels = [len(study.codebook.factors[name].levels) for name in study.factors]
    return sum(max(1, count - 1) for count in levels)


def _late(study: "Study") -> Iterator[Finding]:
    landmark: Landmark = study.table.landmark
    for name in study.factors:
        known_at = study.codebook.factors[name].known_at
        if not known_at.is_known_by(landmark):
            yield Finding("late-factor", f"{name} is known only at {known_at.value}, after {landmark.value}.")


def _rare_levels(study: "Study", table: pd.DataFrame) -> Iterator[Finding]:
    for name in study.factors:
        factor = study.codebook.factors[name]
        counts = table[name].value_counts() if factor.levels else pd.Series(dtype=int)
        rare = [label for code, label in factor.levels.items() if counts.get(code, 0) < SMALLEST_CELL]
        if rare:
            yield Finding(
                "small-subgroup", f"{factor.label}: fewer than {SMALLEST_CELL} patients in {', '.join(rare)}."
            )


def _uneven(study: "Study", target: "Target") -> Iterator[Finding]:
    reached = target.outcome == 1
    for place, name in enumerate(study.factors):
        absent = np.isnan(target.matrix[:, place])
        counts = [int(absent[reached].sum()), int(absent[~reached].sum())]
        # Few missing values in one of the two would point at people.
        if any(0 < count < SMALLEST_CELL for count in counts):
            continue
        shares = counts[0] / reached.sum(), counts[1] / (~reached).sum()
        if abs(shares[0] - shares[1]) > UNEVEN:
            yield Finding(
                "uneven-missing",
                f"{study.codebook.factors[name].label}: missing in {shares[0]:.0%} of those with the outcome, "
                f"{shares[1]:.0%} of the others.",
            )


def _filled(target: "Target", patients: int) -> np.ndarray:
    outcome = np.full(patients, np.nan)
    outcome[target.rows] = target.outcome
    return outcome
