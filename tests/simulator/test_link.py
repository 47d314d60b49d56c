import numpy as np
import pytest
from scipy import special

from therapport.simulator.layers import Layers
from therapport.simulator.truth import link


@pytest.mark.parametrize("layers", [Layers(), Layers(whole_numbers=False), Layers(floors_and_ceilings=False)])
@pytest.mark.parametrize("mean", [-1.6, 0.0, 2.4])
def test_the_expected_end_score_is_the_mean_of_recorded_ones(layers: Layers, mean: float) -> None:
    # 9.4 + 6.4 y, rounded, from 0 to 27
    points = 9.4 + 6.4 * (mean + 0.8 * np.random.default_rng(1).standard_normal(1_000_000))
    if layers.whole_numbers:
        points = points.round()
    if layers.floors_and_ceilings:
        points = points.clip(0, 27)
    expected = link.expected_end_score(np.array([mean]), 0.8, layers)
    assert expected.item() == pytest.approx(points.mean(), abs=0.03)


@pytest.mark.parametrize("response", ["reliable_improvement", "recovery", "half_drop"])
@pytest.mark.parametrize("whole", [True, False])
def test_a_border_parts_those_who_respond(response: str, whole: bool) -> None:
    standardised = np.random.default_rng(2).standard_normal(10_000)
    before = np.random.default_rng(3).integers(10, 28, 10_000).astype(float)
    after = 9.4 + 6.4 * standardised
    after = (after.round() if whole else after).clip(0, 27)
    if response == "half_drop" and not whole:
        before = 2 * np.floor(before / 2)
    found = standardised < link.borders(response, before, Layers(whole_numbers=whole))
    happened = {
        "reliable_improvement": before - after >= 6,
        "recovery": after < 10,
        "half_drop": after <= before / 2,
    }
    np.testing.assert_array_equal(found, happened[response])


def test_an_improvement_below_the_floor_is_out_of_reach() -> None:
    assert link.borders("reliable_improvement", np.array([5.0]), Layers()).item() == link.NEVER


def test_log_odds_are_those_of_the_probability() -> None:
    index = np.array([-3.0, 0.0, 1.5])
    np.testing.assert_allclose(link.log_odds(index), special.logit(special.ndtr(index)), rtol=1e-9)
