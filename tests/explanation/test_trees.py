"""Laws of the game on ensembles of any shape: hand-made trees over a small grid of values, missing ones included."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.explanation import brute_force
from tests.models import material
from therapport.explanation.trees import TreeGame, compile_trees
from therapport.models.trees import Tree

ANY = settings(max_examples=80, derandomize=True, deadline=None, database=None)
COLUMNS = 5
EXACT = 1e-6
"""Tables are in single precision."""
Node = tuple["int", float, bool, "Node", "Node"] | float


def tree(root: Node) -> Tree:
    """From nested (column, threshold, missing goes left, left, right) and leaves to arrays."""
    nodes: list[Node] = [root]
    left, right = [], []
    for node in nodes:  # grows while it is walked
        left.append(len(nodes) if isinstance(node, tuple) else -1)
        right.append(len(nodes) + 1 if isinstance(node, tuple) else -1)
        nodes += node[3:] if isinstance(node, tuple) else ()
    inner = [node if isinstance(node, tuple) else (-1, 0.0, False) for node in nodes]
    return Tree(
        column=np.array([node[0] for node in inner]),
        threshold=np.array([node[1] for node in inner], dtype=np.float32),
        left=np.array(left),
        right=np.array(right),
        missing_left=np.array([node[2] for node in inner]),
        value=np.array([0.0 if isinstance(node, tuple) else node for node in nodes]),
    )


LEAVES = st.integers(-8, 8).map(lambda eighths: eighths / 8)
SPLITS = (st.integers(0, COLUMNS - 1), st.sampled_from([0.5, 1.5, 2.5]), st.booleans())
ROOTS: st.SearchStrategy[Node] = st.recursive(
    LEAVES, lambda children: st.tuples(*SPLITS, children, children), max_leaves=10
)
FORESTS = st.lists(ROOTS.map(tree), max_size=4)
VALUES = st.sampled_from([0.0, 1.0, 2.0, 3.0, np.nan])
OWNERS = st.lists(st.integers(0, 3), min_size=COLUMNS, max_size=COLUMNS)


def rows(most: int) -> st.SearchStrategy[np.ndarray]:
    row = st.lists(VALUES, min_size=COLUMNS, max_size=COLUMNS)
    return st.lists(row, min_size=1, max_size=most).map(np.array)


def compiled(forest: Sequence[Tree], reference: np.ndarray, owner: Sequence[int], *, players: int = 4) -> TreeGame:
    return compile_trees(0.25, forest, reference, np.array(owner), players=players)


def score(forest: Sequence[Tree], patients: np.ndarray) -> np.ndarray:
    return np.array([0.25 + material.walk(forest, patient) for patient in patients])


@ANY
@given(FORESTS, rows(4), rows(5), OWNERS)
def test_the_game_is_the_one_that_enumerating_coalitions_gives(
    forest: list[Tree], patients: np.ndarray, reference: np.ndarray, owner: list[int]
) -> None:
    base, expected = brute_force.family_game(lambda mixed: score(forest, mixed), patients, reference, owner, players=4)
    made = compiled(forest, reference, owner)
    assert made.reference == pytest.approx(base, abs=1e-12)
    np.testing.assert_allclose(made.contributions(patients), expected, rtol=0, atol=EXACT)


@ANY
@given(FORESTS, rows(8), rows(8), OWNERS)
def test_reference_and_contributions_add_up_to_the_score(
    forest: list[Tree], patients: np.ndarray, reference: np.ndarray, owner: list[int]
) -> None:
    made = compiled(forest, reference, owner)
    total = made.reference + made.contributions(patients).sum(axis=1)
    np.testing.assert_allclose(total, score(forest, patients), rtol=0, atol=EXACT)


@ANY
@given(FORESTS, rows(6), rows(6), OWNERS)
def test_a_family_that_no_tree_asks_about_gets_exactly_nothing(
    forest: list[Tree], patients: np.ndarray, reference: np.ndarray, owner: list[int]
) -> None:
    contributions = compiled(forest, reference, owner, players=6).contributions(patients)
    asked = {owner[column] for one in forest for column in one.column.tolist() if column >= 0}
    for player in set(range(6)) - asked:
        assert not contributions[:, player].any()


@ANY
@given(FORESTS, rows(5), rows(5))
def test_families_that_stand_in_for_each_other_get_the_same(
    forest: list[Tree], patients: np.ndarray, reference: np.ndarray
) -> None:
    """Every tree and reference patient comes with its mirror image, in which columns 0 and 1 are exchanged."""
    exchanged = np.array([1, 0, 2, 3, 4, -1])  # the last for leaves, whose column is -1
    mirrored = [replace(one, column=exchanged[one.column]) for one in forest]
    patients[:, 1] = patients[:, 0]
    both = np.vstack([reference, reference[:, exchanged[:COLUMNS]]])
    contributions = compiled([*forest, *mirrored], both, [0, 1, 2, 3, 3]).contributions(patients)
    np.testing.assert_allclose(contributions[:, 0], contributions[:, 1], rtol=0, atol=EXACT)


@ANY
@given(FORESTS, FORESTS, rows(5), rows(5), OWNERS)
def test_the_game_of_two_ensembles_is_the_sum_of_their_games(
    one: list[Tree], other: list[Tree], patients: np.ndarray, reference: np.ndarray, owner: list[int]
) -> None:
    both, first, second = (compiled(forest, reference, owner) for forest in ([*one, *other], one, other))
    np.testing.assert_allclose(
        both.contributions(patients),
        first.contributions(patients) + second.contributions(patients),
        rtol=0,
        atol=EXACT,
    )


@ANY
@given(FORESTS, rows(6), rows(6), OWNERS, st.randoms(use_true_random=False))
def test_the_order_of_patients_and_of_reference_patients_does_not_matter(
    forest: list[Tree], patients: np.ndarray, reference: np.ndarray, owner: list[int], random: st.DataObject
) -> None:
    order, of_reference = list(range(len(patients))), list(range(len(reference)))
    random.shuffle(order)  # type: ignore[attr-defined]
    random.shuffle(of_reference)  # type: ignore[attr-defined]
    made = compiled(forest, reference, owner)
    contributions = made.contributions(patients)
    np.testing.assert_array_equal(made.contributions(patients[order]), contributions[order])
    again = compiled(forest, reference[of_reference], owner).contributions(patients)
    np.testing.assert_allclose(again, contributions, rtol=0, atol=EXACT)


def test_families_share_an_interaction_equally_however_many_factors_they_own() -> None:
    # 1 if all three factors are present, else 0; the patient has all, the reference none. Two families share the 1 in
    # halves; with each factor as a player, they share it in thirds, and the second family would seem to get two.
    all_three = tree((0, 0.5, True, 0.0, (1, 0.5, True, 0.0, (2, 0.5, True, 0.0, 1.0))))
    patient, reference = np.array([[1.0, 1, 1, 0, 0]]), np.zeros((1, COLUMNS))
    by_family = compiled([all_three], reference, [0, 1, 1, 2, 2], players=3).contributions(patient)
    by_factor = compiled([all_three], reference, range(COLUMNS), players=COLUMNS).contributions(patient)
    np.testing.assert_allclose(by_family, [[1 / 2, 1 / 2, 0]])
    np.testing.assert_allclose(by_factor, [[1 / 3, 1 / 3, 1 / 3, 0, 0]])
