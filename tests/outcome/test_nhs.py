"""The rules of NHS Talking Therapies as a truth table written by hand.

PHQ-9: a case at 10, reliable at 6 points. GAD-7: 8 and 4. PCL-5: 32 and 10. Each row: first and last PHQ-9, first and
last GAD-7, then caseness, recovery, reliable improvement, reliable recovery, reliable deterioration, no reliable
change. `U` is unknown or outside the denominator.
"""

import numpy as np
import pytest

from therapport import instruments
from therapport.errors import ConfigurationError
from therapport.outcome import FloatArray, PairOutcome, Response, nhs

U = float("nan")
PHQ9, GAD7, PCL5, SPIN, ORS = (instruments.instrument(name) for name in ("phq9", "gad7", "pcl5", "spin", "ors"))
RECOVERY, IMPROVEMENT, RELIABLE_RECOVERY, DETERIORATION = (
    Response.NHS_RECOVERY,
    Response.NHS_RELIABLE_IMPROVEMENT,
    Response.NHS_RELIABLE_RECOVERY,
    Response.NHS_RELIABLE_DETERIORATION,
)
RULES = (
    nhs.caseness,
    nhs.recovery,
    nhs.reliable_improvement,
    nhs.reliable_recovery,
    nhs.reliable_deterioration,
    nhs.no_reliable_change,
)

TABLE = [
    # PHQ-9   GAD-7    case rec  imp  r+r  det  none
    ((15, 5, 12, 4), (1, 1, 1, 1, 0, 0)),  # both better, both below
    ((15, 9, 12, 8), (1, 0, 1, 0, 0, 0)),  # 6 and 4 better, but GAD-7 is still at 8
    ((15, 10, 12, 3), (1, 0, 1, 0, 0, 0)),  # PHQ-9 is still at 10
    ((10, 9, 8, 7), (1, 1, 0, 0, 0, 1)),  # below both by one point each: recovery, not reliable
    ((10, 9, 4, 4), (1, 1, 0, 0, 0, 1)),  # a case by PHQ-9 alone
    ((6, 6, 8, 4), (1, 1, 1, 1, 0, 0)),  # a case by GAD-7 alone, 4 better
    ((6, 0, 7, 7), (0, U, 1, U, 0, 0)),  # no case, 6 better: counts for improvement, not for recovery
    ((9, 15, 7, 7), (0, U, 0, U, 1, 0)),  # no case, 6 worse
    ((9, 9, 7, 7), (0, U, 0, U, 0, 1)),  # no case, no change
    ((20, 12, 9, 13), (1, 0, 0, 0, 0, 1)),  # 8 better on one, 4 worse on the other: neither
    ((20, 12, 9, 12), (1, 0, 1, 0, 0, 0)),  # 8 better on one, 3 worse on the other: that is no reliable increase
    ((20, 15, 9, 6), (1, 0, 0, 0, 0, 1)),  # 5 and 3 better: neither is reliable
    ((12, 18, 9, 6), (1, 0, 0, 0, 1, 0)),  # 6 worse on one, 3 better on the other
    ((12, 18, 9, 5), (1, 0, 0, 0, 0, 1)),  # 6 worse on one, 4 better on the other: neither
    ((12, 18, 9, 15), (1, 0, 0, 0, 1, 0)),  # both worse
    ((9, 3, 12, 7), (1, 1, 1, 1, 0, 0)),  # a case by GAD-7, both better
    ((16, 9, 3, 7), (1, 1, 0, 0, 0, 1)),  # 7 better, GAD-7 4 worse but below 8: recovery without improvement
    ((27, 27, 21, 21), (1, 0, 0, 0, 0, 1)),
    ((0, 0, 0, 0), (0, U, 0, U, 0, 1)),
    # A score is missing: nothing is known, not even where the other measure seems to settle it.
    ((U, 5, 12, 4), (U, U, U, U, U, U)),
    ((15, U, 12, 4), (U, U, U, U, U, U)),
    ((15, 5, U, 4), (U, U, U, U, U, U)),
    ((15, 12, 12, U), (U, U, U, U, U, U)),
]


def column(*values: float) -> FloatArray:
    return np.array(values, dtype=np.float64)


@pytest.mark.parametrize(("scores", "expected"), TABLE)
def test_the_truth_table(scores: tuple[float, ...], expected: tuple[float, ...]) -> None:
    phq9, gad7 = scores[:2], scores[2:]
    depression, anxiety = (
        nhs.change(column(first), column(last), instrument)
        for (first, last), instrument in ((phq9, PHQ9), (gad7, GAD7))
    )
    np.testing.assert_array_equal([rule(depression, anxiety)[0] for rule in RULES], expected)


