"""Every way to look tables up gives the same game: low and high sub-trees, leaves, many players, blocks, threads."""

from collections.abc import Sequence

import numpy as np
import pytest

from tests.explanation import brute_force
from tests.explanation.random_models import trial
from tests.models import material
from therapport.explanation import compiled, engines
from therapport.explanation.codes import MOST
from therapport.explanation.engines import LeafEngine, SubtreeEngine
from therapport.explanation.trees import TreeGame, compile_trees
from therapport.models.trees import Tree

EXACT = 1e-6


def stump(column: int, threshold: float, *, missing_left: bool = True, values: Sequence[float] = (-1.0, 1.0)) -> Tree:
    return Tree(
        column=np.array([column, -1, -1]),
        threshold=np.array([threshold, 0, 0], dtype=np.float32),
        left=np.array([1, -1, -1]),
        right=np.array([2, -1, -1]),
        missing_left=np.array([missing_left, False, False]),
        value=np.array([0.0, *values]),
    )


def full(generator: np.random.Generator, depth: int, columns: int) -> Tree:
    """A complete tree whose inner nodes come first, level by level."""
    inner = (1 << depth) - 1
    nodes = 2 * inner + 1
    places = np.arange(nodes)
    return Tree(
        column=np.where(places < inner, generator.integers(0, columns, nodes), -1),
        threshold=generator.normal(size=nodes).astype(np.float32),
        left=np.where(places < inner, 2 * places + 1, -1),
        right=np.where(places < inner, 2 * places + 2, -1),
        missing_left=generator.random(nodes) < 0.5,
        value=np.where(places < inner, 0.0, generator.normal(size=nodes)),
    )


def game(
    depth: int, *, columns: int = 12, players: int = 4, trees: int = 7, seed: int = 1
) -> tuple[TreeGame, np.ndarray]:
    generator = np.random.default_rng(seed)
    forest = [full(generator, depth, columns) for _ in range(trees)]
    patients = generator.normal(size=(300, columns))
    patients[generator.random(patients.shape) < 0.2] = np.nan
    player = generator.integers(0, players, columns)
    return compile_trees(0.5, forest, patients[:40], player, players=players), patients


@pytest.mark.parametrize("depth", range(1, 9))
@pytest.mark.parametrize("players", [1, 6, 9])
def test_every_height_of_sub_trees_gives_the_same(depth: int, players: int, monkeypatch: pytest.MonkeyPatch) -> None:
    made, patients = game(depth, players=players, trees=3)
    expected = None
    for height in (*engines.HEIGHTS, None):
        monkeypatch.setattr(engines, "HEIGHTS", (0,) if height is None else (height,))
        again = TreeGame(made.base, made.trees, made.player, players, made.counts, 0 if height is None else 1 << 30)
        kind = LeafEngine if height is None or not isinstance(again._contributions, SubtreeEngine) else SubtreeEngine
        assert isinstance(again._contributions, kind)
        contributions, of_pairs = again.interactions(patients)
        np.testing.assert_allclose(contributions, again.contributions(patients), rtol=0, atol=5 * EXACT)
        if expected is None:
            expected = contributions, of_pairs
        np.testing.assert_allclose(contributions, expected[0], rtol=0, atol=5 * EXACT)
        np.testing.assert_allclose(of_pairs, expected[1], rtol=0, atol=5 * EXACT)
    total = made.reference + made.contributions(patients).sum(axis=1)
    walked = [made.base + material.walk(made.trees, row) for row in patients.astype(np.float32)]
    np.testing.assert_allclose(total, walked, rtol=0, atol=5 * EXACT)


def test_tables_stay_within_the_memory_allowed() -> None:
    made, patients = game(7, players=6, trees=20)
    sizes = []
    for allowed in (1 << 30, 4 << 20, 1 << 20, 0):
        limited = TreeGame(made.base, made.trees, made.player, 6, made.counts, allowed)
        np.testing.assert_allclose(limited.contributions(patients), made.contributions(patients), atol=5 * EXACT)
        sizes.append(limited.table_bytes)
        assert limited.table_bytes <= allowed or isinstance(limited._contributions, LeafEngine)
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] < sizes[0] / 10


def test_a_column_may_have_more_thresholds_than_a_byte_has_values() -> None:
    generator = np.random.default_rng(3)
    thresholds = generator.normal(size=3 * MOST + 5)
    forest = [
        stump(0, value, missing_left=bool(place % 2), values=(place % 7, -(place % 5)))
        for place, value in enumerate(thresholds.tolist())
    ]
    forest += [stump(1, value) for value in thresholds[:20].tolist()]
    column = np.concatenate([thresholds, thresholds.astype(np.float32), generator.normal(size=50), [np.nan]])
    patients = np.stack([column, np.zeros(len(column))], axis=1)
    made = compile_trees(0.0, forest, patients[:30], np.array([0, 1]), players=2)
    walked = [material.walk(forest, row) for row in patients.astype(np.float32)]
    total = made.reference + made.contributions(patients).sum(axis=1)
    np.testing.assert_allclose(total, walked, rtol=0, atol=1e-4)  # sums of some 2,000


