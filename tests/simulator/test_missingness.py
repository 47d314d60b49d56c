import numpy as np
import pytest

from therapport import simulator
from therapport.simulator import Simulated, missingness


def made(missing: float = 0.1, **parameters: float) -> Simulated:
    return simulator.simulate(
        patients=40_000, therapists=400, missing=missing, parameters={"caseness": False, **parameters}
    )


@pytest.mark.parametrize("slopes", [{}, {"missing_by_severity": 0.5}, {"missing_by_value": 0.5}])
def test_the_share_that_is_missing_is_the_one_asked_for_whatever_it_depends_on(slopes: dict[str, float]) -> None:
    lost = made(0.1, **slopes).cohort[list(missingness.CAN_BE_MISSING)].isna().mean()
    assert lost.to_numpy() == pytest.approx(np.full(6, 0.1), abs=0.01)


def test_missing_at_random_goes_with_severity_and_with_nothing_else() -> None:
    found = made(missing_by_severity=0.5)
    lost = found.cohort["alliance"].isna()
    assert found.latent["sev"][lost].mean() > 0.3
    # Alliance itself is lower by its correlation with severity only.
    assert found.latent["alli3"][lost].mean() == pytest.approx(-0.08 * found.latent["sev"][lost].mean(), abs=0.05)


@pytest.mark.parametrize(
    ("column", "latent", "sign"), [("alliance", "alli3", -1), ("observed_resistance", "resist3", 1)]
)
def test_missing_not_at_random_hides_what_went_badly(column: str, latent: str, sign: int) -> None:
    found = made(missing_by_value=0.5)
    assert sign * found.latent[latent][found.cohort[column].isna()].mean() > 0.4


def test_the_share_who_leave_is_the_one_asked_for_and_their_end_is_unknown() -> None:
    found = made(dropout=0.2)
    left = found.cohort["dropped_out"]
    assert left.mean() == pytest.approx(0.2, abs=0.01)
    assert (found.cohort["phq9_end"].isna() == left).all()
    guided = found.cohort["delivery_mode"] == "guided"
    assert left[~guided].mean() - left[guided].mean() > 0.1
    assert found.latent["alli3"][left].mean() < -0.2
    # By alliance and engagement alone, who leaves would have ended a little worse.
    assert 0.1 < found.latent["y"][left].mean() < 0.3


def test_leaving_can_depend_on_the_end_itself() -> None:
    found = made(dropout=0.2, dropout_by_outcome=0.6)
    assert found.cohort["dropped_out"].mean() == pytest.approx(0.2, abs=0.01)
    assert found.latent["y"][found.cohort["dropped_out"]].mean() > 0.5
