"""A study with several landmarks: what its file may say, and the study that it is at each."""

from pathlib import Path

import pytest

from tests import studies as material
from therapport.codebook import Landmark
from therapport.errors import ConfigurationError
from therapport.simulator import measures
from training import study as studies
from training.study import Study

SINGLE = material.STUDY.format(**material.SETTINGS)
SEVERAL = SINGLE.replace('landmark = "session3"', 'landmarks = ["intake", "session3", "session5"]')
LINE = SINGLE.splitlines().index('landmark = "session3"') + 1
AT_RISK = '\n[at_risk]\nsessions = "sessions_attended"\n'


def write(folder: Path, text: str) -> Path:
    (folder / "codebook.toml").write_text(measures.CODEBOOK.read_text())
    (folder / "study.toml").write_text(text)
    return folder / "study.toml"


def every(folder: Path, text: str) -> tuple[Study, ...]:
    return studies.read_all(write(folder, text))


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        every(folder, text)
    return list(caught.value.problems)


def test_each_landmark_has_its_own_factors_title_and_model(tmp_path: Path) -> None:
    intake, third, fifth = every(tmp_path, SEVERAL)
    assert [one.table.landmark for one in (intake, third, fifth)] == ["intake", "session3", "session5"]
    assert [one.name for one in (intake, third, fifth)] == [
        "simulated-intake",
        "simulated-session3",
        "simulated-session5",
    ]
    assert {one.table.name for one in (intake, third, fifth)} == {"simulated"}
    assert intake.title == "Simulated patients (landmark: intake)"
    assert "alliance" not in intake.factors
    assert set(intake.factors) < set(third.factors) == set(fifth.factors)


def test_one_landmark_in_a_list_is_the_same_study_as_a_landmark(tmp_path: Path) -> None:
    (listed,) = every(tmp_path, SINGLE.replace('landmark = "session3"', 'landmarks = ["session3"]'))
    (stated,) = every(tmp_path, SINGLE)
    assert (listed.name, listed.title, listed.factors) == (stated.name, stated.title, stated.factors)
    assert listed.name == "simulated"


def test_of_several_the_one_asked_for_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, SEVERAL)
    assert studies.read(path, landmark=Landmark.SESSION_5).name == "simulated-session5"
    for landmark, lacks in ((None, "one of them has to be named"), (Landmark.WEEK_4, "not week4")):
        with pytest.raises(ConfigurationError, match=f"the landmarks intake, session3, session5; {lacks}"):
            studies.read(path, landmark=landmark)
    assert studies.read(write(tmp_path, SINGLE), landmark=Landmark.WEEK_4).table.landmark is Landmark.SESSION_3


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ('landmark = "session3"\nlandmarks = ["intake"]', "landmarks: both are there; name one moment of prediction"),
        ("", "landmarks: name one moment of prediction under landmark, or several under landmarks"),
        ('landmarks = ["intake", "session3", "intake"]', "landmarks: a landmark is named twice"),
        ("landmarks = []", "landmarks: Tuple should have at least 1 item"),
        ('landmarks = ["intake", "end"]', "landmarks: at the end there is nothing left to predict"),
        ('landmark = "end"', "landmarks: at the end there is nothing left to predict"),
        ('landmarks = ["intake", "session2"]', "landmarks.1: Input should be 'intake', 'session1'"),
    ],
)
def test_what_the_landmarks_may_not_be(said: str, problem: str, tmp_path: Path) -> None:
    (found,) = problems(tmp_path, SINGLE.replace('landmark = "session3"', said))
    assert found.split(": ", 1)[1].startswith(problem)


def test_a_missing_landmark_comes_with_all_other_problems(tmp_path: Path) -> None:
    found = problems(tmp_path, SINGLE.replace('landmark = "session3"\n', "").replace("folds = 3", "folds = 1"))
    assert len(found) == 2


