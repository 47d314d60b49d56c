"""Steps of progress: as many as were promised, however the work is cut."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.training.shares import made_up
from therapport import simulator
from training import design as designs
from training import study as studies
from training.shares import coalitions, found, interplay, partition, progress, refits


@pytest.fixture(scope="module")
def small_sessions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of an end score at two landmarks, with three families at the first."""
    folder = tmp_path_factory.mktemp("sessions")
    simulator.write(simulator.simulate(patients=240, therapists=24, sites=2, seed=2, missing=0.05), folder)
    study = folder / "study-sessions.toml"
    text = study.read_text()
    for old, new in (
        (r"landmarks = .*", 'landmarks = ["session1", "session3"]'),
        (r"seed = 1", 'seed = 1\nfactors = ["phq9_intake", "alliance_last", "expectancy", "adherence"]'),
        (r"response = .*\n", ""),
        (r"folds = 5", "folds = 3"),
        (r"repeats = 2", "repeats = 1"),
        (r"draws = 1000", "draws = 100"),
    ):
        text = re.sub(old, new, text, count=1)
    study.write_text(text)
    return study


def counted() -> tuple[Callable[[], None], list[int]]:
    calls: list[int] = []
    return lambda: calls.append(1), calls


@pytest.mark.parametrize("shares", [[], [0.1, 0.5, 1.0], [0.5, 0.4, 0.9], [2.0]])
def test_a_block_counts_for_its_steps_wherever_the_work_ends(shares: list[float]) -> None:
    done, calls = counted()
    seen = []
    with progress.block(done, 7) as reached:
        for share in shares:
            progress.part(reached, 0.0, 1.0)(share)
            seen.append(len(calls))
    assert len(calls) == 7
    assert seen == sorted(seen)


def test_every_question_reports_as_many_steps_as_it_promised() -> None:
    material = made_up.linear(patients=200)
    folds = len(list(material.parts()))
    one_repeat = len({part.number for part in material.parts()})
    done, calls = counted()
    partition.widening(material, draws=20, seed=1, done=done)
    assert len(calls) == refits.steps(one_repeat)
    for model in coalitions.MODELS:
        done, calls = counted()
        predictions = coalitions.predict(material, model, done=done)
        assert len(calls) == coalitions.steps(folds, model)
        done, calls = counted()
        interplay.together(predictions, draws=20, seed=1, done=done)
        assert len(calls) == interplay.steps(folds, model)


def test_a_study_with_several_landmarks_has_shares_at_each(small_sessions: Path) -> None:
    every = studies.read_all(small_sessions)
    design = designs.read(every[-1])
    done, calls = counted()
    shares = found.found(design, describe=lambda target: target.kind, studies=every, done=done)
    assert len(calls) == found.steps(design, every)
    (outcome,) = shares.landmarks
    first, last = outcome.landmarks
    assert [one.landmark for one in outcome.landmarks] == ["session1", "session3"]
    # The last is the report's own, found again by itself; the first knows less and has other patients.
    assert last.total is not None
    assert last.total.value == pytest.approx(shares.outcomes[0].models[0].partitions[0].total.value)
    assert {name: one.value for name, one in last.families.items()} == pytest.approx(
        {name: one.share.value for name, one in shares.outcomes[0].models[0].partitions[0].families.items()}
    )
    assert "technique" not in first.families
    assert "technique" in last.families
    assert first.patients >= last.patients
