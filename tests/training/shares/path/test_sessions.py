"""Within patients: own level taken out by what came before, right where symptoms feed back into alliance."""

import numpy as np
import pytest
from numpy.typing import NDArray

from training.shares.path import sessions

Floats = NDArray[np.float64]


def course(patients: int, seed: int, *, onto: float, back: float) -> tuple[Floats, Floats, Floats]:
    """Alliance, homework and symptoms of nine sessions, each about a level of the patient."""
    generator = np.random.default_rng(seed)
    level = generator.standard_normal((3, patients, 1)) * 2
    state = np.zeros((2, patients, 9))
    noise = generator.standard_normal((2, patients, 9))
    state[:, :, 0] = noise[:, :, 0]
    for session in range(1, 9):
        alliance, symptoms = state[:, :, session - 1]
        state[0, :, session] = 0.3 * alliance + back * symptoms + noise[0, :, session]
        state[1, :, session] = onto * alliance + 0.3 * symptoms + noise[1, :, session]
    homework = generator.standard_normal((patients, 9)) + level[2]
    return state[0] + level[0], homework, state[1] + level[1] + np.arange(9) / 3


def test_feedback_spoils_the_mean_of_all_sessions_and_not_the_own_past() -> None:
    alliance, homework, symptoms = course(3_000, 1, onto=0.0, back=-0.4)
    found = sessions.within(sessions.steps(alliance, [homework], symptoms), np.arange(3_000) // 10, draws=100, seed=1)
    assert found is not None
    assert found.total.low is not None
    assert found.total.high is not None
    assert found.total.low <= 0 <= found.total.high
    assert found.centred.low is not None
    assert found.centred.low > 0.01


def test_what_goes_from_session_to_session_is_found_and_homework_carries_none_of_it() -> None:
    alliance, homework, symptoms = course(3_000, 2, onto=-0.3, back=-0.2)
    found = sessions.within(sessions.steps(alliance, [homework], symptoms), np.arange(3_000) // 10, draws=100, seed=1)
    assert found is not None
    assert abs(found.total.value * found.points + 0.3) < 0.05
    assert abs(found.mediated.value) < 0.01
    assert found.direct.value + found.mediated.value == pytest.approx(found.total.value)


def test_a_step_takes_two_sessions_in_a_row_and_few_patients_give_nothing() -> None:
    alliance, homework, symptoms = course(40, 3, onto=0.0, back=0.0)
    symptoms[:, 4] = np.nan
    steps = sessions.steps(alliance, [homework], symptoms)
    assert set(steps.session.tolist()) == {1, 2, 6, 7}
    assert steps.explaining.shape == (len(steps.outcome), 4)
    assert sessions.within(steps, np.arange(40), draws=100, seed=1) is None