def test_problems_of_any_landmark_come_at_once_and_those_of_all_only_once(tmp_path: Path) -> None:
    text = SEVERAL.replace('severity = "phq9_intake"', 'severity = "alliance"').replace('"phq9_end"', '"phq8"')
    found = problems(tmp_path, text)
    assert [one.split(": ", 1)[1] for one in found] == [
        "severity: alliance is known only at session3, after the study's landmark (intake)",
        "outcome.after: the codebook has no measure phq8 under [measures]",
    ]


def test_named_factors_are_taken_from_the_landmark_on_at_which_they_are_known(tmp_path: Path) -> None:
    text = SEVERAL.replace("seed = 1", 'seed = 1\nfactors = ["phq9_intake", "alliance"]')
    assert [one.factors for one in every(tmp_path, text)] == [
        ("phq9_intake",),
        ("phq9_intake", "alliance"),
        ("phq9_intake", "alliance"),
    ]
    first = text.replace('["intake", "session3", "session5"]', '["intake", "session1"]')
    (found,) = problems(tmp_path, first)
    assert "factors.1: alliance is known only at session3, after the study's landmark (session1)" in found
    (found,) = problems(tmp_path, text + '\n[waive]\nlate-factor = "Because"\n')
    assert "cannot be waived in a study with several landmarks" in found


def test_a_reference_level_must_be_known_at_every_landmark(tmp_path: Path) -> None:
    text = SEVERAL.replace("seed = 1", 'seed = 1\nfactors = ["phq9_intake", "delivery_mode"]')
    same = text.replace("patients = 67", 'patients = 67\nsame = "delivery_mode"')
    assert len(every(tmp_path, same)) == 3
    late = measures.CODEBOOK.read_text()
    place = late.index("[factors.delivery_mode]")
    (tmp_path / "late.toml").write_text(late[:place] + late[place:].replace('"intake"', '"session3"', 1))
    (found,) = problems(tmp_path, same.replace("codebook.toml", "late.toml"))
    assert "reference.same: must be a category or boolean among the study's factors" in found


def test_a_candidate_need_be_possible_at_one_landmark_only(tmp_path: Path) -> None:
    codebook = measures.CODEBOOK.read_text() + (
        '\n[factors.phq9_now]\nlabel = "PHQ-9 now"\nfamily = "early_change"\nkind = "integer"\n'
        'known_at = "session3"\nrange = [0, 27]\ninstrument = "phq9"\n'
    )
    text = SEVERAL.replace("codebook.toml", "more.toml").replace('"severity"]', '"severity_landmark"]')
    (tmp_path / "more.toml").write_text(codebook)
    intake, third, _ = every(tmp_path, text)
    assert (intake.eligible, third.eligible) == (("prevalence",), ("prevalence", "severity_landmark"))
    (found,) = problems(tmp_path, text.replace('"prevalence", ', ""))
    assert "candidates: none of them is possible at intake" in found
    (found,) = problems(tmp_path, text.replace('"session3", "session5"', '"session1"'))
    assert "candidates.1: no factor has a score of the outcome's instrument" in found


def test_who_is_at_risk_is_told_by_a_count_that_is_no_factor(tmp_path: Path) -> None:
    assert every(tmp_path, SEVERAL + AT_RISK)[1].table.at_risk.sessions == "sessions_attended"
    for column, problem in (
        ("sessions_had", "the codebook has no measure sessions_had under [measures]"),
        ("phq9_end", "phq9_end must be a measure of kind count"),
        ("episode_months", "episode_months is a factor, but how long a treatment was is known only at its end"),
    ):
        (found,) = problems(tmp_path, SEVERAL + AT_RISK.replace("sessions_attended", column))
        assert f"at_risk.sessions: {problem}" in found
    (found,) = problems(tmp_path, SEVERAL + "\n[at_risk]\nlast_measurement = true\n")
    assert "at_risk.last_measurement: there is no long table" in found
    (found,) = problems(tmp_path, SEVERAL + '\n[at_risk]\noutcome_at = "session"\n')
    assert "at_risk.outcome_at" in found
