"""The truth against what was drawn, and the family game against brute force."""

import itertools
import math

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy import stats

from therapport import simulator
from therapport.explanation import shapley
from therapport.simulator import Simulated, Truth, path_model
from therapport.simulator.truth import family_game
from therapport.simulator.truth.expectation import Expectation
from training.validity import calibration

Values = npt.NDArray[np.float64]
PATHS = path_model.LINEAR_CORE.equations["y"]


@pytest.fixture(scope="module")
def default() -> Simulated:
    return simulator.simulate(patients=2_000, therapists=40)


@pytest.mark.parametrize("scenario", simulator.SCENARIOS)
def test_what_is_expected_is_what_is_drawn(scenario: str) -> None:
    made = simulator.simulate(scenario=scenario, patients=20_000, therapists=10_000, sites=1_000, seed=7)
    found = calibration.check(made)
    if scenario != "null":
        assert found["slope"] == pytest.approx(1, abs=4 * found["error"])
    # Absence that depends on the value is not taken into account: up to .1 points in `realistic`.
    assert found["bias"] == pytest.approx(0, abs=0.25 if scenario == "realistic" else 0.15)
    assert found["probability"] == pytest.approx(found["improved"], abs=0.015)


@pytest.mark.parametrize("landmark", ["_intake", "", "_symptoms"])
def test_each_landmark_has_its_own_truth_and_knows_more_than_the_last(landmark: str) -> None:
    made = simulator.simulate(patients=40_000, therapists=20_000, sites=1_000, seed=8)
    truth, after = made.truth, made.cohort["phq9_end"].to_numpy(np.float64)
    expected, probability = truth[f"expected_end_score{landmark}"], truth[f"probability{landmark}"]
    slope = np.polyfit(expected, after, 1)[0]
    assert slope == pytest.approx(1, abs=0.04)
    r2 = np.corrcoef(expected, after)[0, 1] ** 2
    # Caseness and the instrument take from the R2 of the latent values (.300 and .374).
    assert r2 == pytest.approx({"_intake": 0.24, "": 0.32, "_symptoms": 0.47}[landmark], abs=0.02)
    improved = made.cohort["phq9_intake"].to_numpy(np.float64) - after >= 6
    for low, high in itertools.pairwise(np.linspace(0.1, 0.9, 5)):
        among = ((probability > low) & (probability < high)).to_numpy()
        assert improved[among].mean() == pytest.approx(probability[among].mean(), abs=0.03)


@pytest.mark.parametrize("scenario", ["published", "realistic", "keijsers", "drifting"])
def test_contributions_add_up(scenario: str) -> None:
    made = simulator.simulate(scenario=scenario, patients=500, therapists=50, seed=3, missing=0.1)
    truth = made.truth
    families = Truth(made.design, made.parts[0]).families
    total = truth["end_score_reference"] + truth[[f"score_contribution_{name}" for name in families]].sum(axis=1)
    np.testing.assert_allclose(total, truth["expected_end_score"], atol=0.002)
    odds = truth["log_odds_reference"] + truth[[f"log_odds_{name}" for name in families]].sum(axis=1)
    np.testing.assert_allclose(1 / (1 + np.exp(-odds)), truth["probability"], atol=0.001)


def expected_by_hand(values: dict[str, Values]) -> Values:
    """E of the recorded end score for latent factors: a sum over scores of normal tails."""
    mean = 9.4 + 6.4 * sum(path * values[name] for name, path in PATHS.items())
    sd = 6.4 * path_model.noise_sd()["y"]
    total: Values = np.sum([stats.norm.sf(score + 0.5, mean, sd) for score in range(27)], axis=0)
    return total


def test_the_game_is_the_one_of_brute_force() -> None:
    """The oracle plays it on what the truth reads in the records (test_observations), with arithmetic of its own."""
    made = simulator.simulate(patients=300, therapists=30, seed=5, missing=0)
    part = made.parts[0]
    truth = Truth(made.design, part, reference=part.complete.iloc[100:112])
    read = pd.DataFrame(truth.people(part.cohort, part.days).columns, columns=truth.observed.columns)
    loads_on = [truth.observed.latent[place] for place in truth.observed.loadings.argmax(axis=1)]
    family = dict(zip(loads_on, truth.observed.family, strict=True))
    latent = dict(zip(loads_on, read.to_numpy().T, strict=True))
    for patient in range(3):
        values = []
        for coalition in range(64):
            inside = {one for place, one in enumerate(truth.families) if coalition >> place & 1}
            mixed = {
                name: np.where(family[name] in inside, latent[name][patient], latent[name][100:112]) for name in latent
            }
            values.append(expected_by_hand(mixed).mean())
        contributions = np.array(values) @ shapley.weights(6)
        found = truth.of(part)[[f"score_contribution_{name}" for name in truth.families]].to_numpy()[patient]
        np.testing.assert_allclose(found, contributions, atol=0.002)


