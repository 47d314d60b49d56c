"""Refits, and references of the patient's own kind."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import codebooks
from tests.explanation import brute_force
from tests.models import material
from therapport.calibration import Affine
from therapport.explanation import Explainer, SplitExplainer, compile_explainer, points_with_bounds, refits, uncertainty
from therapport.explanation.trees import TreeGame
from therapport.models import CANDIDATES

OWNER = [0, 1, 1, 2, 0]
CATEGORY = next(place for place, name in enumerate(codebooks.FACTORS) if codebooks.mixed().factors[name].levels)


def explainer(seed: int, *, name: str = "xgboost") -> Explainer:
    seen = material.patients(120, seed=seed, missing=0.1)
    candidate = CANDIDATES[name]
    outcome = material.outcome("binary", seen, seed=seed)
    score = candidate.fit(material.task("binary"), seen, outcome, candidate.settings[-1])
    return compile_explainer(score, Affine(0.1, 0.9), seen[:30], OWNER, players=3)


@pytest.fixture(scope="module")
def twenty() -> list[Explainer]:
    return [explainer(seed, name="elastic_net") for seed in range(20)]


def test_a_margin_is_two_point_zero_nine_standard_deviations(twenty: list[Explainer]) -> None:
    made, new = refits(twenty), material.patients(7, seed=50)
    assert made is not None
    assert made.multiplier == pytest.approx(2.093, abs=5e-4)  # Student's t, 19 degrees of freedom, .975
    each = np.array([one.explain(new).contributions for one in twenty])
    margin = made.margin(new)
    np.testing.assert_allclose(margin.contributions, made.multiplier * each.std(axis=0, ddof=1))
    totals = np.array([one.explain(new).total for one in twenty])
    np.testing.assert_allclose(margin.total, made.multiplier * totals.std(axis=0, ddof=1))


def test_ranks_count_the_refits_that_put_a_player_there(twenty: list[Explainer]) -> None:
    made, new = refits(twenty), material.patients(40, seed=51)
    assert made is not None
    ranks = made.ranks(new)
    assert (ranks.sum(axis=0) == 20).all()
    assert (ranks.sum(axis=1) == 20).all()
    first = [int(np.abs(one.explain(new).contributions).mean(axis=0).argmax()) for one in twenty]
    np.testing.assert_array_equal(ranks[:, 0], np.bincount(first, minlength=3))


def test_one_refit_says_nothing_of_a_spread(twenty: list[Explainer]) -> None:
    assert refits(twenty[:1]) is None
    assert refits([]) is None


@settings(max_examples=60)
@given(
    st.integers(-300, 300).map(lambda hundredths: hundredths / 100),
    st.lists(st.integers(-300, 300).map(lambda hundredths: hundredths / 100), min_size=1, max_size=4),
    st.integers(0, 300).map(lambda hundredths: hundredths / 100),
)
def test_an_end_is_what_a_player_would_get_with_that_much_more_or_less(
    reference: float, log_odds: list[float], margin: float
) -> None:
    row, start = np.array([log_odds]), np.array([reference])
    value, low, high = points_with_bounds(start, row, np.full_like(row, margin))
    np.testing.assert_allclose(value, brute_force.points(reference, row), atol=1e-12)
    for player in range(len(log_odds)):
        for end, sign in ((low, -1), (high, 1)):
            moved = row.copy()
            moved[0, player] += sign * margin
            assert end[0, player] == pytest.approx(brute_force.points(reference, moved)[0, player], abs=1e-12)
    assert (low <= value + 1e-15).all()
    assert (value <= high + 1e-15).all()
    held = (np.array([log_odds]) - margin <= 0) & (np.array([log_odds]) + margin >= 0)
    near = np.abs(np.abs(log_odds) - margin) < 1e-9  # an end at zero may be off by rounding
    np.testing.assert_array_equal(((low <= 0) & (high >= 0))[~near[None, :]], held[~near[None, :]])


def test_extreme_odds_stay_probabilities() -> None:
    value, low, high = points_with_bounds(
        np.array([800.0, -800.0]), np.array([[900.0, -1e4], [1e4, 5.0]]), np.ones((2, 2))
    )
    for points in (value, low, high):
        assert np.isfinite(points).all()
        assert (np.abs(points) <= 1).all()


def test_each_patient_starts_from_those_of_the_same_level() -> None:
    everyone, of_one, of_two = explainer(1), explainer(2), explainer(3)
    split = SplitExplainer(CATEGORY, (0.0, 1.0), (of_one, of_two, everyone))
    new = material.patients(60, seed=52, missing=0.2)
    explanation, (again, matrices) = split.explain(new), split.interactions(new)
    np.testing.assert_allclose(again.contributions, explanation.contributions, atol=1e-6)
    np.testing.assert_allclose(matrices.sum(axis=2), explanation.contributions, atol=1e-6)
    met = set()
    for row, level in enumerate(new[:, CATEGORY]):
        own = {0.0: of_one, 1.0: of_two}.get(level, everyone)
        met.add(id(own))
        assert explanation.reference[row] == own.reference
        np.testing.assert_array_equal(explanation.contributions[row], own.explain(new[[row]]).contributions[0])
    assert len(met) == 3  # both levels, and others or missing ones


def test_refits_keep_small_tables_wherever_they_come_from() -> None:
    one, two = explainer(1), explainer(2)
    for made in (refits([one, two]), refits([SplitExplainer(CATEGORY, (0.0,), (one, two))] * 2)):
        assert made is not None
        for each in made.explainers:
            for own in each.explainers if isinstance(each, SplitExplainer) else (each,):
                assert isinstance(own.game, TreeGame)
                assert own.game.most_bytes == uncertainty.MOST_BYTES < TreeGame.most_bytes
                assert own.game.table_bytes <= uncertainty.MOST_BYTES