@pytest.mark.parametrize(
    ("pcl5", "gad7", "recovered", "improved"),
    [
        # PHQ-9 goes from 15 to 12, 3 points and still a case, wherever it does not say otherwise.
        ((50, 40), (12, 12), 0, 1),  # PCL-5 is 10 better, GAD-7 not at all: PCL-5 counts
        ((50, 41), (12, 4), 0, 0),  # GAD-7 is 8 better, PCL-5 only 9: PCL-5 counts
        ((U, U), (12, 4), 0, 1),  # no PCL-5: GAD-7 counts
        ((50, U), (12, 4), 0, 1),  # half a PCL-5 is none
        ((U, 20), (12, 9), 0, 0),
        ((50, 40), (U, U), 0, 1),  # no GAD-7, and none is needed
        ((U, U), (U, U), U, U),
        ((50, U), (12, U), U, U),  # never one score of each
    ],
)
def test_the_fallback_to_gad_7(
    pcl5: tuple[float, float], gad7: tuple[float, float], recovered: float, improved: float
) -> None:
    columns = {
        "depression_before": column(15),
        "depression_after": column(12),
        "anxiety_before": column(gad7[0]),
        "anxiety_after": column(gad7[1]),
        "specific_before": column(pcl5[0]),
        "specific_after": column(pcl5[1]),
    }
    for response, expected in ((RECOVERY, recovered), (IMPROVEMENT, improved)):
        found = PairOutcome(response, PHQ9, GAD7, (PCL5,), checks_finished=False).of_columns(columns)
        np.testing.assert_array_equal(found, [expected])


def test_caseness_and_recovery_go_by_the_specific_measure() -> None:
    # PHQ-9 9 and 9, no case. GAD-7 12 and 4 would be one, and recovered. PCL-5 31 and 20 is none: not counted.
    # The second patient has a PCL-5 of 32 and 31: a case, and recovered, though GAD-7 stays at 12.
    outcome = PairOutcome(RECOVERY, PHQ9, GAD7, (PCL5,), checks_finished=False)
    columns = {
        "depression_before": column(9, 9),
        "depression_after": column(9, 9),
        "anxiety_before": column(12, 12),
        "anxiety_after": column(4, 12),
        "specific_before": column(31, 32),
        "specific_after": column(20, 31),
    }
    np.testing.assert_array_equal(outcome.of_columns(columns), [U, 1])


def test_of_several_specific_measures_each_patient_counts_by_the_first_that_is_complete() -> None:
    outcome = PairOutcome(IMPROVEMENT, PHQ9, GAD7, (PCL5, SPIN), checks_finished=False)
    assert outcome.roles == (
        *("depression_before", "depression_after", "anxiety_before", "anxiety_after"),
        *("specific_before", "specific_after", "specific_2_before", "specific_2_after"),
    )
    columns = {
        "depression_before": column(9, 9, 9, 9),
        "depression_after": column(9, 9, 9, 9),
        "anxiety_before": column(9, 9, 9, 9),
        "anxiety_after": column(9, 9, 9, 5),  # 4 better in the last one
        "specific_before": column(50, 50, U, U),
        "specific_after": column(40, 45, U, U),  # 10 better, 5 better
        "specific_2_before": column(30, 40, 40, U),
        "specific_2_after": column(40, 30, 30, U),  # worse, 10 better, 10 better
    }
    # PCL-5 says yes; PCL-5 says no; SPIN says yes; GAD-7 says yes.
    np.testing.assert_array_equal(outcome.of_columns(columns), [1, 0, 1, 1])


@pytest.mark.parametrize(
    ("ended", "contacts", "counts"),
    [(1, 2, True), (1, 20, True), (1, 1, False), (1, 0, False), (0, 8, False), (U, 8, False), (1, U, False)],
)
@pytest.mark.parametrize("response", [RECOVERY, IMPROVEMENT, RELIABLE_RECOVERY, DETERIORATION])
def test_a_rate_counts_referrals_that_ended_after_two_contacts_or_more(
    response: Response, ended: float, contacts: float, *, counts: bool
) -> None:
    outcome = PairOutcome(response, PHQ9, GAD7)
    columns = {
        "depression_before": column(15),
        "depression_after": column(5),
        "anxiety_before": column(12),
        "anxiety_after": column(4),
        "ended": column(ended),
        "contacts": column(contacts),
    }
    expected = 0 if response is DETERIORATION else 1
    np.testing.assert_array_equal(outcome.of_columns(columns), [expected if counts else U])