def test_thresholds_without_end_ask_whether_a_value_is_missing() -> None:
    forest = [stump(0, np.inf, missing_left=False), stump(0, -np.inf, missing_left=True), stump(0, 0.25)]
    patients = np.array([[-9e30], [0.0], [0.25], [9e30], [np.nan]])
    made = compile_trees(0.0, forest, patients, np.array([0]), players=1)
    walked = [material.walk(forest, row) for row in patients.astype(np.float32)]
    np.testing.assert_allclose(made.reference + made.contributions(patients)[:, 0], walked, atol=EXACT)


@pytest.mark.parametrize("block", [1, 7, 64])
def test_neither_blocks_nor_threads_change_a_bit(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    made, patients = game(5, players=6)
    whole = made.contributions(patients)
    for name in ("BLOCK", "LARGE_BLOCK", "ALONE"):
        monkeypatch.setattr(engines, name, block)
    for threads in (1, 2, 5):
        np.testing.assert_array_equal(made.contributions(patients, threads=threads), whole)
    one_by_one = np.vstack([made.contributions(row[None, :]) for row in patients])
    np.testing.assert_array_equal(one_by_one, whole)


def test_more_players_than_a_register_has_lanes() -> None:
    made, patients = game(4, columns=40, players=40)
    contributions, of_pairs = made.interactions(patients[:5])
    np.testing.assert_allclose(contributions, made.contributions(patients[:5]), atol=EXACT)
    assert of_pairs.shape == (5, 40 * 39 // 2)
    asked = {int(made.player[column]) for tree in made.trees for column in tree.column.tolist() if column >= 0}
    for player in set(range(40)) - asked:
        assert not contributions[:, player].any()


def test_a_reference_of_any_size_is_folded_in() -> None:
    made, patients = game(3, players=3, columns=5)
    for size in (1, 2, 1024, 1500):
        reference = np.tile(patients, (6, 1))[:size]
        again = compile_trees(made.base, made.trees, reference, made.player, players=3)
        walked = [made.base + material.walk(made.trees, row) for row in reference.astype(np.float32)]
        assert again.reference == pytest.approx(np.mean(walked), abs=1e-9)


@pytest.mark.parametrize("seed", range(40))
def test_random_models_are_explained_as_the_definition_says(seed: int) -> None:
    found = trial(seed)
    assert found.contributions < 1e-5
    assert found.interactions < 1e-5
    assert found.total < 1e-5


def test_interactions_of_a_product_are_those_of_the_definition() -> None:
    # f = 1 if both are present: alone nothing, together 1. Half in each of the two cells, nothing on the diagonal.
    both = Tree(
        column=np.array([0, -1, 1, -1, -1]),
        threshold=np.array([0.5, 0, 0.5, 0, 0], dtype=np.float32),
        left=np.array([1, -1, 3, -1, -1]),
        right=np.array([2, -1, 4, -1, -1]),
        missing_left=np.ones(5, dtype=bool),
        value=np.array([0.0, 0.0, 0.0, 0.0, 1.0]),
    )
    made = compile_trees(0.0, [both], np.zeros((1, 2)), np.array([0, 1]), players=2)
    contributions, of_pairs = made.interactions(np.ones((1, 2)))
    np.testing.assert_allclose(contributions, [[0.5, 0.5]])
    np.testing.assert_allclose(of_pairs, [[1.0]])


def test_without_a_folder_for_machine_code_it_is_compiled_anyway() -> None:
    made: dict[str, object] = {}
    exec(compile("def twice(x):\n    return 2 * x\n", "<nowhere>", "exec"), made)  # noqa: S102 - a function without a file
    twice = compiled.kernel(made["twice"])  # type: ignore[type-var]
    assert twice(21) == 42  # type: ignore[operator]


def test_brute_force_agrees_with_itself() -> None:
    generator = np.random.default_rng(1)
    value = {coalition: generator.normal(size=3) for coalition in brute_force.coalitions(4)}
    matrix = brute_force.interactions(value, 4)
    np.testing.assert_allclose(matrix.sum(axis=2), brute_force.shapley(value, 4))
    np.testing.assert_allclose(matrix, matrix.transpose(0, 2, 1))
