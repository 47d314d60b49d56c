"""The scores of a study's instrument at intake and at each session (or week) after it, of those at risk."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from therapport import instruments
from therapport.codebook import Codebook, Landmark
from therapport.cohort.measurements.scores import scores
from therapport.instruments import Instrument

if TYPE_CHECKING:
    from training.design import Design
    from training.study import Study

FloatArray = NDArray[np.float64]
MOST_MOMENTS = 52
"""Later ones are not drawn: hardly anybody is left by then."""


@dataclass(frozen=True)
class Measured:
    """Arrays start with (patients,), in the order of the design's cohort."""

    unit: Literal["session", "week"]
    factor: str
    """That holds the score at intake."""
    intake: FloatArray
    scores: FloatArray
    """Shape (patients, MOST_MOMENTS): at moment 1, 2, …; NaN where nothing was measured."""


def measured(design: "Design", instrument: Instrument) -> Measured | None:
    """None without a long table with this instrument, or without its score at intake among the factors.

    Raises CohortError with every problem of the long table.
    """
    study, cohort = design.study, design.cohort
    codebook, factor = study.codebook, intake_factor(study, instrument)
    if study.measurements is None or factor is None:
        return None
    named = codes(codebook, instrument)
    measures = [name for name, one in codebook.repeated_measures.items() if one.instrument in named]
    found = scores(study.measurements, codebook, cohort.table[codebook.id].astype(str), measures, cohort.start)
    if found is None:
        return None
    wide = np.full((len(cohort.table), MOST_MOMENTS), np.nan)
    later = (found.when >= 1) & (found.when <= MOST_MOMENTS)
    wide[found.episode[later], found.when[later] - 1] = found.value[later]
    intake = cohort.table[factor].to_numpy(dtype=np.float64).copy()
    if codebook.factors[factor].repeated_measure is not None:
        # The first score of who was not measured at intake is one of the way.
        began = np.zeros(len(intake), dtype=np.bool_)
        began[found.episode[found.when == 0]] = True
        intake[~began] = np.nan
    return Measured(found.unit, factor, intake, wide)


def intake_factor(study: "Study", instrument: Instrument) -> str | None:
    """The factor that is the instrument's score at intake: the severity if it is one, else the first."""
    named, known = codes(study.codebook, instrument), study.codebook.factors
    found = [
        name
        for name in study.factors
        if known[name].instrument in named
        and known[name].known_at is Landmark.INTAKE
        and known[name].kind in ("number", "integer")
        # The last score up to the landmark, or a mean, would hold something of the way.
        and (known[name].repeated_measure is None or known[name].summary == "first")
    ]
    severity = study.table.severity
    return severity if severity in found else next(iter(found), None)


def codes(codebook: Codebook, instrument: Instrument) -> set[str]:
    """Every name that the codebook may give the instrument."""
    every = {**instruments.all_instruments(), **codebook.instruments}
    return {code for code, one in every.items() if one.label == instrument.label}