def test_rates_of_recovery_leave_out_who_was_no_case_and_rates_of_improvement_do_not() -> None:
    # Four referrals: recovered; still a case; no case and 6 better; no case and unchanged.
    columns = {
        "depression_before": column(15, 15, 9, 5),
        "depression_after": column(5, 12, 3, 5),
        "anxiety_before": column(12, 12, 5, 5),
        "anxiety_after": column(4, 12, 5, 5),
    }
    recovered, improved = (
        PairOutcome(response, PHQ9, GAD7, checks_finished=False).of_columns(columns)
        for response in (RECOVERY, IMPROVEMENT)
    )
    assert np.nanmean(recovered) == 0.5  # 1 of 2 cases
    assert np.nanmean(improved) == 0.5  # 2 of 4 referrals
    assert np.isnan(recovered).sum() == 2


def test_a_scale_that_improves_upwards_can_be_one_of_the_two() -> None:
    # ORS: a case below 25, reliable at 5 points.
    outcome = PairOutcome(RELIABLE_RECOVERY, PHQ9, ORS, checks_finished=False)
    columns = {
        "depression_before": column(9, 9, 9),
        "depression_after": column(9, 9, 9),
        "anxiety_before": column(20, 24, 25),
        "anxiety_after": column(25, 25, 35),  # 5 better; 1 better; no case
    }
    np.testing.assert_array_equal(outcome.of_columns(columns), [1, 0, U])


def test_a_role_without_a_column_is_an_error_that_names_it() -> None:
    with pytest.raises(ConfigurationError, match="no column is named for anxiety_after, ended, contacts"):
        PairOutcome(RECOVERY, PHQ9, GAD7).of_columns(
            {"depression_before": column(1), "depression_after": column(1), "anxiety_before": column(1)}
        )


def test_an_instrument_without_thresholds_and_another_outcome_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="SWEMWBS has no cut-off"):
        PairOutcome(RECOVERY, PHQ9, instruments.instrument("swemwbs"))
    with pytest.raises(ConfigurationError, match="no reliable change is known for LSAS"):
        PairOutcome(RECOVERY, PHQ9, GAD7, (instruments.instrument("lsas"),))
    with pytest.raises(ConfigurationError, match="recovery is not an outcome on two measures"):
        PairOutcome(Response.RECOVERY, PHQ9, GAD7)


@pytest.mark.parametrize(
    ("response", "definition"),
    [
        (
            RECOVERY,
            "both measures end in the healthy range, in patients who began at or beyond either cut-off: "
            "PHQ-9 below 10; PCL-5 below 32, else GAD-7 below 8",
        ),
        (
            IMPROVEMENT,
            "one measure or both improve reliably and neither worsens reliably: "
            "PHQ-9 by 6 points or more; PCL-5 by 10 points or more, else GAD-7 by 4 points or more",
        ),
        (
            DETERIORATION,
            "one measure or both worsen reliably and neither improves reliably: "
            "PHQ-9 by 6 points or more; PCL-5 by 10 points or more, else GAD-7 by 4 points or more",
        ),
        (
            RELIABLE_RECOVERY,
            "both measures end in the healthy range, in patients who began at or beyond either cut-off; "
            "one measure or both improve reliably and neither worsens reliably: "
            "PHQ-9 below 10 and by 6 points or more; "
            "PCL-5 below 32 and by 10 points or more, else GAD-7 below 8 and by 4 points or more",
        ),
    ],
)
def test_the_rule_in_one_sentence(response: Response, definition: str) -> None:
    assert PairOutcome(response, PHQ9, GAD7, (PCL5,)).definition == definition


def test_whom_a_rate_counts_in_one_sentence() -> None:
    finished = "Referrals that ended after 2 attended treatment contacts or more"
    scores = "with a first and a last recorded score on both measures"
    assert PairOutcome(IMPROVEMENT, PHQ9, GAD7).denominator == f"{finished}, {scores}."
    assert PairOutcome(RECOVERY, PHQ9, GAD7).denominator == f"{finished}, {scores}, at caseness on either at first."
    granted = PairOutcome(IMPROVEMENT, PHQ9, GAD7, checks_finished=False).denominator
    assert granted == f"{finished} (taken for granted of everyone in this cohort), {scores}."
