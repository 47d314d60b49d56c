"""What the gate said is told in words, in English and in Dutch, and nothing of it is lost."""

import pytest

from serving import gate_words
from therapport import language
from therapport.predictor import Predictor
from therapport.registry import checks, verdict
from therapport.registry.check import Check


def tags_of(found: tuple[Check, ...]) -> dict[str, str]:
    """As the registry keeps them."""
    tags = {verdict._key(check): f"{check.standing}: {check.figure}" for check in found}
    return {**tags, "gate": "passed", "gate_judged_at": "2026-01-31T12:00:00+00:00"}


def test_every_check_of_the_gate_has_words_and_keeps_its_figure(both: Predictor) -> None:
    judged = checks.judge(both, None)
    tags = tags_of(judged)
    told = gate_words.told(tags)
    assert len(told) == len(judged) + 1
    assert (told[0].label, told[0].standing, told[0].figure) == ("Verdict", "passed", "2026-01-31")
    assert {one.figure for one in told[1:]} == {check.figure for check in judged}
    assert not [one.label for one in told if "_" in one.label]
    assert all(one.standing for one in told)


def test_the_outcome_that_a_check_is_about_ends_its_label() -> None:
    told = gate_words.told(
        {"gate_calibration_slope_end_score": "failed: 0.5", "gate_calibration_slope_response": "passed: 1"}
    )
    assert [(one.label, one.standing) for one in told] == [
        ("Neither too bold nor too timid: the end score", "not passed"),
        ("Neither too bold nor too timid: the outcome", "passed"),
    ]


@pytest.mark.parametrize("text", ["slope 0.98, allowed 0.8 to 1.25", "unheard: of"])
def test_what_is_not_known_here_stands_as_it_is_at_the_end(text: str) -> None:
    told = gate_words.told({"gate.calibration": text, "gate": "passed", "gate_adds_up": "passed: 1e-15", "other": "no"})
    assert [one.label for one in told] == ["Verdict", "The parts add up to the prediction", "gate.calibration"]
    assert (told[-1].standing, told[-1].figure) == ("", text)


def test_in_dutch_labels_and_standings_are_dutch_and_figures_are_kept(both: Predictor) -> None:
    tags = tags_of(checks.judge(both, None))
    english = gate_words.told(tags)
    with language.using("nl"):
        dutch = gate_words.told(tags)
    assert [one.figure for one in dutch] == [one.figure for one in english]
    assert not {one.label for one in dutch} & {one.label for one in english}
    assert {one.standing for one in dutch} <= {"geslaagd", "niet geslaagd", "niet beoordeeld"}
