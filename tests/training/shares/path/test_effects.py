"""The parts of a path: against statsmodels, products by hand, the simulator's coefficients, and other orders."""

import itertools

import numpy as np
import pytest
import statsmodels.api as sm
from numpy.typing import NDArray

from therapport.explanation import shapley
from therapport.simulator.path_model import LINEAR_CORE
from training.shares.path import between, effects, ordered, sensitivity
from training.shares.path.effects import Layout
from training.shares.path.moments import Incomplete
from training.validity.debate import path as truth

Floats = NDArray[np.float64]
LAYOUT = Layout(background=(1,), first=(2, 3), stages=((4,), (5, 6)), outcome=7)


def cohort(patients: int = 400, seed: int = 1) -> Floats:
    generator = np.random.default_rng(seed)
    values = generator.standard_normal((patients, 7))
    values[:, 1] += 0.5 * values[:, 0]
    values[:, 3] += 0.6 * values[:, 1] - 0.2 * values[:, 2]
    values[:, 4] += 0.5 * values[:, 3]
    values[:, 5] += 0.3 * values[:, 1]
    values[:, 6] += 0.4 * values[:, 3] - 0.3 * values[:, 4] + 0.2 * values[:, 5] + 0.1 * values[:, 1] + values[:, 0]
    return values


def least_squares(values: Floats, predictors: list[int], target: int) -> Floats:
    found = sm.OLS(values[:, target], sm.add_constant(values[:, predictors])).fit()
    return np.asarray(found.params)[1:]


def test_every_part_is_that_of_statsmodels_and_of_products_by_hand() -> None:
    values = cohort()
    found = effects.effects(Incomplete.of(values).moments(), LAYOUT)
    np.testing.assert_allclose(found.total, least_squares(values, [0, 1, 2], 6)[1:], atol=1e-6)
    onto_first = least_squares(values, [0, 1, 2], 3)[1:]
    onto_second = [least_squares(values, [0, 1, 2, 3], one)[1:] for one in (4, 5)]
    outcome = least_squares(values, [0, 1, 2, 3, 4, 5], 6)[1:]
    np.testing.assert_allclose(found.direct, outcome[:2], atol=1e-6)
    resistance = onto_first * (outcome[2] + onto_second[0][2] * outcome[3] + onto_second[1][2] * outcome[4])
    active = [onto_second[0][one] * outcome[3] + onto_second[1][one] * outcome[4] for one in (0, 1)]
    np.testing.assert_allclose(found.through, [resistance, active], atol=1e-6)
    chain = onto_first * (onto_second[0][2] * outcome[3] + onto_second[1][2] * outcome[4])
    np.testing.assert_allclose(found.chain, chain, atol=1e-6)
    np.testing.assert_allclose(found.total, found.direct + found.mediated, atol=1e-9)
    expected = [*onto_first, *onto_second[0], *onto_second[1], *outcome]
    np.testing.assert_allclose(found.arrows, expected, atol=1e-6)
    assert len(effects.arrows(LAYOUT)) == len(expected)
    assert effects.arrows(LAYOUT)[0] == (2, 4)


def test_what_passes_vanishes_at_the_residual_correlation_that_is_told() -> None:
    """Imai, Keele and Yamamoto: once so much residual correlation is taken out, the mediator has no path left."""
    values = cohort(4_000)
    layout = Layout(background=(1,), first=(2,), stages=((4,),), outcome=7)
    moments = Incomplete.of(values).moments()
    rho = float(effects.effects(moments, layout).rho[0])
    held = sm.add_constant(values[:, [0, 1]])
    mediator, outcome = (sm.OLS(values[:, one], held).fit().resid for one in (3, 6))
    assert rho == pytest.approx(abs(np.corrcoef(mediator, outcome)[0, 1]), abs=1e-6)
    # An outcome from which a common cause of just that size is removed.
    values[:, 6] -= rho * mediator * outcome.std() / mediator.std()
    assert effects.effects(Incomplete.of(values).moments(), layout).mediated[0] == pytest.approx(0, abs=1e-8)


def test_the_path_model_of_the_simulator_is_read_off_its_correlations() -> None:
    """Total = direct + paths traced by hand through `docs/simulator.md`."""
    core, found = LINEAR_CORE.equations, truth.truth()
    onto, engage, outcome = core["resist3"]["alli3"], core["engage"], core["y"]
    resistance = onto * (outcome["resist3"] + engage["resist3"] * outcome["engage"])
    np.testing.assert_allclose(found.direct, [outcome[name] for name in truth.FIRST], atol=1e-3)
    np.testing.assert_allclose(found.through[:2, 0], [resistance, engage["alli3"] * outcome["engage"]], atol=1e-3)
    assert found.through[2, 2] == pytest.approx(core["tech_comp"]["ther"] * outcome["tech_comp"], abs=1e-3)
    assert found.total[0] == pytest.approx(-0.149, abs=2e-3)


