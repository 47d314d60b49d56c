"""Leaks that are planted are found, and honest factors are left alone."""

import numpy as np
import pytest

from tests import codebooks
from therapport.codebook import Codebook
from training.findings.leaks import identifiers, outcomes_in_disguise

N = 400


@pytest.fixture
def scores() -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(1)
    first = generator.integers(8, 28, N).astype(float)
    last = np.clip(np.round(0.5 * first + generator.normal(0, 5, N)), 0, 27)
    return first, last


def codes(values: np.ndarray, first: np.ndarray, last: np.ndarray) -> list[str]:
    event = np.where(np.isnan(last), np.nan, (first - last >= 6).astype(float))
    found = outcomes_in_disguise(values[:, None], ["factor"], first=first, last=last, event=event)
    return [one.code for one in found]


def test_what_first_and_last_score_give_together_is_found(scores: tuple[np.ndarray, np.ndarray]) -> None:
    first, last = scores
    generator = np.random.default_rng(2)
    assert codes(first - last, first, last) == ["derived-from-outcome"]
    assert codes((first - last) / 2 + 3, first, last) == ["derived-from-outcome"]
    assert codes(last + generator.normal(0, 0.3, N), first, last) == ["derived-from-outcome"]
    holes = np.where(generator.random(N) < 0.3, np.nan, first - last)
    assert codes(holes, first, np.where(generator.random(N) < 0.1, np.nan, last)) == ["derived-from-outcome"]


def test_what_almost_is_the_outcome_is_found(scores: tuple[np.ndarray, np.ndarray]) -> None:
    first, last = scores
    generator = np.random.default_rng(3)
    assert codes(np.exp(last / 3) + generator.normal(0, 0.2, N), first, last) == ["duplicate-of-outcome"]
    assert codes(-last + generator.normal(0, 1.5, N), first, last) == ["duplicate-of-outcome"]
    responded = (first - last >= 6).astype(float)
    flipped = np.where(np.arange(N) % 40 == 0, 1 - responded, responded)
    assert codes(flipped, first, last) == ["duplicate-of-outcome"]


def test_honest_factors_are_left_alone(scores: tuple[np.ndarray, np.ndarray]) -> None:
    first, last = scores
    generator = np.random.default_rng(4)
    early = 0.6 * last + 0.4 * first + generator.normal(0, 3, N)  # a session score: correlates, and is no leak
    for honest in (first, generator.normal(size=N), early, np.full(N, 3.0), np.full(N, np.nan), first.clip(10, 20)):
        assert codes(honest, first, last) == []


def of(values: np.ndarray, codebook: Codebook, name: str) -> list[str]:
    return [one.sentence for one in identifiers(values[:, None], [name], codebook)]


def test_running_numbers_are_identifiers_and_amounts_are_not() -> None:
    codebook = codebooks.mixed()
    integer = next(name for name, factor in codebook.factors.items() if factor.kind == "integer")
    number = next(name for name, factor in codebook.factors.items() if factor.kind == "number")
    category = next(name for name, factor in codebook.factors.items() if factor.kind == "category")
    generator = np.random.default_rng(5)
    running = generator.permutation(N) + 1000.0
    (sentence,) = of(running, codebook, integer)
    assert sentence.startswith(f"{integer}: every patient has a value of their own")
    assert not any(str(int(value)) in sentence for value in running)
    assert of(running * 1_000 + generator.integers(0, 999, N), codebook, integer) == []  # incomes, say
    assert of(generator.integers(18, 80, N).astype(float), codebook, integer) == []
    assert of(running, codebook, number) == []
    assert of(running[:20], codebook, integer) == []  # twenty ages may all differ
    assert len(of(np.arange(N) // 1.5, codebook, category)) == 1
