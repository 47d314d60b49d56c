"""Outcomes as JSON: nothing is lost, and what older versions stored can still be read."""

import json
import math

import pytest

from tests.outcome import every
from therapport import instruments
from therapport.errors import ConfigurationError
from therapport.outcome import Outcome, PairOutcome, Response, from_json, to_json

OLD = """{"response": "recovery", "cutoff": 8.0, "reliable_change": 6.0, "instrument": {"label": "PHQ-9",
    "full_name": "Patient Health Questionnaire, depression", "range": [0.0, 27.0], "better": "lower", "step": 1.0,
    "cutoff": 10.0, "cutoff_source": "Kroenke", "reliable_change": 6.0, "reliable_change_source": "NHS",
    "certainty": "read in a secondary source", "licence": "free"}}"""
"""As artifacts held it before there were kinds of outcomes."""


@pytest.mark.parametrize("response", Response)
def test_an_outcome_survives_json(response: Response) -> None:
    outcome = every.outcome(response)
    text = json.dumps(to_json(outcome), allow_nan=False)
    assert from_json(json.loads(text)) == outcome


def test_thresholds_of_a_study_are_kept() -> None:
    own = Outcome(Response.REMISSION, every.PHQ9, cutoff=8, reliable_change=5, remission=3)
    kept = from_json(to_json(own))
    assert isinstance(kept, Outcome)
    assert (kept.cutoff, kept.reliable_change, kept.remission) == (8, 5, 3)


def test_a_threshold_that_there_is_not_is_kept_as_missing() -> None:
    outcome = Outcome(Response.RELIABLE_IMPROVEMENT, instruments.instrument("swemwbs"))
    assert math.isnan(outcome.cutoff)
    assert to_json(outcome)["cutoff"] is None
    assert from_json(to_json(outcome)) == outcome


def test_whether_the_cohort_says_who_finished_is_kept() -> None:
    outcome = PairOutcome(Response.NHS_RECOVERY, every.PHQ9, every.GAD7, checks_finished=False)
    assert from_json(to_json(outcome)) == outcome


def test_an_outcome_of_an_older_artifact_can_be_read() -> None:
    outcome = from_json(json.loads(OLD))
    assert isinstance(outcome, Outcome)
    assert outcome.definition == "PHQ-9 is below 8 at the end, in patients who began at 8 or above"


@pytest.mark.parametrize("damage", [{"kind": "three measures"}, {"response": "bliss"}, {"instrument": {"label": "x"}}])
def test_what_is_no_outcome_is_an_error_of_value(damage: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"unknown kind|bliss|validation"):
        from_json(json.loads(OLD) | damage)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="is not an event"):
        from_json({"kind": "event", "response": "recovery"})
