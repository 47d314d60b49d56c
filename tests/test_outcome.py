import numpy as np
import pytest

from therapport import instruments, outcome
from therapport.instruments import Instrument
from therapport.outcome import Outcome, Response

NOT_KNOWN = float("nan")
RELIABLE, RECOVERY, BELOW, HALF = (
    Response.RELIABLE_IMPROVEMENT,
    Response.RECOVERY,
    Response.BELOW_CUTOFF,
    Response.HALF_DROP,
)
ORS = Instrument(
    label="ORS",
    full_name="Outcome Rating Scale",
    range=(0, 40),
    better="higher",
    step=0.1,
    cutoff=25,
    cutoff_source="Miller et al. 2003",
    reliable_change=5,
    reliable_change_source="Miller et al. 2003",
    certainty="recalled",
    licence="licensed",
)


def of(name: str, response: Response) -> Outcome:
    instrument = ORS if name == "ors" else instruments.instrument(name)
    return Outcome(response, instrument, instrument.cutoff, instrument.reliable_change)


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
        # Higher is better: the same questions, the other way round.
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
        ("ors", RECOVERY, 25, 30),  # not at caseness at the start
        ("ors", RECOVERY, NOT_KNOWN, 30),
    ],
)
def test_where_the_outcome_is_not_defined(name: str, response: Response, before: float, after: float) -> None:
    assert np.isnan(answer(of(name, response), before, after))


def test_below_the_cut_off_needs_no_score_from_the_start() -> None:
    assert answer(of("phq9", BELOW), NOT_KNOWN, 9) == 1


def test_a_study_may_set_thresholds_of_its_own() -> None:
    strict = Outcome(RELIABLE, instruments.instrument("phq9"), cutoff=5, reliable_change=10)
    assert answer(strict, 20, 11) == 0
    assert answer(strict, 20, 10) == 1
    assert answer(Outcome(BELOW, instruments.instrument("phq9"), cutoff=5, reliable_change=6), 20, 5) == 0


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
    ],
)
def test_the_rule_in_one_sentence(name: str, response: Response, definition: str) -> None:
    assert of(name, response).definition == definition


@pytest.mark.parametrize(
    ("standard_deviation", "reliability", "points"),
    [
        # The figures of the design for PHQ-9: 1.96 x sqrt(2) x 5.5 x sqrt(1 - .84) = 2.7719 x 5.5 x .4 = 6.098
        (5.5, 0.84, 6.098),
        # 2.7719 x 5.5 x sqrt(.11) = 2.7719 x 5.5 x .33166 = 5.056
        (5.5, 0.89, 5.056),
        (10.0, 1.0, 0.0),  # a perfect measure has no error
        (10.0, 0.0, 27.719),  # 1.96 x sqrt(2) x 10
    ],
)
def test_reliable_change_of_jacobson_and_truax(standard_deviation: float, reliability: float, points: float) -> None:
    found = outcome.reliable_change(standard_deviation=standard_deviation, reliability=reliability)
    assert found == pytest.approx(points, abs=5e-4)


def test_reliable_change_at_another_confidence() -> None:
    # 1.645 x 1.41421 x 5.5 x .4 = 5.118
    found = outcome.reliable_change(standard_deviation=5.5, reliability=0.84, confidence=1.645)
    assert found == pytest.approx(5.118, abs=5e-4)


def test_cut_off_c_weighs_each_mean_with_the_spread_of_the_other_group() -> None:
    # (6 x 4 + 3 x 16) / (6 + 3) = (24 + 48) / 9 = 8: nearer to the group that spreads less.
    assert outcome.cutoff_c(clinical=(16, 6), functional=(4, 3)) == pytest.approx(8)
    # Equal spreads: half way. (5 x 4 + 5 x 16) / 10 = 10
    assert outcome.cutoff_c(clinical=(16, 5), functional=(4, 5)) == pytest.approx(10)
    # Where higher is better the formula is the same: (5 x 30 + 10 x 18) / 15 = 22
    assert outcome.cutoff_c(clinical=(18, 5), functional=(30, 10)) == pytest.approx(22)
