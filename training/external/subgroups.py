"""Figures in the patients of each level of a category or a yes-or-no factor."""

import numpy as np
import pandas as pd

from therapport.performance import Estimate
from training.design import Design
from training.external import sites
from training.external.frozen import Answered

FLAGS = {1.0: "yes", 0.0: "no"}


def by_level(design: Design, answered: Answered) -> dict[str, dict[str, Estimate]]:
    """'factor: level' -> figures, where the level has enough patients to tell; other levels are left out."""
    found = {}
    for name, factor in design.study.codebook.factors.items():
        if factor.kind not in ("category", "boolean") or name not in design.cohort.table:
            continue
        column = pd.Series(design.cohort.table[name].to_numpy()[answered.rows])
        for level in column.dropna().unique():
            places = np.flatnonzero(column == level)
            if sites.is_large(answered, places) and len(places) < len(column):
                said = factor.levels.get(str(level), str(level)) if factor.kind == "category" else FLAGS[float(level)]
                found[f"{factor.label}: {said}"] = sites.of_patients(design, answered, places)
    return found
