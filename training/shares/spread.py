"""Item 7 of the debate: how much each factor varies, and how reliably it was measured.

Variance explained among the treated is not the effect of treatment: what everybody got in the same dose explains
nothing of who does better, however much it helps. So shares stand beside the variation that they rest on.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from therapport import instruments
from therapport.codebook import Factor
from therapport.performance import SMALLEST_CELL
from training.design import Design, Target
from training.shares.results import FactorSpread, FamilySpread

FloatArray = NDArray[np.float64]
LITTLE = 0.1
"""Standard deviation as a share of the range: a sixth is a scale that is used from end to end."""
OF_SCALES = ("points", "share", "mean", "score", "percent", "%")
"""Units whose range is a scale; that of months or counts only says what is plausible."""
NEARLY_ALL, CROWDED = 0.8, 0.4
"""Shares of patients with one value, and at one end of a scale: years or counts may well begin at none."""
OVER_SESSIONS = "alpha over the sessions of this cohort"


def spread(design: Design, target: Target, alphas: Mapping[str, float]) -> dict[str, FamilySpread]:
    """Family -> its factors; `alphas` are those found in the cohort's own sessions, factor -> reliability."""
    families = design.study.codebook.families_of(design.study.factors)
    return {
        family: FamilySpread(factors=tuple(_factor(design, target, name, alphas) for name in members))
        for family, members in families.items()
    }


def _factor(design: Design, target: Target, name: str, alphas: Mapping[str, float]) -> FactorSpread:
    factor = design.study.codebook.factors[name]
    values = target.matrix[:, design.study.factors.index(name)]
    known = values[~np.isnan(values)]
    missing = 1 - len(known) / len(values)
    # One to nine people without a value, or with one, are not told.
    missing = missing if missing * len(values) >= SMALLEST_CELL else 0.0
    reliability, source = _reliability(design, name, factor, alphas)
    shared: dict[str, Any] = {
        "factor": name,
        "label": factor.label,
        "missing": missing,
        "reliability": reliability,
        "reliability_source": source,
    }
    if len(known) < SMALLEST_CELL:
        return FactorSpread(**shared, narrow=True)
    at_mode = _told(float(np.unique(known, return_counts=True)[1].max() / len(known)), len(known))
    if factor.range is None or factor.kind in ("category", "boolean"):
        return FactorSpread(**shared, at_mode=at_mode, narrow=at_mode >= NEARLY_ALL)
    lowest, highest = factor.range
    at_end = _told(max(float((known <= lowest).mean()), float((known >= highest).mean())), len(known))
    sd = float(known.std(ddof=1))
    of_range = sd / (highest - lowest)
    return FactorSpread(
        **shared,
        sd=sd,
        of_range=of_range,
        at_mode=at_mode,
        at_end=at_end,
        narrow=(_is_scale(factor) and (of_range < LITTLE or at_end >= CROWDED)) or at_mode >= NEARLY_ALL,
    )


def _is_scale(factor: Factor) -> bool:
    return factor.summary not in ("change", "slope", "count") and (
        factor.instrument is not None or factor.unit.lower().startswith(OF_SCALES)
    )


def _told(share: float, patients: int) -> float:
    """Shares that would tell of fewer than ten people, with the value or without it, are moved to 0 or 1."""
    if share * patients < SMALLEST_CELL:
        return 0.0
    return 1.0 if (1 - share) * patients < SMALLEST_CELL else share


def _reliability(design: Design, name: str, factor: Factor, alphas: Mapping[str, float]) -> tuple[float | None, str]:
    """What the codebook says, else what is published of the instrument, else what this cohort's sessions say."""
    if factor.reliability is not None:
        return factor.reliability, "codebook"
    if factor.instrument is not None:
        instrument = instruments.instrument(factor.instrument, design.study.codebook.instruments)
        # A change or a slope is not as reliable as the scores that it is made of.
        if instrument.reliability and factor.summary in (None, "last", "first", "mean"):
            first = instrument.reliability[0]
            return first.value, f"{instrument.label}, {first.kind} ({first.certainty})"
    if name in alphas:
        return alphas[name], OVER_SESSIONS
    return None, "not known"
