import numpy as np
import pytest
from scipy import stats

from therapport.codebook import Landmark
from therapport.simulator import measures
from therapport.simulator.design import design
from therapport.simulator.latent import population
from therapport.simulator.scales import DecileFromTheTop, Lognormal, Normal, Scale
from therapport.simulator.truth.observations import Observations, mean_of_interval, observations


def observed(**parameters: float) -> Observations:
    return observations(
        design(patients=10, therapists=1, sites=1, seed=1, missing=0, parameters=parameters, factors=40)
    )


@pytest.mark.parametrize("ends", [(-0.3, 0.4), (-np.inf, -1.0), (1.5, np.inf), (2.9, 3.1), (-np.inf, np.inf), (5, 5.2)])
def test_the_mean_of_an_interval_is_that_of_a_normal_variable_cut_off(ends: tuple[float, float]) -> None:
    expected = stats.truncnorm.mean(*ends)
    assert mean_of_interval(np.array(ends[0]), np.array(ends[1])).item() == pytest.approx(expected, abs=1e-6)


def test_a_number_without_an_interval_stands_for_itself_and_nothing_for_nothing() -> None:
    point = np.array([0.7, np.nan, 30.0])
    np.testing.assert_array_equal(mean_of_interval(point, point), point)


@pytest.mark.parametrize("scale", [Normal(4.0, 0.65), Lognormal(12.0, 1.1)])
def test_a_scale_goes_back_where_it_came_from(scale: Scale) -> None:
    values = np.linspace(-3, 3, 13)
    np.testing.assert_allclose(scale.back(scale.of(values)), values, atol=1e-12)


def test_deciles_go_back_to_their_borders() -> None:
    # Between the first and the second tenth from the top lies the 90th percentile, 1.2816.
    assert DecileFromTheTop().back(np.array([1.5, 5.5, 0.5])) == pytest.approx([1.28155, 0.0, np.inf], abs=1e-4)


@pytest.mark.parametrize("name", ["phq9_intake", "deprivation_decile", "episode_months", "alliance", "directiveness"])
def test_what_a_recorded_value_stands_for_is_the_mean_of_those_who_have_it(name: str) -> None:
    found = observed()
    latent = np.random.default_rng(1).standard_normal(400_000)
    measurement = found.measurements[name]
    recorded = measures.in_units(measurement, latent, found.ranges[name])
    table = measures.as_column(measurement, recorded).to_frame(name)
    column = Observations.standardised(_only(found, name), table)[:, 0]
    for value in np.quantile(recorded, [0.001, 0.02, 0.3, 0.8, 0.999]):
        have = recorded == np.round(value, measurement.decimals)
        if have.sum() > 500:
            assert column[have][0] == pytest.approx(latent[have].mean(), abs=5 / np.sqrt(have.sum()))


def _only(found: Observations, name: str) -> Observations:
    import dataclasses

    return dataclasses.replace(found, columns=(name,))


@pytest.mark.parametrize("landmark", [Landmark.INTAKE, Landmark.SESSION_3])
def test_weights_are_those_of_a_regression_on_many_patients(landmark: Landmark) -> None:
    found = observed(measurement_error=1.0)
    present = found.known_by(landmark)
    present[found.columns.index("reactance")] = False
    latent = population(found.design.model, patients=200_000)[list(found.latent)].to_numpy()
    noise = np.random.default_rng(2).standard_normal((len(latent), len(found.columns))) * np.sqrt(found.noise)
    columns = (latent @ found.loadings.T + noise)[:, present]
    weights, covariance = found.given(present)
    regressed = np.linalg.lstsq(columns, latent, rcond=None)[0].T
    np.testing.assert_allclose(weights[:, present], regressed, atol=0.02)
    assert not weights[:, ~present].any()
    np.testing.assert_allclose(covariance, np.cov((latent - columns @ regressed.T).T), atol=0.015)


def test_what_is_recorded_without_error_is_known_for_sure() -> None:
    found = observed()
    weights, covariance = found.given(np.ones(len(found.columns), dtype=bool))
    np.testing.assert_allclose(covariance, 0, atol=1e-9)
    further = [place for place, name in enumerate(found.columns) if name in ("gad7_intake", "credibility", "skill_use")]
    np.testing.assert_allclose(weights[:, further], 0, atol=1e-9)


def test_a_leak_is_not_observed() -> None:
    assert "progress_note" not in observed(leak=0.5).columns
