"""Every candidate beside every baseline: paired differences with both kinds of interval."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from therapport import performance
from therapport.models import BASELINES
from therapport.performance import Loss, OutOfFold
from therapport.predictor.evidence import Difference


def differences(
    predictions: Mapping[str, OutOfFold], weights: NDArray[np.float64], *, loss: Loss
) -> dict[str, dict[str, Difference]]:
    """Candidate -> baseline -> loss of the candidate minus that of the baseline: below zero, it is better."""
    drawn = performance.paired_differences(predictions, BASELINES, weights, loss=loss)
    return {
        name: {base: _both(predictions[name], predictions[base], one, loss) for base, one in beside.items()}
        for name, beside in drawn.items()
    }


def _both(a: OutOfFold, b: OutOfFold, drawn: performance.Estimate, loss: Loss) -> Difference:
    corrected = performance.corrected_difference(a, b, loss=loss)
    return Difference(
        value=drawn.value,
        low=drawn.low,
        high=drawn.high,
        corrected_low=corrected.low,
        corrected_high=corrected.high,
        p_value=corrected.p_value,
    )
