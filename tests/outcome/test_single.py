"""The outcomes on one measure: who reached them, of whom, and in which words."""

from dataclasses import replace

import numpy as np
import pytest

from therapport import instruments
from therapport.errors import ConfigurationError
from therapport.outcome import Outcome, Response

NOT_KNOWN = float("nan")
RELIABLE, RECOVERY, BELOW, HALF = (
    Response.RELIABLE_IMPROVEMENT,
    Response.RECOVERY,
    Response.BELOW_CUTOFF,
    Response.HALF_DROP,
)
REMISSION, BOTH, WORSE = (
    Response.REMISSION,
    Response.CLINICALLY_SIGNIFICANT_CHANGE,
    Response.RELIABLE_DETERIORATION,
)


def of(name: str, response: Response) -> Outcome:
    return Outcome(response, instruments.instrument(name))


def answer(definition: Outcome, before: float, after: float) -> float:
    return float(definition.of(np.array([before]), np.array([after]))[0])


@pytest.mark.parametrize(
    ("name", "response", "before", "after", "expected"),
    [
        ("phq9", RELIABLE, 15, 9, 1),  # 15 - 9 = 6, which is enough
        ("phq9", RELIABLE, 15, 10, 0),  # 5
        ("phq9", RELIABLE, 9, 15, 0),  # a reliable change for the worse
        ("phq9", RECOVERY, 10, 9, 1),  # from a case to no case, though by one point only
        ("phq9", RECOVERY, 27, 10, 0),  # still a case
        ("phq9", BELOW, 5, 9, 1),  # where it began does not matter
        ("phq9", BELOW, 5, 10, 0),
        ("phq9", HALF, 15, 7, 1),  # half of 15 is 7.5
        ("phq9", HALF, 15, 8, 0),
        ("phq9", HALF, 14, 7, 1),  # exactly half
        ("gad7", RELIABLE, 12, 8, 1),  # 4
        ("gad7", RELIABLE, 12, 9, 0),  # 3
        ("gad7", RECOVERY, 8, 7, 1),
        ("gad7", RECOVERY, 8, 8, 0),
        ("gad7", BELOW, 21, 7, 1),
        ("gad7", HALF, 9, 5, 0),  # half of 9 is 4.5
        ("bdi2", RELIABLE, 30, 21, 1),  # 9
        ("bdi2", RELIABLE, 30, 22, 0),  # 8
        ("bdi2", RECOVERY, 14, 13, 1),
        ("bdi2", RECOVERY, 14, 14, 0),
        ("bdi2", BELOW, 63, 13, 1),
        ("bdi2", HALF, 31, 15, 1),  # half of 31 is 15.5
        ("core_om", RELIABLE, 20.1, 15.1, 1),  # exactly 5, though 5.000000000000002 in binary
        ("core_om", RELIABLE, 10.2, 5.2, 1),  # exactly 5, though 4.999999999999999 in binary
        ("core_om", RELIABLE, 20.1, 15.2, 0),  # 4.9
        ("core_om", RECOVERY, 10.0, 9.9, 1),
        ("core_om", RECOVERY, 20.0, 10.0, 0),
        ("core_om", BELOW, 9.9, 9.9, 1),
        ("core_om", HALF, 20.2, 10.1, 1),  # exactly half
        ("core_om", HALF, 20.1, 10.1, 0),  # half of 20.1 is 10.05
        ("oq45", RELIABLE, 90, 76, 1),  # 14
        ("oq45", RELIABLE, 90, 77, 0),  # 13
        ("oq45", RECOVERY, 64, 63, 1),
        ("oq45", RECOVERY, 64, 64, 0),
        ("oq45", BELOW, 180, 64, 0),
        ("oq45", HALF, 101, 50, 1),  # half of 101 is 50.5
        ("phq9", REMISSION, 5, 4, 1),  # below 5; where it began does not matter
        ("phq9", REMISSION, 20, 5, 0),
        ("hrsd17", REMISSION, 20, 7, 1),  # 7 or less
        ("hrsd17", REMISSION, 20, 8, 0),
        ("ybocs", REMISSION, 30, 12, 1),  # 12 or less
        ("phq9", BOTH, 15, 9, 1),  # 6 points, and across the line
        ("phq9", BOTH, 10, 9, 0),  # across the line, by one point only
        ("phq9", BOTH, 20, 10, 0),  # 10 points, but still a case
        ("phq9", WORSE, 9, 15, 1),  # 6 points worse
        ("phq9", WORSE, 9, 14, 0),  # 5
        ("phq9", WORSE, 15, 9, 0),  # better
        ("core_om", WORSE, 5.2, 10.2, 1),  # exactly 5, though 4.999999999999999 in binary
        ("mobility_inventory", RELIABLE, 3.03, 2.30, 1),  # exactly 0.73, though 0.7299999999999995 in binary
        ("mobility_inventory", RECOVERY, 3.03, 2.30, 0),  # 2.3 or above is a case
        ("core_om", RECOVERY, 20.0, 3 * 3.3 + 0.1, 0),  # 10, though 9.999999999999998 in binary
        # Higher is better: the same questions, the other way round.
        ("ors", BOTH, 20, 25, 1),
        ("ors", BOTH, 24, 28, 0),  # only 4 points
        ("ors", WORSE, 25.1, 20.1, 1),
        ("ors", WORSE, 20.1, 25.1, 0),
        ("who5", RECOVERY, 48, 52, 1),  # 50 or less is a case
        ("who5", RECOVERY, 20, 48, 0),
        ("ors", RELIABLE, 20.1, 25.1, 1),  # rises by 5
        ("ors", RELIABLE, 25.1, 20.1, 0),
        ("ors", RECOVERY, 24.9, 25, 1),
        ("ors", RECOVERY, 24.9, 24.9, 0),
        ("ors", BELOW, 30, 25, 1),
        ("ors", BELOW, 30, 24.9, 0),
    ],
)
def test_who_responded(name: str, response: Response, before: float, after: float, expected: float) -> None:
    assert answer(of(name, response), before, after) == expected


