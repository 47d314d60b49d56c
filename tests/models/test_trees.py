"""The trees that are read from xgboost's JSON, walked by hand, against xgboost's own margin."""

import numpy as np
import pytest
import xgboost

from tests import codebooks
from tests.models import material
from therapport import features
from therapport.models import Kind, TreeScore
from therapport.models.trees import at_best, boosted

KINDS: tuple[Kind, ...] = ("binary", "score")


def grown(kind: Kind, *, depth: int, seed: int, rounds: int = 25) -> tuple[TreeScore, np.ndarray]:
    seen = material.patients(200, seed=seed, missing=0.2)
    outcome = material.outcome(kind, seen, seed=seed + 1)
    encoding = features.fit(seen, codebooks.mixed(), codebooks.FACTORS, impute=False)
    settings = {"binary": kind == "binary", "rounds": rounds, "depth": depth, "learning_rate": 0.3, "seed": seed}
    return boosted(encoding, seen, outcome, **settings), seen  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("depth", [1, 3, 6])
def test_walking_the_trees_gives_the_margin_of_xgboost(kind: Kind, depth: int) -> None:
    score, seen = grown(kind, depth=depth, seed=depth)
    new = np.vstack([seen, material.patients(60, seed=50, missing=0.7)])
    base, trees = score.ensemble
    assert len(trees) == 25
    assert max(len(tree.column) for tree in trees) <= 2 ** (depth + 1) - 1
    encoded = score.encoding.apply(new)
    by_hand = [base + material.walk(trees, patient) for patient in encoded]
    np.testing.assert_allclose(score.of(new), by_hand, rtol=1e-5, atol=1e-5)
    assert np.ptp(by_hand) > 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_patient_at_the_threshold_goes_right(kind: Kind) -> None:
    score, _ = grown(kind, depth=1, seed=3, rounds=1)
    base, (tree,) = score.ensemble
    at = np.full((1, 5), np.nan)
    factor = int(score.encoding.factor[tree.column[0]])
    at[0, factor] = tree.threshold[0]
    assert score.of(at)[0] == pytest.approx(base + tree.value[tree.right[0]])


def test_without_trees_the_margin_is_the_log_odds_of_the_share_or_the_mean() -> None:
    seen = material.patients(100, seed=6)
    encoding = features.fit(seen, codebooks.mixed(), codebooks.FACTORS, impute=False)
    none = {"rounds": 0, "depth": 3, "learning_rate": 0.1, "seed": 1}
    share = np.repeat([1.0, 0.0], [20, 80])
    binary = boosted(encoding, seen, share, binary=True, **none)  # type: ignore[arg-type]
    points = boosted(encoding, seen, np.linspace(0, 20, 100), binary=False, **none)  # type: ignore[arg-type]
    # ln(.2 / .8) = -1.3863; the mean of 0 … 20 is 10
    for score, level in ((binary, -1.3863), (points, 10.0)):
        base, trees = score.ensemble
        assert base == pytest.approx(level, abs=1e-4)
        assert trees == ()
        np.testing.assert_allclose(score.of(seen), np.full(100, level), atol=1e-4)


def test_factors_that_do_not_differ_give_trees_of_one_leaf() -> None:
    same = np.tile([15.0, 6.0, 3.0, 1.0, 2.0], (80, 1))
    encoding = features.fit(same, codebooks.mixed(), codebooks.FACTORS, impute=False)
    outcome = np.tile([0.0, 1.0, 1.0, 1.0], 20)
    score = boosted(encoding, same, outcome, binary=True, rounds=5, depth=3, learning_rate=0.3, seed=1)
    base, trees = score.ensemble
    assert [tree.column.tolist() for tree in trees] == [[-1]] * 5
    assert score.of(same)[0] == pytest.approx(base + sum(tree.value[0] for tree in trees), abs=1e-6)


def test_early_stopping_keeps_the_rounds_up_to_the_best_one() -> None:
    seen, held = material.patients(120, seed=1), material.patients(120, seed=2)
    noise = np.random.default_rng(1).integers(0, 2, (2, 120)).astype(float)
    encoding = features.fit(seen, codebooks.mixed(), codebooks.FACTORS, impute=False)
    inputs = [encoding.apply(matrix).astype(np.float32) for matrix in (seen, held)]
    training, watched = (xgboost.DMatrix(one, label=label) for one, label in zip(inputs, noise, strict=True))
    settings = {"objective": "binary:logistic", "max_depth": 4, "eta": 0.5, "base_score": 0.5}
    booster = xgboost.train(
        settings, training, 60, evals=[(watched, "held")], early_stopping_rounds=5, verbose_eval=False
    )
    best = int(booster.best_iteration)
    assert best + 1 < booster.num_boosted_rounds()
    score = TreeScore(encoding, at_best(booster))
    base, trees = score.ensemble
    assert len(trees) == best + 1
    expected = booster.predict(watched, output_margin=True, iteration_range=(0, best + 1))
    np.testing.assert_allclose(score.of(held), expected, atol=1e-6)
    by_hand = [base + material.walk(trees, patient) for patient in inputs[1]]
    np.testing.assert_allclose(score.of(held), by_hand, atol=1e-5)
