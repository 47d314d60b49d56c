"""The study's file: every problem with its line, and what a sound one means."""

from pathlib import Path

import pytest

from tests import studies as material
from therapport.errors import ConfigurationError
from therapport.outcome import Outcome
from therapport.simulator import measures
from training import study as studies
from training.study import Study

SOUND = material.STUDY.format(**material.SETTINGS)


def read(folder: Path, text: str, *, codebook: str | None = None) -> Study:
    (folder / "codebook.toml").write_text(codebook or measures.CODEBOOK.read_text())
    (folder / "study.toml").write_text(text)
    return studies.read(folder / "study.toml")


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        read(folder, text)
    assert caught.value.summary.startswith(str(folder / "study.toml"))
    return list(caught.value.problems)


def with_line(old: str, new: str) -> tuple[str, int]:
    """The sound study with one line changed, and the number of that line."""
    lines = SOUND.splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith(old))
    lines[place] = new
    return "\n".join(lines) + "\n", place + 1


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("seed", 'factors = ["phq9_intake", "aliance"]', "factors.1: the codebook has no factor aliance"),
        (
            "seed",
            'factors = ["phq9_end", "phq9_intake"]',
            "factors.0: phq9_end is a measure of the outcome; as a factor it would give the answer away",
        ),
        ("severity", 'severity = "phq9_end"', "severity: phq9_end is a measure of the outcome; as a factor it"),
        ("severity", 'severity = "phq8"', "severity: the codebook has no factor phq8"),
        (
            "candidates",
            'candidates = ["severity", "forest"]',
            "candidates.1: unknown candidate; known: prevalence, severity, severity_landmark, elastic_net, mixed, "
            "random_forest, xgboost",
        ),
        ("candidates", "candidates = []", "candidates: Tuple should have at least 1 item"),
        (
            "group",
            'group = "clinic"',
            "validation.group: unknown grouping level; the codebook has: patient, therapist, site",
        ),
        ("patients", "patients = 0", "reference.patients: must be 'all' or a whole number from 1 to 10,000"),
        ("before", 'before = "phq9"', "outcome.before: the codebook has no factor phq9"),
        ("before", 'before = "alliance"', "outcome.before: "),
        ("after", 'after = "phq9_intake"', "outcome.after: the codebook has no measure phq9_intake under [measures]"),
        ("response", 'response = "recovered"', "outcome.response: Input should be 'reliable_improvement'"),
        ("end_score", "reliable_change = 0", "outcome.reliable_change: Input should be greater than 0"),
        ("end_score", "cutoff = 28", "outcome.cutoff: must be inside the range of the instrument, 0 to 27"),
        ("end_score", "cutoff = 0", "outcome.cutoff: must be inside the range of the instrument, 0 to 27"),
        ("folds", "folds = 1", "validation.folds: Input should be greater than or equal to 2"),
        ("draws", "draws = 10", "validation.draws: Input should be greater than or equal to 100"),
        ("landmark", 'landmark = "session2"', "landmark: Input should be 'intake'"),
        ("seed", "seed = -1", "seed: Input should be greater than or equal to 0"),
        ("seed", "sede = 1", "sede: unknown key; did you mean seed?"),
        ("repeats", "repeat = 1", "validation.repeat: unknown key; did you mean repeats?"),
    ],
)
def test_what_a_study_may_not_say(old: str, new: str, problem: str, tmp_path: Path) -> None:
    text, line = with_line(old, new)
    found = [one for one in problems(tmp_path, text) if one.startswith(f"line {line}: {problem}")]
    assert len(found) == 1


def test_a_factor_known_only_after_the_landmark_is_refused(tmp_path: Path) -> None:
    text, line = with_line("seed", 'factors = ["phq9_intake", "expectancy", "alliance"]')
    assert problems(tmp_path, text.replace('"session3"', '"session1"')) == [
        f"line {line}: factors.2: alliance is known only at session3, after the study's landmark (session1)"
    ]


def test_the_severity_must_be_among_the_named_factors(tmp_path: Path) -> None:
    text, line = with_line("seed", 'factors = ["alliance"]')
    assert problems(tmp_path, text) == [f"line {line - 1}: severity: the severity must be one of the study's factors"]


def test_every_name_that_the_codebook_does_not_bear_out_comes_at_once(tmp_path: Path) -> None:
    text = SOUND.replace('"phq9_intake"', '"phq8"').replace('"therapist"', '"clinic"').replace('severity"]', 'x"]')
    assert [one.split(": ")[1] for one in problems(tmp_path, text)] == [
        "severity",
        "candidates.1",
        "validation.group",
        "outcome.before",
    ]


def test_a_study_that_predicts_nothing_is_refused(tmp_path: Path) -> None:
    text = SOUND.replace("end_score = true", "end_score = false").replace('response = "reliable_improvement"\n', "")
    (problem,) = problems(tmp_path, text)
    assert "outcome: nothing to predict: name a response" in problem


def test_problems_of_the_codebook_are_told_with_its_own_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, SOUND, codebook=measures.CODEBOOK.read_text().replace('kind = "number"', 'kind = "float"'))
    assert caught.value.summary.startswith(str(tmp_path / "codebook.toml"))


def test_a_missing_codebook_is_told_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(SOUND)
    with pytest.raises(ConfigurationError, match=r"codebook\.toml: cannot be read"):
        studies.read(tmp_path / "study.toml")


def test_a_landmark_leaves_out_the_factors_that_come_later(tmp_path: Path) -> None:
    intake = read(tmp_path, SOUND.replace('"session3"', '"intake"'))
    assert intake.factors == (
        "phq9_intake",
        "episode_months",
        "deprivation_decile",
        "therapist_skill",
        "reactance",
        "delivery_mode",
    )


