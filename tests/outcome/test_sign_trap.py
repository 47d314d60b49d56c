"""Severity speaks for one outcome and against another: shown on 20,000 simulated patients, all at caseness.

The design expects +.26 with reliable improvement, -.30 with recovery and -.02 with a 50 % drop, and base rates of
57, 46, 39 (reliable recovery) and 40 %. Rounding to whole points and the ends of the scale take .01 off.
"""

import numpy as np
import pytest

from therapport import instruments, simulator
from therapport.outcome import FloatArray, Outcome, Response

Scores = tuple[FloatArray, FloatArray]


@pytest.fixture(scope="module")
def scores() -> Scores:
    cohort = simulator.simulate(patients=20_000, therapists=400, sites=8, missing=0, seed=1).cohort
    return cohort["phq9_intake"].to_numpy(np.float64), cohort["phq9_end"].to_numpy(np.float64)


@pytest.mark.parametrize(
    ("response", "correlation", "base_rate"),
    [
        (Response.RELIABLE_IMPROVEMENT, 0.26, 0.57),
        (Response.RECOVERY, -0.30, 0.46),
        (Response.HALF_DROP, -0.02, 0.40),
        # Not in the design; what the same simulated patients give.
        (Response.CLINICALLY_SIGNIFICANT_CHANGE, -0.14, 0.39),
        (Response.REMISSION, -0.24, 0.18),
        (Response.RELIABLE_DETERIORATION, -0.10, 0.02),
    ],
)
def test_severity_changes_its_sign_with_the_outcome(
    scores: Scores, response: Response, correlation: float, base_rate: float
) -> None:
    before, after = scores
    happened = Outcome(response, instruments.instrument("phq9")).of(before, after)
    assert not np.isnan(happened).any()
    assert np.corrcoef(before, happened)[0, 1] == pytest.approx(correlation, abs=0.015)
    assert happened.mean() == pytest.approx(base_rate, abs=0.01)


def test_the_change_in_points_goes_with_severity(scores: Scores) -> None:
    before, after = scores
    assert np.corrcoef(before, before - after)[0, 1] == pytest.approx(0.36, abs=0.015)
