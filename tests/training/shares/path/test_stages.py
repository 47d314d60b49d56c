"""Which factors stand where: stated, by family, not yet known; and what a study may not say."""

from pathlib import Path

import pytest

from therapport import simulator
from therapport.codebook import Landmark
from therapport.errors import ConfigurationError
from training import study as studies
from training.shares.path.stages import stages


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small simulated cohort with both studies; not to be written to."""
    made = tmp_path_factory.mktemp("stages") / "sim"
    simulator.write(simulator.simulate(patients=60, therapists=6, sites=2), made)
    return made


def changed(folder: Path, name: str, path: str) -> Path:
    text = (folder / "study.toml").read_text()
    begin, end = text.index("[path]"), text.index("[validation]")
    made = folder / f"{name}.toml"
    made.write_text(text[:begin] + path + text[end:])
    return made


def test_the_simulated_study_states_its_path_and_all_else_is_held_constant(folder: Path) -> None:
    found = stages(studies.read(folder / "study.toml"))
    assert found is not None
    assert found.first == ("alliance", "expectancy", "therapist_skill")
    assert list(found.mediating) == ["resistance", "active_role", "technique"]
    assert set(found.background) == {
        "phq9_intake",
        "episode_months",
        "deprivation_decile",
        "reactance",
        "delivery_mode",
    }


def test_without_a_word_of_the_study_families_say_it_and_resistance_is_nobodys(folder: Path) -> None:
    found = stages(studies.read(changed(folder, "silent", "")))
    assert found is not None
    assert found.first == ("alliance", "expectancy", "therapist_skill")
    assert found.mediating == {
        "active_role": ("observed_resistance", "homework_completion"),
        "technique": ("adherence", "competence"),
    }
    assert "reactance" in found.background


def test_what_is_not_known_at_a_landmark_falls_away(folder: Path) -> None:
    at = {one.table.landmark: stages(one) for one in studies.read_all(folder / "study-sessions.toml")}
    assert at[Landmark.INTAKE] is None
    later = at[Landmark("session3")]
    assert later is not None
    assert later.first == ("alliance_last", "expectancy", "therapist_skill")
    assert later.mediating["active_role"] == ("homework_mean",)


def test_every_problem_of_a_path_is_told_with_its_line(folder: Path) -> None:
    wrong = '[path]\nfirst = ["alliance", "delivery_mode"]\nresistance = ["resistence"]\ntechnique = ["alliance"]\n\n'
    with pytest.raises(ConfigurationError) as refused:
        studies.read(changed(folder, "wrong", wrong))
    told = "\n".join(refused.value.problems)
    assert "delivery_mode is a category" in told
    assert "no factor resistence" in told
    assert "alliance stands in the path twice" in told
    assert len(refused.value.problems) == 3