@pytest.mark.parametrize(
    ("name", "response", "before", "after"),
    [
        ("phq9", RELIABLE, NOT_KNOWN, 5),
        ("phq9", RELIABLE, 15, NOT_KNOWN),
        ("phq9", RECOVERY, NOT_KNOWN, 5),
        ("phq9", RECOVERY, 15, NOT_KNOWN),
        ("phq9", RECOVERY, 9, 5),  # not at caseness at the start
        ("phq9", BELOW, 15, NOT_KNOWN),
        ("phq9", HALF, NOT_KNOWN, 0),
        ("phq9", HALF, 15, NOT_KNOWN),
        ("phq9", HALF, 0, 0),  # half of nothing
        ("phq9", REMISSION, 15, NOT_KNOWN),
        ("phq9", BOTH, NOT_KNOWN, 5),
        ("phq9", BOTH, 15, NOT_KNOWN),
        ("phq9", BOTH, 9, 2),  # not at caseness at the start
        ("phq9", WORSE, NOT_KNOWN, 5),
        ("phq9", WORSE, 5, NOT_KNOWN),
        ("ors", BOTH, 25, 35),  # not at caseness at the start
        ("ors", RECOVERY, 25, 30),  # not at caseness at the start
        ("ors", RECOVERY, NOT_KNOWN, 30),
    ],
)
def test_where_the_outcome_is_not_defined(name: str, response: Response, before: float, after: float) -> None:
    assert np.isnan(answer(of(name, response), before, after))


@pytest.mark.parametrize(("response", "after"), [(BELOW, 9), (REMISSION, 4)])
def test_where_it_ends_needs_no_score_from_the_start(response: Response, after: float) -> None:
    assert answer(of("phq9", response), NOT_KNOWN, after) == 1


def test_a_study_may_set_thresholds_of_its_own() -> None:
    strict = Outcome(RELIABLE, instruments.instrument("phq9"), cutoff=5, reliable_change=10)
    assert answer(strict, 20, 11) == 0
    assert answer(strict, 20, 10) == 1
    assert answer(Outcome(BELOW, instruments.instrument("phq9"), cutoff=5, reliable_change=6), 20, 5) == 0


def test_thresholds_that_a_study_does_not_state_are_those_of_the_instrument() -> None:
    phq9 = instruments.instrument("phq9")
    assert Outcome.stated(RECOVERY, phq9, cutoff=None, reliable_change=None) == Outcome(RECOVERY, phq9, 10, 6, 5)
    assert Outcome.stated(RECOVERY, phq9, cutoff=8, reliable_change=None).cutoff == 8
    assert Outcome.stated(REMISSION, phq9, cutoff=None, reliable_change=None, remission=3).remission == 3
    assert replace(Outcome(RECOVERY, phq9), cutoff=8).definition.startswith("PHQ-9 is below 8")


