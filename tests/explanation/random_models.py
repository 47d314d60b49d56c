"""Models of every kind, depth, number of families and missingness, and how far each is from the definition."""

from dataclasses import dataclass

import numpy as np

from tests import codebooks
from tests.explanation import brute_force
from tests.models import material
from therapport import features
from therapport.calibration import IDENTITY
from therapport.explanation import compile_explainer
from therapport.models import CANDIDATES, Kind, Score
from therapport.models.forest import random_forest
from therapport.models.trees import boosted

FACTORS = len(codebooks.FACTORS)
KINDS = ("boosted trees", "forest", "elastic net")


@dataclass(frozen=True)
class Trial:
    kind: str
    depth: int
    families: int
    missing: float
    contributions: float
    """Largest absolute difference to the enumeration, relative to scores above 1."""
    interactions: float
    total: float


def trial(seed: int) -> Trial:
    """One random model against the oracle that asks it about every coalition."""
    generator = np.random.default_rng(seed)
    kind = KINDS[seed % 4 % 3]  # boosted trees twice as often
    outcome_kind: Kind = "binary" if generator.random() < 0.5 else "score"
    depth, missing = int(generator.integers(0, 9)), float(generator.choice([0.0, 0.1, 0.5]))
    seen = material.patients(int(generator.integers(60, 160)), seed=seed, missing=missing)
    score = _fitted(kind, outcome_kind, seen, depth, seed)
    families = int(generator.integers(1, FACTORS + 1))
    owner = generator.permutation(np.append(np.arange(families), generator.integers(0, families, FACTORS - families)))
    reference = seen[: int(generator.integers(1, 30))]
    new = np.vstack([seen[-2:], material.patients(4, seed=seed + 1, missing=missing)])
    values = brute_force.values(score.of, new, reference, owner.tolist(), players=families)
    explainer = compile_explainer(score, IDENTITY, reference, owner.tolist(), players=families)
    explanation, matrices = explainer.interactions(new)
    scale = max(1.0, float(np.abs(score.of(new)).max()))
    contributions = brute_force.shapley(values, families)
    return Trial(
        kind=kind,
        depth=depth,
        families=families,
        missing=missing,
        contributions=_distance(explainer.explain(new).contributions, contributions) / scale,
        interactions=_distance(matrices, brute_force.interactions(values, families)) / scale,
        total=_distance(explanation.total, score.of(new)) / scale,
    )


def _fitted(kind: str, outcome_kind: Kind, seen: np.ndarray, depth: int, seed: int) -> Score:
    outcome = material.outcome(outcome_kind, seen, seed=seed)
    if kind == "elastic net":
        candidate = CANDIDATES["elastic_net"]
        return candidate.fit(material.task(outcome_kind), seen, outcome, {"penalty": 0.01, "mixing": 0.5})
    encoding = features.fit(seen, codebooks.mixed(), codebooks.FACTORS, impute=False)
    binary = outcome_kind == "binary"
    if kind == "forest":
        return random_forest(encoding, seen, outcome, binary=binary, trees=10, depth=max(1, depth), seed=seed)
    rounds = 10 if depth else 0  # xgboost takes a depth of 0 for "no limit"
    return boosted(
        encoding, seen, outcome, binary=binary, rounds=rounds, depth=max(1, depth), learning_rate=0.3, seed=seed
    )


def _distance(ours: np.ndarray, theirs: np.ndarray) -> float:
    return float(np.abs(ours - theirs).max())