def test_named_factors_stand_in_the_order_of_the_codebook(tmp_path: Path) -> None:
    text, _ = with_line("seed", 'factors = ["alliance", "phq9_intake"]')
    assert read(tmp_path, text).factors == ("phq9_intake", "alliance")


def test_candidates_come_from_the_simplest_on_whatever_order_they_are_named_in(tmp_path: Path) -> None:
    text, _ = with_line("candidates", 'candidates = ["xgboost", "prevalence", "elastic_net"]')
    assert read(tmp_path, text).eligible == ("prevalence", "elastic_net", "xgboost")


def test_baselines_are_compared_with_whatever_a_study_names(tmp_path: Path) -> None:
    text, _ = with_line("candidates", 'candidates = ["xgboost"]')
    study = read(tmp_path, text)
    assert study.candidates == ("prevalence", "severity", "elastic_net", "mixed", "xgboost")
    assert study.eligible == ("xgboost",)


def test_a_study_that_names_no_candidate_may_keep_any_that_its_cohort_bears(tmp_path: Path) -> None:
    text, _ = with_line("candidates", "")
    whole = ("prevalence", "severity", "elastic_net", "mixed", "xgboost")
    assert read(tmp_path, text).eligible == read(tmp_path, text).candidates == whole
    ungrouped = measures.CODEBOOK.read_text().replace('[groups]\ntherapist = "therapist_id"\nsite = "site_id"', "")
    ungrouped = ungrouped.replace("\n[dates]", 'ignored = ["therapist_id", "site_id"]\n\n[dates]')
    own = text.replace('group = "therapist"', 'group = "patient"')
    assert "mixed" not in read(tmp_path, own, codebook=ungrouped).candidates
    named, _ = with_line("candidates", 'candidates = ["mixed"]')
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, named.replace('group = "therapist"', 'group = "patient"'), codebook=ungrouped)
    assert "the codebook has no groups" in "".join(caught.value.problems)


LATER = """
[factors.{name}]
label = "{name}"
family = "patient"
kind = "integer"
known_at = "{known_at}"
range = [0, 27]
instrument = "phq9"
"""


def test_the_landmark_score_is_the_latest_of_the_outcomes_instrument_that_is_known_by_then(tmp_path: Path) -> None:
    scores = {"phq9_one": "session1", "phq9_three": "session3", "phq9_five": "session5", "phq9_early": "intake"}
    codebook = measures.CODEBOOK.read_text() + "".join(
        LATER.format(name=name, known_at=moment) for name, moment in scores.items()
    )
    study = read(tmp_path, SOUND, codebook=codebook)
    assert study.latest == "phq9_three"
    assert "severity_landmark" in study.candidates
    later, _ = with_line("landmark", 'landmark = "session5"')
    assert read(tmp_path, later, codebook=codebook).latest == "phq9_five"
    at_intake, _ = with_line("landmark", 'landmark = "intake"')
    assert read(tmp_path, at_intake, codebook=codebook).latest is None
    from_three, _ = with_line("severity", 'severity = "phq9_three"')
    assert read(tmp_path, from_three, codebook=codebook).latest is None
    some, _ = with_line("seed", 'factors = ["phq9_intake", "phq9_one"]')
    assert read(tmp_path, some, codebook=codebook).latest == "phq9_one"


@pytest.mark.parametrize(
    "line",
    [
        "capacity = 0",
        "capacity = 20",
        "interval = 0.4",
        "interval = 1",
        "abstain_missing = 1",
        "abstain_beyond = -1",
        "abstain_beyond = 0.5",
        "abstain_wide = 1",
        "abstain_wide_points = 0",
    ],
)
def test_shares_are_shares(tmp_path: Path, line: str) -> None:
    key = line.split(" = ", maxsplit=1)[0]
    (problem,) = problems(tmp_path, SOUND.replace("[validation]", f"[validation]\n{line}"))
    assert f"validation.{key}" in problem


@pytest.mark.parametrize("line", ["abstain_wide = 0.3", "abstain_wide_points = 4"])
def test_abstaining_where_the_model_is_not_sure_needs_refits(tmp_path: Path, line: str) -> None:
    key, asked = line.split(" = ", maxsplit=1)[0], SOUND.replace("[validation]", f"[validation]\n{line}")
    assert read(tmp_path, asked).limits.stated
    (problem,) = problems(tmp_path, f"{asked}\n[explanation]\nrefits = 1\n")
    assert f"validation.{key}" in problem
    assert "comes from refits" in problem


def test_what_is_not_predicted_cannot_be_unsure(tmp_path: Path) -> None:
    only_response = SOUND.replace("[validation]", "[validation]\nabstain_wide_points = 4")
    only_response = only_response.replace("end_score = true", "end_score = false")
    (problem,) = problems(tmp_path, only_response)
    assert "validation.abstain_wide_points: the study does not predict the end score" in problem


def test_a_study_may_set_thresholds_of_its_own(tmp_path: Path) -> None:
    own = read(tmp_path, SOUND.replace("[validation]", "cutoff = 8\nreliable_change = 5.5\n[validation]")).outcome
    published = read(tmp_path, SOUND).outcome
    assert isinstance(own, Outcome)
    assert isinstance(published, Outcome)
    assert (own.cutoff, own.reliable_change) == (8, 5.5)
    assert (published.cutoff, published.reliable_change) == (10, 6)


def test_the_cohort_is_found_beside_the_study(tmp_path: Path) -> None:
    study = read(tmp_path, SOUND)
    assert study.cohort_path == tmp_path / "cohort.csv"
    assert study.name == "simulated"
