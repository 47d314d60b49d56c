import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapport.errors import DesignError
from therapport.simulator import path_model
from therapport.simulator.path_model import PathModel

CORRELATIONS = path_model.implied_correlations()


def families(*, without: Sequence[str] = ()) -> dict[str, tuple[str, ...]]:
    return {
        family: tuple(name for name in members if name not in without)
        for family, members in path_model.FAMILIES.items()
    }


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("sev", 0.45),
        ("chron", 0.25),
        ("depriv", 0.20),
        ("expect", -0.18),
        ("tech_adh", -0.02),
        ("tech_comp", -0.07),
        ("alli3", -0.278),
        ("engage", -0.26),
        ("resist3", 0.25),
        ("format_guided", -0.07),
        ("ther", -0.235),
    ],
)
def test_the_model_implies_the_correlations_with_the_outcome_that_it_was_solved_for(
    name: str, published: float
) -> None:
    assert CORRELATIONS.loc[name, "y"] == pytest.approx(published, abs=0.001)
    stated = path_model.PUBLISHED[name][0] if name in path_model.PUBLISHED else path_model.ASSUMED[name]
    assert stated == published


def test_implied_correlations_follow_the_rules_of_path_tracing() -> None:
    # expect = -.136 chron -.136 react, r(chron, react) .10: -.136 -.136 * .10 = -.1496
    assert CORRELATIONS.loc["expect", "chron"] == pytest.approx(-0.1496)
    # alli3 and tech_comp share the therapist only: .300 * .350 = .105
    assert CORRELATIONS.loc["alli3", "tech_comp"] == pytest.approx(0.105)
    # r(sev, expect) = .25 * -.136 = -.034; r(sev, alli3) = -.074 + .171 * -.034 = -.079814
    assert CORRELATIONS.loc["sev", "alli3"] == pytest.approx(-0.079814)
    assert np.allclose(CORRELATIONS, CORRELATIONS.T)
    assert np.allclose(np.diag(CORRELATIONS), 1)


def test_noise_fills_each_variable_up_to_unit_variance() -> None:
    # Of tech_comp .350^2 = .1225 is explained; of expect .136^2 + .136^2 + 2 * .136^2 * .10 = .0406912.
    noise = path_model.noise_sd()
    assert noise["tech_comp"] ** 2 == pytest.approx(0.8775)
    assert noise["expect"] ** 2 == pytest.approx(0.9593088)
    # What is left of the outcome is what its eleven predictors do not explain.
    predictors = list(path_model.LINEAR_CORE.equations["y"])
    assert noise["y"] ** 2 == pytest.approx(1 - path_model.r_squared(CORRELATIONS, predictors))


@pytest.mark.parametrize(
    ("without", "r_squared", "shares"),
    [
        (path_model.MEDIATORS, 0.337, (0.2176, 0.0451, 0.0024, 0.0610, 0.0059, 0.0049)),
        ((), 0.374, (0.2163, 0.0340, 0.0023, 0.0562, 0.0624, 0.0032)),
    ],
)
def test_family_shares_are_those_of_the_published_table(
    without: tuple[str, ...], r_squared: float, shares: tuple[float, ...]
) -> None:
    players = families(without=without)
    predictors = [name for members in players.values() for name in members]
    # The table was computed before the paths were rounded to three decimals, which moves R2 by up to .0008.
    assert path_model.r_squared(CORRELATIONS, predictors) == pytest.approx(r_squared, abs=0.001)
    found = path_model.shapley_shares(CORRELATIONS, players)
    assert tuple(found) == ("patient", "alliance", "technique", "social_influence", "active_role", "delivery")
    assert tuple(found.values()) == pytest.approx(shares, abs=0.0003)