def test_an_outcome_that_needs_a_threshold_which_nobody_states_is_refused() -> None:
    gad7, swemwbs, hrsd17 = (instruments.instrument(name) for name in ("gad7", "swemwbs", "hrsd17"))
    with pytest.raises(ConfigurationError, match="no threshold of remission is known for GAD-7: state one"):
        Outcome(REMISSION, gad7)
    with pytest.raises(ConfigurationError, match="SWEMWBS has no cut-off: state one"):
        Outcome(RECOVERY, swemwbs)
    for response in (RELIABLE, WORSE, BOTH):
        with pytest.raises(ConfigurationError, match="no reliable change is known for HRSD-17: state one"):
            Outcome(response, hrsd17)
    assert Outcome(BELOW, swemwbs, cutoff=20).definition == "SWEMWBS is 20 or above at the end"


def test_what_the_rule_does_not_need_may_be_missing() -> None:
    swemwbs = Outcome(RELIABLE, instruments.instrument("swemwbs"))
    assert swemwbs.known_cutoff is None
    assert swemwbs.definition == "SWEMWBS rises by 2.87 points or more"
    assert answer(Outcome(HALF, instruments.instrument("hscl11")), 2, 1) == 1
    assert of("phq9", HALF).known_cutoff == 10


def test_a_half_drop_is_refused_where_higher_is_better() -> None:
    with pytest.raises(ConfigurationError, match="a 50 % drop has no meaning on ORS, where higher is better"):
        of("ors", HALF)


@pytest.mark.parametrize("response", [one for one in Response if one.rests_on != "one measure"])
def test_an_outcome_on_something_else_is_refused(response: Response) -> None:
    with pytest.raises(ConfigurationError, match="is not an outcome on two scores of one measure"):
        of("phq9", response)


def test_the_columns_are_found_by_their_role() -> None:
    recovery = of("phq9", RECOVERY)
    columns = {"after": np.array([9.0, 9.0]), "before": np.array([10.0, 9.0]), "age": np.array([30.0, 40.0])}
    assert recovery.roles == ("before", "after")
    np.testing.assert_array_equal(recovery.of_columns(columns), [1, NOT_KNOWN])
    with pytest.raises(ConfigurationError, match="recovery: no column is named for before"):
        recovery.of_columns({"after": np.array([9.0])})


def test_every_patient_keeps_their_place() -> None:
    before, after = np.array([20, NOT_KNOWN, 20, 8]), np.array([14, 14, 15, 2])
    np.testing.assert_array_equal(of("phq9", RELIABLE).of(before, after), [1, NOT_KNOWN, 0, 1])


@pytest.mark.parametrize(
    ("name", "response", "definition"),
    [
        ("phq9", RELIABLE, "PHQ-9 falls by 6 points or more"),
        ("phq9", RECOVERY, "PHQ-9 is below 10 at the end, in patients who began at 10 or above"),
        ("phq9", BELOW, "PHQ-9 is below 10 at the end"),
        ("phq9", HALF, "PHQ-9 at the end is at most half of what it was at the start"),
        ("ors", RELIABLE, "ORS rises by 5 points or more"),
        ("ors", RECOVERY, "ORS is 25 or above at the end, in patients who began at below 25"),
        ("phq9", REMISSION, "PHQ-9 is below 5 at the end"),
        ("phq9", WORSE, "PHQ-9 rises by 6 points or more"),
        ("ors", WORSE, "ORS falls by 5 points or more"),
        (
            "phq9",
            BOTH,
            "PHQ-9 falls by 6 points or more; it is below 10 at the end, in patients who began at 10 or above",
        ),
    ],
)
def test_the_rule_in_one_sentence(name: str, response: Response, definition: str) -> None:
    assert of(name, response).definition == definition


@pytest.mark.parametrize(
    ("name", "response", "denominator"),
    [
        ("phq9", RELIABLE, "Patients whose PHQ-9 is known at start and end."),
        ("phq9", WORSE, "Patients whose PHQ-9 is known at start and end."),
        ("phq9", RECOVERY, "Patients whose PHQ-9 is known at start and end, who began at 10 or above."),
        ("ors", BOTH, "Patients whose ORS is known at start and end, who began at below 25."),
        ("phq9", BELOW, "Patients whose PHQ-9 is known at the end, wherever they began."),
        ("phq9", REMISSION, "Patients whose PHQ-9 is known at the end, wherever they began."),
        ("phq9", HALF, "Patients whose PHQ-9 is known at start and end, who began above 0."),
    ],
)
def test_whom_a_rate_counts(name: str, response: Response, denominator: str) -> None:
    assert of(name, response).denominator == denominator