def test_curves_and_enumeration_play_the_same_game(default: Simulated, monkeypatch: pytest.MonkeyPatch) -> None:
    part = default.parts[0]
    by_curves = Truth(default.design, part).of(part)
    monkeypatch.setattr(Expectation, "is_additive", property(lambda _: False))
    enumerated = Truth(default.design, part).of(part)
    for column in by_curves:
        if str(column).startswith(("score_contribution", "log_odds")):
            np.testing.assert_allclose(by_curves[column], enumerated[column], atol=0.001)


@pytest.mark.parametrize("players", [1, 2, 6, 7])
def test_shapley_weights_are_those_of_the_explanations(players: int) -> None:
    np.testing.assert_allclose(family_game.shapley_weights(players), shapley.weights(players))


def test_a_product_across_families_is_shared_equally() -> None:
    """With b the product's size and reference means m1, m2 of the factors: (x1 x2 + x1 m2 - m1 x2 - E[b1 b2]) / 2."""
    weights = family_game.shapley_weights(2)
    x1, x2 = 1.5, -0.5
    reference = np.array([[0.2, 1.0], [-1.0, 0.4]])
    values = np.array(
        [
            (reference[:, 0] * reference[:, 1]).mean(),
            (x1 * reference[:, 1]).mean(),
            (reference[:, 0] * x2).mean(),
            x1 * x2,
        ]
    )
    m1, m2 = reference.mean(axis=0)
    assert (values @ weights)[0] == pytest.approx((x1 * x2 + x1 * m2 - m1 * x2 - values[0]) / 2)


def test_families_without_a_path_contribute_nothing() -> None:
    made = simulator.simulate(scenario="techniques_only", patients=400, therapists=40, missing=0)
    for family in ("alliance", "active_role", "delivery"):
        # Resistance and engagement, alliance and expectancy are recorded without error and have no path.
        assert made.truth[f"score_contribution_{family}"].abs().max() < 1e-3


def test_alliance_contributes_nothing_of_its_own_where_it_acts_through_resistance_that_is_known() -> None:
    made = simulator.simulate(scenario="keijsers", patients=1_000, therapists=40, missing=0)
    assert made.truth["score_contribution_alliance"].abs().max() < 1e-9
    assert made.truth["score_contribution_technique"].std() > 1


def test_further_factors_change_no_contribution_where_the_twelve_are_known() -> None:
    narrow = simulator.simulate(patients=400, therapists=40, missing=0)
    wide = simulator.simulate(patients=400, therapists=40, missing=0, factors=40)
    for column in narrow.truth.columns:
        if column != "patient_id":
            np.testing.assert_allclose(narrow.truth[column], wide.truth[column], atol=1e-5)


def test_a_missing_value_is_told_by_what_goes_with_it() -> None:
    made = simulator.simulate(patients=20_000, therapists=10_000, missing=0.3, seed=9, factors=40)
    lacking = made.cohort["expectancy"].isna()
    after = made.cohort["phq9_end"].to_numpy(np.float64)
    residual = after - made.truth["expected_end_score"].to_numpy()
    credibility = made.cohort["credibility"].to_numpy(np.float64)
    # Credibility says something of the expectancy that is missing, and that is in the truth already.
    assert np.corrcoef(residual[lacking], credibility[lacking])[0, 1] == pytest.approx(0, abs=4.5 / math.sqrt(6_000))


def test_the_probability_of_leaving_is_that_of_those_who_left() -> None:
    made = simulator.simulate(
        patients=40_000, therapists=400, parameters={"dropout": 0.3, "dropout_by_outcome": 0.4}, seed=4
    )
    probability, left = made.truth["probability_dropout"], made.cohort["dropped_out"]
    for low, high in itertools.pairwise(probability.quantile([0, 0.25, 0.5, 0.75, 1])):
        among = probability.between(low, high)
        assert left[among].mean() == pytest.approx(probability[among].mean(), abs=0.02)