def test_mediators_among_the_factors_take_a_third_of_the_share_of_the_alliance() -> None:
    without = path_model.shapley_shares(CORRELATIONS, families(without=path_model.MEDIATORS))
    within = path_model.shapley_shares(CORRELATIONS, families())
    assert without["alliance"] / sum(without.values()) == pytest.approx(0.134, abs=0.001)
    assert within["alliance"] / sum(within.values()) == pytest.approx(0.091, abs=0.001)
    assert within["active_role"] / sum(within.values()) == pytest.approx(0.167, abs=0.001)


def test_the_total_effect_of_the_alliance_is_twice_its_direct_path() -> None:
    # On engage .177 + .274 * .292 = .257008, so on the outcome -.076 - .137 * .292 - .132 * .257008 = -.149929.
    paths = path_model.LINEAR_CORE.equations
    engage = paths["engage"]["alli3"] + paths["engage"]["resist3"] * paths["resist3"]["alli3"]
    total = paths["y"]["alli3"] + paths["y"]["resist3"] * paths["resist3"]["alli3"] + paths["y"]["engage"] * engage
    assert total == pytest.approx(-0.149929, abs=1e-6)


def test_what_is_known_at_intake_explains_as_much_as_stated() -> None:
    intake = ["sev", "chron", "depriv", "react", "ther", "format_guided"]
    assert path_model.r_squared(CORRELATIONS, []) == 0
    assert path_model.r_squared(CORRELATIONS, ["sev"]) == pytest.approx(0.202, abs=0.0005)
    assert path_model.r_squared(CORRELATIONS, intake) == pytest.approx(0.300, abs=0.0005)
    assert path_model.r_squared(CORRELATIONS, [*intake, "expect"]) == pytest.approx(0.318, abs=0.0005)


def test_without_expectancy_social_influence_at_intake_is_the_therapist_alone() -> None:
    players = families(without=("alli3", "tech_adh", "tech_comp", "expect", *path_model.MEDIATORS))
    assert path_model.shapley_shares(CORRELATIONS, players)["social_influence"] == pytest.approx(0.055, abs=0.0005)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_share_is_the_average_over_every_order_of_the_families(seed: int) -> None:
    loadings = np.random.default_rng(seed).standard_normal((6, 8))
    names = ["a", "b", "c", "d", "e", "y"]
    correlations = pd.DataFrame(np.corrcoef(loadings), index=names, columns=names)
    players = {"one": ("a", "b"), "two": ("c",), "three": ("d", "e")}
    expected = dict.fromkeys(players, 0.0)
    for order in itertools.permutations(players):
        known: list[str] = []
        for family in order:
            before = path_model.r_squared(correlations, known)
            known += players[family]
            expected[family] += (path_model.r_squared(correlations, known) - before) / 6
    shares = path_model.shapley_shares(correlations, players)
    assert shares == pytest.approx(expected)
    assert sum(shares.values()) == pytest.approx(path_model.r_squared(correlations, ["a", "b", "c", "d", "e"]))


def test_a_variable_that_is_explained_more_than_wholly_is_named() -> None:
    # .9^2 + .5^2 = 1.06
    model = PathModel(exogenous=("a", "b"), correlations={}, equations={"alliance": {"a": 0.9, "b": 0.5}})
    with pytest.raises(DesignError, match=r"explains 1\.060 of the variance of alliance"):
        path_model.implied_correlations(model)


def test_a_cause_that_comes_after_its_effect_is_refused() -> None:
    model = PathModel(exogenous=("a",), correlations={}, equations={"b": {"c": 0.1}, "c": {"a": 0.1}})
    with pytest.raises(DesignError, match="gives b causes that do not come before it: c"):
        path_model.noise_sd(model)


def test_exogenous_correlations_that_contradict_each_other_are_refused() -> None:
    correlations = {("a", "b"): 0.9, ("b", "c"): 0.9, ("a", "c"): -0.9}
    with pytest.raises(DesignError, match="No variables can have the correlations"):
        path_model.implied_correlations(PathModel(("a", "b", "c"), correlations, {}))
