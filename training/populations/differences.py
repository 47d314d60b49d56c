"""How those who were lost differ from completers at intake, in standard deviations."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from therapport.codebook import Audit, Factor, Landmark
from therapport.performance import SMALLEST_CELL
from therapport.predictor.populations import LostDifference
from training.design import Design

FloatArray = NDArray[np.float64]
DIGITS = 2


def differences(
    design: Design, lost: NDArray[np.int64], completers: NDArray[np.int64]
) -> tuple[tuple[LostDifference, ...], int]:
    """Standardised differences of the study's factors known at intake, and of attributes for audit, largest first.

    Numbers: the difference of means over the root of the mean variance; yes or no, and each level of a category, as 0
    and 1 (Austin 2009). Rows are those of the cohort. Also how many are hidden because fewer than ten people have, or
    lack, what would be told of.
    """
    shown: list[LostDifference] = []
    hidden = 0
    for name, label, values in _columns(design):
        of_lost, of_completers = (values[rows][~np.isnan(values[rows])] for rows in (lost, completers))
        if min(_smallest_cell(of_lost), _smallest_cell(of_completers)) < SMALLEST_CELL:
            hidden += 1
            continue
        found = standardised(of_lost, of_completers)
        if found is not None:
            shown.append(LostDifference(column=name, label=label, standardised=round(found, DIGITS)))
    return tuple(sorted(shown, key=lambda one: -abs(one.standardised))), hidden


def standardised(first: FloatArray, second: FloatArray) -> float | None:
    """Mean of the first less that of the second, over the root of their mean variance; None if neither varies."""
    spread = float(np.sqrt((first.var() + second.var()) / 2))
    return float(first.mean() - second.mean()) / spread if spread > 0 else None


def _columns(design: Design) -> Iterator[tuple[str, str, FloatArray]]:
    study, cohort = design.study, design.cohort.table
    factors = {name: study.codebook.factors[name] for name in study.factors}
    at_intake = {name: factor for name, factor in factors.items() if factor.known_at is Landmark.INTAKE}
    described: dict[str, Factor | Audit] = {**at_intake, **study.codebook.audit}
    for name, column in described.items():
        if name not in cohort:
            continue
        if column.kind != "category":
            yield name, column.label, cohort[name].to_numpy(dtype=np.float64)
            continue
        missing = cohort[name].isna().to_numpy(dtype=bool)
        # Of two levels one says it all.
        for code, label in list(column.levels.items())[len(column.levels) == 2 :]:  # noqa: PLR2004
            is_level = (cohort[name] == code).to_numpy(dtype=bool)
            yield name, f"{column.label}: {label}", np.where(missing, np.nan, is_level.astype(np.float64))


def _smallest_cell(values: FloatArray) -> int:
    """Patients; where there are two values only, the fewer of those who have either, if there are any."""
    distinct, counts = np.unique(values, return_counts=True)
    if set(distinct.tolist()) <= {0.0, 1.0} and len(distinct):
        return int(counts.min())
    return len(values)
