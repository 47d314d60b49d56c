"""Every kind of score against the oracle that enumerates coalitions with the model's own answers."""

import numpy as np
import pytest

from tests import codebooks
from tests.explanation import brute_force
from tests.models import material
from therapport import features
from therapport.calibration import IDENTITY, Affine
from therapport.errors import DesignError
from therapport.explanation import compile_explainer, in_probability_points
from therapport.models import CANDIDATES, Kind, TreeScore
from therapport.models.trees import boosted

KINDS: tuple[Kind, ...] = ("binary", "score")
FACTORS = len(codebooks.FACTORS)
EXACT = 1e-6
"""Single precision of the trees; points are some ten times as large as log-odds."""
WITHIN = {"binary": EXACT, "score": 10 * EXACT}


def maps(seed: int) -> list[tuple[list[int], int]]:
    """Factor -> family: one family that owns all, a family for each, and random ones, of which some own nothing."""
    generator = np.random.default_rng(seed)
    random = [(generator.integers(0, players, FACTORS).tolist(), players) for players in range(2, 7)]
    return [([0] * FACTORS, 1), (list(range(FACTORS)), FACTORS), ([0, 0, 0, 0, 1], 2), *random]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["prevalence", "severity", "elastic_net"])
@pytest.mark.parametrize("seed", range(3))
def test_linear_scores(kind: Kind, name: str, seed: int) -> None:
    seen = material.patients(120, seed=seed, missing=0.2)
    new = material.patients(6, seed=seed + 50, missing=0.3)
    candidate = CANDIDATES[name]
    outcome = material.outcome(kind, seen, seed=seed)
    score = candidate.fit(material.task(kind), seen, outcome, candidate.settings[-1])
    reference = seen[:25]
    for owner, players in maps(seed):
        base, expected = brute_force.family_game(score.of, new, reference, owner, players=players)
        made = compile_explainer(score, IDENTITY, reference, owner, players=players).explain(new)
        assert made.reference == pytest.approx(np.full(len(new), base), abs=EXACT)
        np.testing.assert_allclose(made.contributions, expected, rtol=0, atol=EXACT)
        np.testing.assert_allclose(made.total, score.of(new), rtol=0, atol=EXACT)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("depth", [1, 2, 3, 4, 5, 6])
def test_boosted_trees(kind: Kind, depth: int) -> None:
    seed = depth
    seen = material.patients(150, seed=seed, missing=0.2)
    new = np.vstack([seen[:3], material.patients(4, seed=seed + 50, missing=0.5)])
    outcome = material.outcome(kind, seen, seed=seed)
    encoding = features.fit(seen, codebooks.mixed(), codebooks.FACTORS, impute=False)
    score = boosted(
        encoding, seen, outcome, binary=kind == "binary", rounds=12, depth=depth, learning_rate=0.3, seed=seed
    )
    reference = seen[-20:]
    for owner, players in maps(seed):
        base, expected = brute_force.family_game(score.of, new, reference, owner, players=players)
        made = compile_explainer(score, IDENTITY, reference, owner, players=players).explain(new)
        assert made.reference == pytest.approx(np.full(len(new), base), abs=WITHIN[kind])
        np.testing.assert_allclose(made.contributions, expected, rtol=0, atol=WITHIN[kind])
        np.testing.assert_allclose(made.total, score.of(new), rtol=0, atol=WITHIN[kind])


def test_trees_without_any_split_leave_everything_to_the_reference() -> None:
    same = np.tile([15.0, 6.0, 3.0, 1.0, 2.0], (80, 1))
    encoding = features.fit(same, codebooks.mixed(), codebooks.FACTORS, impute=False)
    for rounds in (0, 4):
        score = boosted(
            encoding, same, np.tile([0.0, 1.0], 40), binary=True, rounds=rounds, depth=3, learning_rate=0.3, seed=1
        )
        new = material.patients(5, seed=1)
        made = compile_explainer(score, IDENTITY, same[:3], [0, 0, 1, 1, 2], players=3).explain(new)
        assert not made.contributions.any()
        np.testing.assert_allclose(made.total, score.of(new), atol=EXACT)


@pytest.mark.parametrize("name", ["elastic_net", "xgboost"])
def test_calibration_stretches_contributions_and_moves_the_reference(name: str) -> None:
    seen, candidate = material.patients(120, seed=1), CANDIDATES[name]
    score = candidate.fit(
        material.task("binary"), seen, material.outcome("binary", seen, seed=1), candidate.settings[0]
    )
    plain, moved = (
        compile_explainer(score, line, seen, [0, 0, 1, 2, 3], players=4).explain(seen)
        for line in (IDENTITY, Affine(-0.3, 0.7))
    )
    np.testing.assert_allclose(moved.contributions, 0.7 * plain.contributions, atol=1e-12)
    assert moved.reference == pytest.approx(-0.3 + 0.7 * plain.reference)
    np.testing.assert_allclose(moved.total, -0.3 + 0.7 * score.of(seen), atol=1e-5)


@pytest.mark.parametrize("name", ["prevalence", "severity"])
def test_families_that_a_model_does_not_use_get_exactly_nothing(name: str) -> None:
    seen = material.patients(80, seed=2, missing=0.2)
    score = CANDIDATES[name].fit(material.task("binary"), seen, material.outcome("binary", seen, seed=2), {})
    made = compile_explainer(score, Affine(0.1, 0.9), seen, [0, 1, 1, 2, 3], players=4).explain(seen)
    unused = made.contributions[:, 0 if name == "prevalence" else 1 :]
    points = in_probability_points(made.reference, made.contributions)
    assert not unused.any()
    assert not points[:, 0 if name == "prevalence" else 1 :].any()
    assert made.contributions[:, 0].any() == (name == "severity")


@pytest.fixture
def score() -> TreeScore:
    seen = material.patients(60, seed=1)
    encoding = features.fit(seen, codebooks.mixed(), codebooks.FACTORS, impute=False)
    outcome = material.outcome("binary", seen, seed=1)
    return boosted(encoding, seen, outcome, binary=True, rounds=2, depth=2, learning_rate=0.3, seed=1)


def test_a_reference_without_patients_is_refused(score: TreeScore) -> None:
    with pytest.raises(DesignError, match="needs reference patients"):
        compile_explainer(score, IDENTITY, np.empty((0, FACTORS)), [0] * FACTORS, players=1)


@pytest.mark.parametrize("owner", [[0, 0, 0, 0, 2], [0, -1, 0, 0, 0]])
def test_a_factor_without_a_family_is_refused(score: TreeScore, owner: list[int]) -> None:
    with pytest.raises(DesignError, match="exactly one family"):
        compile_explainer(score, IDENTITY, material.patients(5, seed=1), owner, players=2)
