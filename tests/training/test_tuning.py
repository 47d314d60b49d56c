"""Settings are searched on inner folds alone, as often for each candidate, and found again with the same seed."""

from dataclasses import replace

import numpy as np
import optuna
import pytest

from tests.models import material
from therapport.models import CANDIDATES, Kind, Score, Task
from therapport.models.candidates import Fitting, Setting
from training import out_of_fold, tuning
from training.design import Target
from training.tuning import Patients

TUNED = [name for name, candidate in CANDIDATES.items() if candidate.space]


def patients(kind: Kind, *, count: int = 120, seed: int = 1) -> Patients:
    matrix = material.patients(count, seed=seed)
    return Patients(matrix, material.outcome(kind, matrix, seed=seed), np.arange(count) % 3)


@pytest.mark.parametrize("name", TUNED)
@pytest.mark.parametrize("kind", ["binary", "score"])
def test_the_best_trial_is_at_least_as_good_as_the_setting_that_comes_first(name: str, kind: Kind) -> None:
    seen, task, candidate = patients(kind), material.task(kind), CANDIDATES[name]
    found = tuning.searched(name, task, seen, trials=8)
    assert found.tried == 8
    parts = tuning._parts(candidate, task, seen)
    first = tuning._scores(parts, seen, candidate.settings[0])
    losses = [tuning._loss(candidate, task, scores, seen.outcome) for scores in (found.scores, first)]
    assert losses[0] <= losses[1] + 1e-9
    # The scores are what the setting gives to patients whom it had not seen.
    again = tuning._scores(parts, seen, found.setting)
    np.testing.assert_allclose(found.scores, again, rtol=1e-5, atol=1e-5)
    for key, known in candidate.space.items():
        assert known.low <= found.setting[key] <= known.high


def test_a_forest_is_searched_for_with_few_trees_and_decided_on_with_all(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[float] = []
    own = CANDIDATES["random_forest"]

    def counted(task: Task, matrix: np.ndarray, outcome: np.ndarray) -> Fitting:
        fitting = own.prepare(task, matrix, outcome)

        def one(setting: Setting) -> Score:
            sizes.append(setting["trees"])
            return fitting(setting)

        return one

    monkeypatch.setitem(CANDIDATES, "random_forest", replace(own, prepare=counted))
    found = tuning.searched("random_forest", material.task("score"), patients("score"), trials=15)
    assert found.setting["trees"] == own.settings[0]["trees"] == 100
    assert set(sizes[:-12]) == {30}
    assert sizes[-12:] == [100] * 12  # the first setting and three finalists, in three inner folds
    sizes.clear()
    tuning.searched("random_forest", material.task("score"), patients("score"), trials=2)
    assert sizes == [100] * 6  # so few trials are not worth the saving


def test_boosted_trees_stop_growing_where_more_rounds_only_make_them_worse() -> None:
    seen, candidate = patients("binary"), CANDIDATES["xgboost"]
    parts = tuning._parts(candidate, material.task("binary"), seen)
    search = tuning._Search(candidate, material.task("binary"), seen, {**candidate.settings[0], "learning_rate": 0.3})
    search.score(parts[0])
    reached = ~np.isnan(search.scores[:, parts[0].tested]).any(axis=1)
    losses = [
        tuning._loss(candidate, material.task("binary"), scores[parts[0].tested], seen.outcome[parts[0].tested])
        for scores in search.scores[reached]
    ]
    assert reached.tolist() == sorted(reached.tolist(), reverse=True)
    assert 2 < reached.sum() < len(candidate.rounds)
    assert min(losses[-2:]) > min(losses[:-2])


def test_the_same_seed_finds_the_same_setting() -> None:
    seen, task = patients("binary"), material.task("binary")
    one, two = (tuning.searched("elastic_net", task, seen, trials=8) for _ in range(2))
    assert one.setting == two.setting
    np.testing.assert_array_equal(one.scores, two.scores)
    other = tuning.searched("elastic_net", replace(task, seed=2), seen, trials=8)
    assert other.setting != one.setting


def test_poor_trials_are_given_up_and_never_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    fits: list[float] = []
    own = CANDIDATES["elastic_net"]

    def counted(task: Task, matrix: np.ndarray, outcome: np.ndarray) -> Fitting:
        fitting = own.prepare(task, matrix, outcome)

        def one(setting: Setting) -> Score:
            fits.append(1.0)
            return fitting(setting)

        return one

    monkeypatch.setitem(CANDIDATES, "elastic_net", replace(own, prepare=counted))
    found = tuning.searched("elastic_net", material.task("binary"), patients("binary"), trials=30)
    assert found.pruned > 0
    assert len(fits) < 30 * 3
    assert np.isfinite(found.scores).all()


def test_the_best_number_of_rounds_comes_from_one_fit() -> None:
    seen, task, candidate = patients("binary"), material.task("binary"), CANDIDATES["xgboost"]
    search, parts = tuning._Search(candidate, task, seen, candidate.settings[0]), tuning._parts(candidate, task, seen)
    for part in parts:
        search.score(part)
    setting, scores = search.best()
    losses = {}
    for rounds in candidate.rounds:
        alone = tuning._scores(parts, seen, {**candidate.settings[0], "rounds": rounds})
        losses[rounds] = tuning._loss(candidate, task, alone, seen.outcome)
        if rounds == setting["rounds"]:
            np.testing.assert_allclose(alone, scores, atol=1e-5)
    assert setting["rounds"] == min(losses, key=lambda rounds: losses[rounds])
    assert setting["rounds"] < max(candidate.rounds)  # three hundred rounds on eighty patients are too many


@pytest.mark.parametrize("name", TUNED)
def test_outcomes_of_the_outer_fold_change_nothing(name: str) -> None:
    matrix = material.patients(150, seed=3)
    outcome, cluster = material.outcome("binary", matrix, seed=3), np.arange(150) // 5
    task = replace(material.task("binary"), trials=4)
    tested = cluster >= 20
    turned = np.where(tested, 1 - outcome, outcome)
    one, two = (
        out_of_fold._one_part(Target(task, np.arange(150), matrix, truth, cluster), name, tested)[0]
        for truth in (outcome, turned)
    )
    np.testing.assert_array_equal(one, two)
    other = np.where(cluster == 0, 1 - outcome, outcome)
    three = out_of_fold._one_part(Target(task, np.arange(150), matrix, other, cluster), name, tested)[0]
    assert not np.array_equal(one, three)


def test_a_study_without_trials_compares_its_fixed_settings() -> None:
    seen, task = patients("binary"), material.task("binary")
    cluster = np.arange(len(seen.outcome))
    fixed = out_of_fold.fit("elastic_net", task, seen.matrix, seen.outcome, cluster)
    assert fixed.setting in CANDIDATES["elastic_net"].settings
    searched = out_of_fold.fit("elastic_net", replace(task, trials=15, seed=4), seen.matrix, seen.outcome, cluster)
    assert searched.setting not in CANDIDATES["elastic_net"].settings


def test_nothing_is_said_and_the_level_of_logging_is_left_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    before = optuna.logging.get_verbosity()
    tuning.searched("elastic_net", material.task("score"), patients("score"), trials=3)
    assert optuna.logging.get_verbosity() == before
    shown = capsys.readouterr()
    assert shown.out == shown.err == ""
