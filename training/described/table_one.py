"""Table 1: the factors of a cohort in everyone and by outcome, with standardised mean differences."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from therapport.codebook import Factor
from therapport.performance import SMALLEST_CELL
from therapport.predictor.described import KNOWN, MISSING, CohortTable, Column, ColumnKey, Described, Values
from training.described.withheld import shown
from training.design import Design

FEWEST = 2 * SMALLEST_CELL
"""Known values below which a number is not described, and patients below which an outcome has no column."""
Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]


def table_one(design: Design) -> CohortTable:
    """Every factor of the study, in the order of its families."""
    study, table = design.study, design.cohort.table
    columns, compared = _columns(design)
    names = [name for members in study.codebook.families_of(study.factors).values() for name in members]
    return CohortTable(
        columns=tuple(Column(key=key, patients=int(members.sum())) for key, members in columns.items()),
        factors=tuple(
            _described(name, study.codebook.factors[name], table[name], list(columns.values()), compared)
            for name in names
        ),
    )


def _columns(design: Design) -> tuple[dict[ColumnKey, Mask], tuple[Mask, Mask] | None]:
    """The columns, and the two sides of the standardised difference."""
    target = design.targets[0]
    everyone = np.ones(len(design.cohort.table), dtype=bool)
    known = np.zeros(len(everyone), dtype=bool)
    known[target.rows] = True
    unknown = ~known
    if target.kind == "score":
        sides = (known, unknown)
        columns: dict[ColumnKey, Mask] = {"all": everyone, "known": known, "unknown": unknown}
    else:
        reached = np.zeros(len(everyone), dtype=bool)
        reached[target.rows] = target.outcome == 1
        sides = (reached, known & ~reached)
        columns = {"all": everyone, "with": reached, "without": known & ~reached}
        if unknown.any():
            columns["unknown"] = unknown
    if min(side.sum() for side in sides) < FEWEST:
        return {"all": everyone}, None
    return columns, sides


def _described(
    name: str, factor: Factor, values: "pd.Series[float]", columns: list[Mask], compared: tuple[Mask, Mask] | None
) -> Described:
    parts = _parts(factor, values)
    counts = np.array([[int((part & members).sum()) for members in columns] for part in parts.values()])
    is_number = factor.kind in ("number", "integer")
    return Described(
        name=name,
        counts=dict(zip(parts, shown(counts), strict=True)),
        values=_values(np.asarray(values, dtype=np.float64), columns) if is_number else (),
        difference=None if compared is None else _difference(parts, values, compared, is_number=is_number),
    )


def _parts(factor: Factor, values: "pd.Series[float]") -> dict[str, Mask]:
    """Part of the factor -> who is in it: levels or all known values, then those without a value."""
    absent = values.isna().to_numpy()
    if factor.kind == "category":
        levels = {level: (values == level).to_numpy(dtype=bool) for level in factor.levels}
    elif factor.kind == "boolean":
        levels = {word: (values == value).to_numpy(dtype=bool) for word, value in (("true", 1.0), ("false", 0.0))}
    else:
        levels = {KNOWN: ~absent}
    return {**levels, MISSING: absent}


def _values(values: Floats, columns: list[Mask]) -> tuple[Values | None, ...]:
    known = [values[members & ~np.isnan(values)] for members in columns]
    # Where one group has too few values, everyone's mean less those of the others would tell theirs.
    enough = all(len(one) >= FEWEST or len(one) == 0 for one in known[1:])
    return tuple(
        _summary(one) if len(one) >= FEWEST and (column == 0 or enough) else None for column, one in enumerate(known)
    )


def _summary(values: Floats) -> Values:
    first, middle, third = np.quantile(values, [0.25, 0.5, 0.75])
    figures = {
        "mean": values.mean(),
        "deviation": values.std(ddof=1),
        "median": middle,
        "quartile_1": first,
        "quartile_3": third,
    }
    return Values(**{key: float(f"{value:.4g}") for key, value in figures.items()})


def _difference(
    parts: dict[str, Mask], values: "pd.Series[float]", sides: tuple[Mask, Mask], *, is_number: bool
) -> float | None:
    """Of means in pooled deviations, or of shares after Yang and Dalton (2012); among known values."""
    known = [side & ~parts[MISSING] for side in sides]
    if min(side.sum() for side in known) < FEWEST:
        return None
    if is_number:
        numbers = values.to_numpy(dtype=np.float64)
        one, other = (numbers[side] for side in known)
        squared = (one.mean() - other.mean()) ** 2
        pooled = (one.var(ddof=1) + other.var(ddof=1)) / 2
        return None if pooled == 0 else round(float(np.sqrt(squared / pooled)), 2)
    # All levels but the first: the last share follows from the others.
    levels = [part for name, part in parts.items() if name != MISSING][1:]
    shares = [np.array([part[side].mean() for part in levels]) for side in known]
    covariance = sum(np.diag(share) - np.outer(share, share) for share in shares) / 2
    apart = shares[0] - shares[1]
    return round(float(np.sqrt(max(0.0, apart @ np.linalg.pinv(covariance) @ apart))), 2)