def test_gaps_are_filled_as_maximum_likelihood_asks() -> None:
    """Complete data: plain moments. Gaps that depend on another column: no bias, which complete cases have."""
    whole = cohort(6_000)
    np.testing.assert_allclose(Incomplete.of(whole).moments()[1:, 1:], whole.T @ whole / len(whole), atol=1e-12)
    gaps = whole.copy()
    gaps[whole[:, 3] > 0.3, 6] = np.nan
    gaps[::7, 4] = np.nan
    found = Incomplete.of(gaps).moments()
    observed = ~np.isnan(gaps[:, 6])
    assert gaps[observed, 6].mean() < whole[:, 6].mean() - 0.1
    assert found[0, 7] == pytest.approx(whole[:, 6].mean(), abs=0.03)
    np.testing.assert_allclose(found[1:, 1:], whole.T @ whole / len(whole), atol=0.12)


def test_weights_count_patients_as_often_as_they_are_drawn() -> None:
    values = cohort(60)
    values[::5, 3] = np.nan
    weight = np.random.default_rng(2).integers(0, 3, 60).astype(np.float64)
    twice = np.repeat(values, weight.astype(int), axis=0)
    held = Incomplete.of(values)
    np.testing.assert_allclose(held.moments(weight), Incomplete.of(twice).moments(), atol=1e-5)
    np.testing.assert_allclose(held.moments(weight, start=held.moments()), Incomplete.of(twice).moments(), atol=1e-3)


def test_intervals_hold_the_bootstrap_of_whole_groups() -> None:
    values = cohort(300)
    values /= values.std(axis=0)
    cluster = np.arange(300) // 10
    fitted = between.fit(values, LAYOUT, cluster, draws=200, seed=1)
    total, direct, mediated, through, *_ = fitted.parts()
    assert [len(part) for part in (total, direct, mediated, through)] == [2, 2, 2, 4]
    for figure, value in zip(total, fitted.effects.total, strict=True):
        assert figure.value == pytest.approx(value)
        assert figure.low is not None
        assert figure.high is not None
        assert figure.low < value < figure.high
        # Standardised in every draw, so that the mean of a column counts for something, too.
        error = sm.OLS(values[:, 6], sm.add_constant(values[:, :3])).fit().bse[2]
        assert (figure.high - figure.low) / (2 * 1.96) == pytest.approx(error, rel=0.4)


def test_levels_are_those_of_mundlaks_regression() -> None:
    generator = np.random.default_rng(3)
    therapist = np.repeat(np.arange(40), 25)
    level = generator.standard_normal(40)[therapist]
    first = level + generator.standard_normal(1000)
    outcome = 0.2 * (first - level) + 0.8 * level + 0.3 * generator.standard_normal(1000)
    values = np.column_stack([generator.standard_normal(1000), first, level, outcome])
    scale = values.std(axis=0)
    layout = Layout(background=(1,), first=(2, 3), stages=(), outcome=4)
    found = between.levels(values, layout, therapist=therapist, cluster=therapist, draws=100, seed=1)
    assert found is not None
    mean = (np.bincount(therapist, first) / 25)[therapist]
    ours = sm.OLS(outcome, sm.add_constant(np.column_stack([values[:, 0], first, mean, level]))).fit().params
    assert found[0].within is not None
    assert found[0].within.value == pytest.approx(ours[2] * scale[1] / scale[3], abs=1e-6)
    assert found[0].between.value == pytest.approx((ours[2] + ours[3]) * scale[1] / scale[3], abs=1e-6)
    assert found[0].between_share == pytest.approx(0.5, abs=0.12)
    assert found[1].within is None
    few = between.levels(values[:50], layout, therapist=therapist[:50], cluster=therapist[:50], draws=100, seed=1)
    assert few is None


@pytest.mark.parametrize("before", [(), ((0, 1),), ((0, 2), (1, 2)), ((2, 0), (0, 1), (2, 1))])
def test_ordered_shares_are_means_over_the_orders_that_are_allowed(before: tuple[tuple[int, int], ...]) -> None:
    game = np.random.default_rng(5).standard_normal(8)
    orders = [one for one in itertools.permutations(range(3)) if all(one.index(a) < one.index(b) for a, b in before)]
    expected = np.zeros(3)
    for order in orders:
        coalition = 0
        for player in order:
            expected[player] += (game[coalition | 1 << player] - game[coalition]) / len(orders)
            coalition |= 1 << player
    np.testing.assert_allclose(game @ ordered.weights(3, before), expected)
    if not before:
        np.testing.assert_allclose(ordered.weights(3, before), shapley.weights(3))


def test_families_are_ordered_by_their_first_stage_and_circles_are_refused() -> None:
    assert ordered.precedence([None, 0, 3, 0, 1]) == ((1, 2), (1, 4), (3, 2), (3, 4), (4, 2))
    with pytest.raises(ValueError, match="no order"):
        ordered.weights(2, [(0, 1), (1, 0)])


def test_e_values_are_those_of_vanderweele_and_ding() -> None:
    # Their formula by hand: RR = exp(.91 x .5) = 1.576, E = RR + sqrt(RR (RR - 1)).
    assert sensitivity.e_value(0.5) == pytest.approx(2.529, abs=0.001)
    assert sensitivity.e_value(-0.5) == sensitivity.e_value(0.5)
    assert sensitivity.e_value(0.0) == 1.0
    assert sensitivity.e_value_of_limit(-0.1, 0.4) == 1.0
    assert sensitivity.e_value_of_limit(-0.5, -0.2) == pytest.approx(sensitivity.e_value(0.2))
    assert sensitivity.e_value_of_limit(None, None) is None
