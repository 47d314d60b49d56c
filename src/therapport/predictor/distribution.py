"""How values lay in the training cohort, in cells of ten patients or more: what monitoring compares with."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from therapport.performance import SMALLEST_CELL
from therapport.tomlfile import Strict

if TYPE_CHECKING:
    from therapport.cohort import Cohort
    from therapport.predictor.model import Predictor

CELLS = 10
DIGITS = 3
"""Of the places of cells, so that none is a patient's own value."""


class Distribution(Strict):
    """Shares of patients in cells from low to high."""

    edges: tuple[float, ...]
    """Where a cell ends and the next begins: a value at an edge belongs below it. One fewer than shares."""
    shares: tuple[float, ...]
    patients: int
    """Rounded down to tens."""

    def counts(self, values: NDArray[np.float64]) -> NDArray[np.int64]:
        """How many of other values lie in each cell; shape (cells,). NaN is left out."""
        known = values[np.isfinite(values)]
        return np.bincount(np.searchsorted(self.edges, known), minlength=len(self.shares))


def distribution(values: NDArray[np.float64]) -> Distribution | None:
    """About ten cells of equal size; None for fewer than twenty known values."""
    known = np.sort(values[np.isfinite(values)])
    if len(known) < 2 * SMALLEST_CELL:
        return None
    wanted = np.quantile(known, np.arange(1, CELLS) / CELLS)
    edges, ends = [], [0]
    for edge in dict.fromkeys(float(f"{value:.{DIGITS}g}") for value in wanted):
        end = int(np.searchsorted(known, edge, side="right"))
        if end - ends[-1] >= SMALLEST_CELL and len(known) - end >= SMALLEST_CELL:
            edges.append(edge)
            ends.append(end)
    counts = np.diff([*ends, len(known)])
    return Distribution(
        edges=tuple(edges),
        shares=tuple(round(float(count) / len(known), 3) for count in counts),
        patients=len(known) - len(known) % SMALLEST_CELL,
    )


def of_factors(predictor: "Predictor", table: pd.DataFrame) -> dict[str, Distribution]:
    """Of every factor that is a number, from a validated table."""
    factors = predictor.codebook.factors
    numbers = [name for name in predictor.factors if factors[name].kind in ("number", "integer")]
    return _known({name: table[name].to_numpy(dtype=np.float64) for name in numbers})


def of_answers(predictor: "Predictor", cohort: "Cohort") -> dict[str, Distribution]:
    """Of predictions and contributions of families, column by column."""
    answers = predictor.answer(cohort, check_rows=0)
    return _known({name: answers[name].to_numpy(dtype=np.float64) for name in monitored_columns(predictor)})


def monitored_columns(predictor: "Predictor") -> tuple[str, ...]:
    """The columns of answers that are compared."""
    wanted = {"response_probability", "end_score"}
    for family in predictor.families:
        wanted |= {f"contribution_{family}", f"score_contribution_{family}"}
    return tuple(name for name in predictor.answer_columns if name in wanted)


def _known(columns: Mapping[str, NDArray[np.float64]]) -> dict[str, Distribution]:
    found = {name: distribution(values) for name, values in columns.items()}
    return {name: one for name, one in found.items() if one is not None}
