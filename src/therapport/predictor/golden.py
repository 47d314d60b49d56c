"""Golden rows: the answers that a predictor gave to its prototype patients when it was made."""

from typing import TYPE_CHECKING

import numpy as np

from therapport.predictor.prototypes import prototypes

if TYPE_CHECKING:
    from therapport.predictor.model import Predictor

TOLERANCE = 1e-6
"""Linear algebra and single-precision trees differ by less between machines."""


def golden(predictor: "Predictor") -> dict[str, tuple[float, ...]]:
    """Column -> the answers to the prototypes; patients for whom the predictor abstains are left out."""
    answers = predictor.answer(prototypes(predictor))
    columns = [name for name in ("log_odds", "end_score") if name in answers]
    return {name: tuple(answers[name].dropna().tolist()) for name in columns}


def reproduces_golden(predictor: "Predictor") -> bool:
    """Whether the predictor still answers as when it was made."""
    now, then = golden(predictor), predictor.evidence.golden
    return now.keys() == then.keys() and all(
        len(now[name]) == len(then[name]) and np.allclose(now[name], then[name], rtol=TOLERANCE, atol=TOLERANCE)
        for name in now
    )
