import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from therapport import validation
from therapport.errors import DesignError
from therapport.validation import IntArray

ANY = settings(max_examples=60, derandomize=True, deadline=None, database=None)


@st.composite
def patients(draw: st.DrawFn) -> tuple[IntArray, np.ndarray, int]:
    """Clusters of uneven size, an outcome that may be rare, and a number of folds that they can be split into."""
    folds = draw(st.integers(2, 5))
    clusters = draw(st.integers(folds, 15))
    sizes = draw(st.lists(st.integers(1, 12), min_size=clusters, max_size=clusters))
    cluster = np.repeat(np.arange(clusters), sizes)
    generator = np.random.default_rng(draw(st.integers(0, 1000)))
    outcome = (generator.random(len(cluster)) < draw(st.sampled_from([0.1, 0.3, 0.5, 0.9]))).astype(float)
    for value in (0.0, 1.0):
        assume(len(np.unique(cluster[outcome == value])) >= folds)
    order = generator.permutation(len(cluster))
    return cluster[order], outcome[order], folds


@ANY
@given(patients(), st.integers(0, 100), st.booleans())
def test_no_cluster_is_in_two_folds_and_every_patient_is_tested_once_a_repeat(
    made: tuple[IntArray, np.ndarray, int], seed: int, binary: bool
) -> None:
    cluster, outcome, folds = made
    fold = validation.fold_numbers(cluster, outcome, folds=folds, repeats=3, seed=seed, binary=binary)
    assert fold.shape == (3, len(cluster))
    for repeat in fold:
        where: dict[int, set[int]] = {}
        for group, number in zip(cluster.tolist(), repeat.tolist(), strict=True):
            where.setdefault(group, set()).add(number)
        assert all(len(numbers) == 1 for numbers in where.values())
        assert set(repeat.tolist()) == set(range(folds))
    assert validation.straddling(fold, cluster) == 0


@ANY
@given(patients(), st.integers(0, 100))
def test_both_outcomes_are_among_the_patients_that_each_model_learns_from(
    made: tuple[IntArray, np.ndarray, int], seed: int
) -> None:
    cluster, outcome, folds = made
    for repeat in validation.fold_numbers(cluster, outcome, folds=folds, repeats=3, seed=seed, binary=True):
        for number in range(folds):
            assert set(outcome[repeat != number].tolist()) == {0.0, 1.0}


def test_folds_hold_the_outcome_in_equal_shares_where_patients_are_their_own_group() -> None:
    outcome = np.repeat([1.0, 0.0], [50, 150])
    fold = validation.fold_numbers(np.arange(200), outcome, folds=5, repeats=4, seed=1, binary=True)
    for repeat in fold:
        for number in range(5):
            assert outcome[repeat == number].sum() == 10
            assert (repeat == number).sum() == 40


def test_each_repeat_is_another_split_and_the_same_seed_gives_the_same() -> None:
    cluster, outcome = np.repeat(np.arange(20), 5), np.tile([0.0, 1.0], 50)

    def split(seed: int) -> IntArray:
        return validation.fold_numbers(cluster, outcome, folds=4, repeats=3, seed=seed, binary=True)

    first = split(1)
    assert len({tuple(repeat) for repeat in first.tolist()}) == 3
    np.testing.assert_array_equal(first, split(1))
    assert not np.array_equal(first, split(7))


def test_end_scores_are_split_by_group_too() -> None:
    cluster = np.repeat(np.arange(9), 4)
    fold = validation.fold_numbers(cluster, np.linspace(0, 27, 36), folds=3, repeats=1, seed=2, binary=False)
    assert [int((fold[0] == number).sum()) for number in range(3)] == [12, 12, 12]


def test_fewer_groups_than_folds_are_a_design_error_that_says_what_to_do() -> None:
    with pytest.raises(DesignError) as caught:
        validation.fold_numbers(
            np.repeat(np.arange(4), 10), np.tile([0.0, 1.0], 20), folds=5, repeats=1, seed=1, binary=True
        )
    assert "5 folds need at least 5 groups" in str(caught.value)
    assert "form 4; use fewer folds or a finer grouping level" in str(caught.value)


@pytest.mark.parametrize(
    ("positive", "holding"),
    [([0, 1], "Only 1 group has a patient"), ([0, 10], "Only 2 groups have a patient")],
)
def test_an_outcome_in_fewer_groups_than_folds_is_a_design_error(positive: list[int], holding: str) -> None:
    cluster, outcome = np.repeat(np.arange(4), 10), np.zeros(40)
    outcome[positive] = 1
    for values, which in ((outcome, "with"), (1 - outcome, "without")):
        with pytest.raises(DesignError, match=f"{holding} {which} the outcome; 3 folds need at least 3") as caught:
            validation.fold_numbers(cluster, values, folds=3, repeats=1, seed=1, binary=True)
        assert caught.value.exit_code == 5


@pytest.mark.parametrize(
    ("sizes", "positives"), [([6, 13, 18], [1, 0, 7]), ([7, 12, 14], [1, 5, 0]), ([19, 5, 2], [9, 0, 2])]
)
def test_an_outcome_in_two_of_three_groups_is_never_all_in_one_fold(sizes: list[int], positives: list[int]) -> None:
    cluster = np.repeat(np.arange(3), sizes)
    outcome = np.concatenate(
        [np.repeat([1.0, 0.0], [held, size - held]) for held, size in zip(positives, sizes, strict=True)]
    )
    for repeat in validation.fold_numbers(cluster, outcome, folds=2, repeats=20, seed=1, binary=True):
        assert all(set(outcome[repeat != number].tolist()) == {0.0, 1.0} for number in range(2))


def test_a_group_in_two_folds_is_counted_once_for_each_repeat() -> None:
    cluster = np.array([0, 0, 1, 1, 2, 2])
    sound, planted = [0, 0, 1, 1, 2, 2], [0, 1, 1, 1, 2, 2]
    assert validation.straddling(np.array([sound, sound]), cluster) == 0
    assert validation.straddling(np.array([sound, planted]), cluster) == 1
    assert validation.straddling(np.array([planted, planted]), cluster) == 2
    assert validation.straddling(np.array([[0, 1, 0, 1, 0, 1]]), cluster) == 3


@given(
    pairs=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 9)), min_size=1, max_size=25),
)
def test_clusters_of_two_levels_are_the_finest_that_split_neither(pairs: list[tuple[int, int]]) -> None:
    first, second = (pd.factorize(np.array(level))[0].astype(np.int64) for level in zip(*pairs, strict=True))
    cluster = validation.together(first, second)
    # By plain merging: whoever shares a group of either level is put together, until nothing changes.
    expected = list(range(len(pairs)))
    for _ in pairs:
        for one in range(len(pairs)):
            for other in range(len(pairs)):
                if first[one] == first[other] or second[one] == second[other]:
                    expected[one] = expected[other] = min(expected[one], expected[other])
    same = np.equal.outer(cluster, cluster)
    np.testing.assert_array_equal(same, np.equal.outer(expected, expected))
