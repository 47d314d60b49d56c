"""Many games in one pass give each of them the bits that it has alone."""

import numpy as np
import pytest

from tests.explanation.test_engines import full
from therapport.calibration import Affine
from therapport.explanation import Explainer
from therapport.explanation.together import FEW, Together, together
from therapport.explanation.trees import compile_trees
from therapport.features import Encoding

COLUMNS = 9


def plain(columns: int = COLUMNS) -> Encoding:
    """Values as they are."""
    nothing = np.full(columns, np.nan)
    return Encoding(
        np.arange(columns), np.zeros(columns, dtype=np.int64), nothing, nothing, np.zeros(columns), np.ones(columns)
    )


def explainers(depths: tuple[int, ...], *, players: int = 6, most_bytes: int = 16 << 20) -> list[Explainer]:
    """Random games; of the last column every tree asks the same, as of a yes-or-no factor."""
    generator = np.random.default_rng(sum(depths) + players)
    reference, player = generator.normal(size=(30, COLUMNS)), np.arange(COLUMNS) % players
    made = []
    for number, depth in enumerate(depths):
        trees = [full(generator, depth, COLUMNS) for _ in range(number + 5)]
        for tree in trees:
            tree.threshold[tree.column == COLUMNS - 1] = 0.5
        game = compile_trees(0.25 * number, trees, reference, player, players=players)
        object.__setattr__(game, "most_bytes", most_bytes)
        made.append(Explainer(plain(), game, Affine(0.1, 0.9 + 0.1 * number)))
    return made


def patients(number: int) -> np.ndarray:
    generator = np.random.default_rng(number)
    values = generator.normal(size=(number, COLUMNS))
    values[:, -1] = generator.integers(0, 2, number)
    values[generator.random(values.shape) < 0.2] = np.nan
    # Far away, and exactly at a threshold, which a value reaches.
    values[0], values[-1] = 1e30, 0.5
    return values


def shared(made: Together) -> int:
    """How many conditions set a bit that others set too."""
    return len(made.arrays[7])


@pytest.mark.parametrize(
    ("depths", "players", "has_shared"),
    [((1,), 1, False), ((2, 2, 3), 6, False), ((4, 4, 4), 6, False), ((6, 3, 8, 1), 2, True), ((7, 5), 9, True)],
)
def test_each_game_has_the_bits_that_it_has_alone(depths: tuple[int, ...], players: int, *, has_shared: bool) -> None:
    games = explainers(depths, players=players)
    alone = [[one.explain(patients(size)) for one in games] for size in (1, 3, FEW, 40)]
    made = together(games)
    assert made is not None
    assert (shared(made) > 0) == has_shared
    for size, each in zip((1, 3, FEW, 40), alone, strict=True):
        totals, contributions = made.explain(patients(size))
        assert np.array_equal(totals, [one.total for one in each])
        assert np.array_equal(contributions, [one.contributions for one in each])
        # And those that share the memory of their tables still say the same.
        assert np.array_equal(contributions[0], games[0].explain(patients(size)).contributions)


def test_games_that_do_not_fit_together_stay_apart() -> None:
    one, other = explainers((3, 3))
    scaled = Explainer(Encoding(**{**vars(plain()), "scale": np.full(COLUMNS, 2.0)}), other.game, other.calibration)
    assert together([one, scaled]) is None
    assert together([one, *explainers((8,), most_bytes=1 << 10)]) is None
