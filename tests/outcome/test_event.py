"""Dropout and completion, from one column."""

import numpy as np
import pytest

from therapport.errors import ConfigurationError
from therapport.outcome import EventOutcome, Response, from_json, to_json

NOT_KNOWN = float("nan")
DROPPED_OUT = np.array([1.0, 0.0, NOT_KNOWN])


def test_a_column_may_say_who_completed() -> None:
    columns = {"completed": 1 - DROPPED_OUT}
    for response in (Response.DROPOUT, Response.COMPLETION):
        completed, dropped_out = EventOutcome(response, "completed"), EventOutcome(response)
        np.testing.assert_array_equal(completed.of_columns(columns), dropped_out.of(DROPPED_OUT))
        assert "completion" in completed.definition
        assert completed.definition.startswith("no ") == (response is Response.DROPOUT)
        assert from_json(to_json(completed)) == completed


def test_dropout_is_the_column_and_completion_its_complement() -> None:
    columns = {"dropped_out": DROPPED_OUT}
    np.testing.assert_array_equal(EventOutcome(Response.DROPOUT).of_columns(columns), [1, 0, NOT_KNOWN])
    np.testing.assert_array_equal(EventOutcome(Response.COMPLETION).of_columns(columns), [0, 1, NOT_KNOWN])


def test_an_event_needs_no_instrument() -> None:
    assert EventOutcome(Response.DROPOUT).instruments == ()
    assert EventOutcome(Response.DROPOUT).roles == ("dropped_out",)


def test_without_its_column_it_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="dropout: no column is named for dropped_out"):
        EventOutcome(Response.DROPOUT).of_columns({"before": DROPPED_OUT})


def test_an_outcome_on_scores_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="recovery is not an event, but an outcome on scores"):
        EventOutcome(Response.RECOVERY)
