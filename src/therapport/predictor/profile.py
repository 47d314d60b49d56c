"""What the training cohort looked like, factor by factor, coarse enough that no patient shows."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pydantic import Field

from therapport.codebook import Codebook
from therapport.performance import SMALLEST_CELL
from therapport.tomlfile import Strict

FENCE = 1.5


class FactorProfile(Strict):
    """Quantiles of a number, or how common the levels of a category are."""

    missing: float
    """Share of patients without a value; one to nine patients, with or without, count as five."""
    usual_low: float | None = None
    """What hardly anyone is below: ten patients at most, or 1.5 interquartile ranges; never one patient's extreme."""
    quartile_1: float | None = None
    median: float | None = None
    quartile_3: float | None = None
    usual_high: float | None = None
    levels: dict[str, float] = Field(default_factory=dict)
    """Level -> share, rounded, for levels with at least 10 patients; those left out count as five if they are fewer."""

    @property
    def most_common(self) -> str | None:
        """The level that most patients have."""
        return max(self.levels, key=lambda level: self.levels[level], default=None)


def profile(table: pd.DataFrame, codebook: Codebook, factors: Sequence[str]) -> dict[str, FactorProfile]:
    """The profile of each factor named, from a validated table."""
    return {name: _of_one(table[name], kind=codebook.factors[name].kind) for name in factors}


def _of_one(values: "pd.Series[float]", *, kind: str) -> FactorProfile:
    known = values.dropna()
    absent, present = _blurred(len(values) - len(known)), _blurred(len(known))
    missing = round(absent / max(1, absent + present), 4)
    if kind in ("category", "boolean"):
        names = known if kind == "category" else known.map({1.0: "true", 0.0: "false"})
        common = {str(level): int(count) for level, count in names.value_counts().items() if count >= SMALLEST_CELL}
        # Shares that add up to all but three patients would tell of these three.
        whole = sum(common.values()) + _blurred(len(known) - sum(common.values()))
        return FactorProfile(missing=missing, levels={level: round(n / whole, 2) for level, n in common.items()})
    if len(known) < 2 * SMALLEST_CELL:
        return FactorProfile(missing=missing)
    ordered = np.sort(known.to_numpy(dtype=np.float64))
    first, middle, third = np.quantile(ordered, [0.25, 0.5, 0.75])
    return FactorProfile(
        missing=missing,
        # In a small cohort the tenth from the end is no extreme at all: the fences of a box plot (Tukey 1977) are.
        usual_low=min(float(ordered[SMALLEST_CELL - 1]), float(first - FENCE * (third - first))),
        quartile_1=float(first),
        median=float(middle),
        quartile_3=float(third),
        usual_high=max(float(ordered[-SMALLEST_CELL]), float(third + FENCE * (third - first))),
    )


def _blurred(count: int) -> int:
    return SMALLEST_CELL // 2 if 0 < count < SMALLEST_CELL else count
