"""How reliable the instruments are, and scores with that error in them."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

Values = npt.NDArray[np.float64]

RELIABILITY: Mapping[str, float] = MappingProxyType(
    {
        "sev": 0.84,  # PHQ-9 retest, Kroenke 2001
        "react": 0.75,  # TRS: internal consistency, recalled
        "expect": 0.79,  # CEQ expectancy: internal consistency, recalled
        "ther": 0.80,  # FIS: an assumption
        "tech_adh": 0.70,  # an assumption
        "tech_comp": 0.60,  # CTS-R between raters, recalled
        "alli3": 0.90,  # WAI-SR internal consistency, recalled
        "resist3": 0.70,  # between raters: an assumption
        "engage": 0.75,  # a share reported by the patient: an assumption
        "direct": 0.70,  # an assumption
    }
)
"""Share of true variance in the scores of what is measured; what is not named is known without error."""


def reliabilities(error: float) -> dict[str, float]:
    """The same for instruments that have that share of their unreliability."""
    return {name: 1 - error * (1 - value) for name, value in RELIABILITY.items()}


def observed(
    latent: pd.DataFrame, *, error: float, drawn: Mapping[str, Values], generator: np.random.Generator
) -> pd.DataFrame:
    """Standardised scores: true value and error, still of unit variance; the same frame if there is no error.

    `drawn` has the standard normal errors that were drawn before: of severity, by which patients come into the cohort,
    and of the therapist's rating, which is the same for all patients of the therapist.
    """
    if error == 0:
        return latent
    scores = {}
    for name, share in reliabilities(error).items():
        if name in latent:
            noise = drawn[name] if name in drawn else generator.standard_normal(len(latent))
            scores[name] = np.sqrt(share) * latent[name] + np.sqrt(1 - share) * noise
    return latent.assign(**scores)
