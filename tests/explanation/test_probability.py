import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.explanation import brute_force
from therapport.explanation import in_probability_points

ANY = settings(max_examples=100, derandomize=True, deadline=None, database=None)
LOG_ODDS = st.integers(-400, 400).map(lambda hundredths: hundredths / 100)


def sigmoid(log_odds: np.ndarray | float) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-np.asarray(log_odds))))


def contributions(players: int) -> st.SearchStrategy[np.ndarray]:
    row = st.lists(LOG_ODDS | st.just(0.0), min_size=players, max_size=players)
    return st.lists(row, min_size=1, max_size=4).map(np.array)


@ANY
@given(LOG_ODDS, st.integers(1, 6).flatmap(contributions))
def test_points_are_the_game_of_the_sigmoid(reference: float, log_odds: np.ndarray) -> None:
    expected = brute_force.points(reference, log_odds)
    np.testing.assert_allclose(
        in_probability_points(np.full(len(log_odds), reference), log_odds), expected, rtol=0, atol=1e-12
    )


@ANY
@given(LOG_ODDS, st.integers(1, 10).flatmap(contributions))
def test_reference_and_points_add_up_to_the_probability(reference: float, log_odds: np.ndarray) -> None:
    points = in_probability_points(np.full(len(log_odds), reference), log_odds)
    total = sigmoid(reference) + points.sum(axis=1)
    np.testing.assert_allclose(total, sigmoid(reference + log_odds.sum(axis=1)), rtol=0, atol=1e-12)
    assert not points[log_odds == 0].any()
    assert (points * log_odds >= 0).all()  # a contribution keeps its sign


@ANY
@given(LOG_ODDS, contributions(4))
def test_families_with_the_same_log_odds_get_the_same_points(reference: float, log_odds: np.ndarray) -> None:
    log_odds[:, 2] = log_odds[:, 0]
    points = in_probability_points(np.full(len(log_odds), reference), log_odds)
    np.testing.assert_allclose(points[:, 2], points[:, 0], rtol=0, atol=1e-12)


def test_one_family_alone_gets_the_whole_difference() -> None:
    # sigmoid(0) = .5; sigmoid(ln 3) = 3/4
    assert in_probability_points(np.zeros(1), np.array([[np.log(3)]])) == pytest.approx(np.array([[0.25]]))


def test_two_families_share_what_they_bring_together() -> None:
    # sigmoid(0) = .5, sigmoid(ln 3) = .75, sigmoid(2 ln 3) = .9: each gets half of .4, though alone it would bring .25.
    log_odds = np.array([[np.log(3), np.log(3)]])
    assert in_probability_points(np.zeros(1), log_odds) == pytest.approx(np.array([[0.2, 0.2]]))
    # From ln 3 downwards and up again: joining orders bring -.25 then +.25, or +.15 then -.15: (-.2, +.2).
    assert in_probability_points(np.log([3.0]), np.array([[-np.log(3), np.log(3)]])) == pytest.approx(
        np.array([[-0.2, 0.2]])
    )
