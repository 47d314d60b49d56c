import math

import numpy as np
import pytest

from therapport.simulator import covariance, effects, path_model
from therapport.simulator.covariance import Covariance
from therapport.simulator.design import Design, design
from therapport.simulator.effects import Effect, Gate, Product

NAMES = ("a", "b")
POPULATION = Covariance(NAMES, np.array([[1.0, 0.3], [0.3, 1.0]]))
SPREAD = Covariance(NAMES, np.array([[0.5, 0.2], [0.2, 0.4]]))


def asked(**parameters: float) -> Design:
    return design(patients=10, therapists=1, sites=1, seed=1, missing=0, parameters=parameters)


@pytest.mark.parametrize("effect", [Product("", "a", "b", 0.7), Gate("", "a", "b", 0.7)])
@pytest.mark.parametrize("mean", [(0.0, 0.0), (0.8, -0.6), (-1.5, 1.1)])
def test_the_expectation_of_an_effect_is_its_mean_over_what_is_uncertain(
    effect: Effect, mean: tuple[float, float]
) -> None:
    generator = np.random.default_rng(1)
    draws = generator.multivariate_normal(mean, SPREAD.values, size=400_000)
    everyone = generator.multivariate_normal((0, 0), POPULATION.values, size=400_000)

    def value(rows: np.ndarray) -> float:
        other = rows[:, 1] if isinstance(effect, Product) else rows[:, 1] < 0
        return float((rows[:, 0] * other).mean())

    expected = effect.expected(dict(zip(NAMES, np.array(mean)[:, None], strict=True)), SPREAD, POPULATION)
    assert expected.item() == pytest.approx(0.7 * (value(draws) - value(everyone)), abs=0.006)


def test_a_gate_that_is_known_for_sure_is_open_or_shut() -> None:
    gate, sure = Gate("", "a", "b", 2.0), covariance.none(NAMES)
    # The mean in the population is -.3 / sqrt(2 pi) = -.119683
    for other, expected in ((-0.1, 2 * (1.5 + 0.119683)), (0.1, 2 * 0.119683)):
        found = gate.expected({"a": np.array([1.5]), "b": np.array([other])}, sure, POPULATION)
        assert found.item() == pytest.approx(expected, abs=1e-5)


def test_d_becomes_the_correlation_that_goes_with_it() -> None:
    (effect,) = effects.effects(asked(reactance_by_directiveness=0.8))
    assert effect.size == pytest.approx(0.8 / math.sqrt(4.64))


def test_the_noise_makes_room_for_interactions() -> None:
    linear = path_model.noise_sd()["y"]
    assert effects.noise_sd(asked()) == linear
    # Independent standard normal variables have a product of variance 1, uncorrelated with both.
    size = 0.8 / math.sqrt(4.64)
    assert effects.noise_sd(asked(reactance_by_directiveness=0.8)) ** 2 == pytest.approx(linear**2 - size**2, abs=0.005)
    # Guidance is 1 or -1 and independent of severity.
    assert effects.noise_sd(asked(guided_by_severity=0.2)) ** 2 == pytest.approx(linear**2 - 0.04, abs=0.005)
