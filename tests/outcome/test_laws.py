"""Laws that hold of all scores, on an invented scale of whole points or of tenths."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from therapport.instruments import Instrument
from therapport.outcome import ChangeClass, FloatArray, Outcome, PairOutcome, Response, classes, nhs

LOWEST, HIGHEST = 3, 40
SYMMETRIC = [one for one in Response if one.rests_on == "one measure" and one is not Response.HALF_DROP]


def scale(*, step: float, cutoff: int, change: int, remission: int) -> Instrument:
    """A scale where lower is better; thresholds in steps."""
    return Instrument(
        label="Scale",
        range=(LOWEST * step, HIGHEST * step),
        better="lower",
        step=step,
        cutoff=cutoff * step,
        reliable_change=change * step,
        remission=remission * step,
    )


@st.composite
def scales(draw: st.DrawFn) -> Instrument:
    cutoff = draw(st.integers(LOWEST + 1, HIGHEST))
    return scale(
        step=draw(st.sampled_from([1.0, 0.1])),
        cutoff=cutoff,
        change=draw(st.integers(1, HIGHEST - LOWEST)),
        remission=draw(st.integers(LOWEST + 1, cutoff)),
    )


def reflected(instrument: Instrument) -> Instrument:
    """The same scale read from the other end: the first healthy score is where the last one was."""
    lowest, highest = instrument.range
    turned = {
        name: lowest + highest - threshold + instrument.step
        for name, threshold in (
            ("stated_cutoff", instrument.cutoff),
            ("stated_remission", instrument.remission),
        )
    }
    return instrument.model_copy(update={"better": "higher", **turned})


SCORES = arrays.arrays(
    np.float64, st.just((4, 6)), elements=st.one_of(st.integers(LOWEST, HIGHEST).map(float), st.just(float("nan")))
)
"""First and last score on two measures, in steps."""


def outcomes(instrument: Instrument, before: FloatArray, after: FloatArray) -> dict[Response, FloatArray]:
    return {response: Outcome(response, instrument).of(before, after) for response in SYMMETRIC}


@given(instrument=scales(), scores=SCORES)
def test_turning_the_scale_round_changes_nothing(instrument: Instrument, scores: FloatArray) -> None:
    before, after = scores[:2] * instrument.step
    turned = [sum(instrument.range) - score for score in (before, after)]
    expected, found = outcomes(instrument, before, after), outcomes(reflected(instrument), turned[0], turned[1])
    for response in SYMMETRIC:
        np.testing.assert_array_equal(found[response], expected[response], err_msg=response.value)


@given(instrument=scales(), scores=SCORES)
def test_everyone_with_both_scores_is_in_exactly_one_class(instrument: Instrument, scores: FloatArray) -> None:
    before, after = scores[:2] * instrument.step
    found = classes(
        before, after, cutoff=instrument.cutoff, reliable_change=instrument.reliable_change, better=instrument.better
    )
    known = ~np.isnan(before) & ~np.isnan(after)
    np.testing.assert_array_equal(np.isin(found, [one.value for one in ChangeClass]), known)
    # Each class is an outcome, or what the outcomes leave over: so they exclude each other.
    made = outcomes(instrument, before, after)
    recovered = made[Response.CLINICALLY_SIGNIFICANT_CHANGE] == 1
    improved = made[Response.RELIABLE_IMPROVEMENT] == 1
    worse = made[Response.RELIABLE_DETERIORATION] == 1
    np.testing.assert_array_equal(found == ChangeClass.RECOVERED, recovered)
    np.testing.assert_array_equal(found == ChangeClass.IMPROVED, improved & ~recovered)
    np.testing.assert_array_equal(found == ChangeClass.DETERIORATED, worse)
    np.testing.assert_array_equal(found == ChangeClass.UNCHANGED, known & ~improved & ~worse)
    assert not (improved & worse).any()


@given(instrument=scales(), scores=SCORES)
def test_recovery_by_a_reliable_change_is_both(instrument: Instrument, scores: FloatArray) -> None:
    before, after = scores[:2] * instrument.step
    made = outcomes(instrument, before, after)
    both = made[Response.CLINICALLY_SIGNIFICANT_CHANGE] == 1
    assert (made[Response.RECOVERY][both] == 1).all()
    assert (made[Response.RELIABLE_IMPROVEMENT][both] == 1).all()
    assert (made[Response.BELOW_CUTOFF][made[Response.REMISSION] == 1] == 1).all()


@given(first=scales(), second=scales(), scores=SCORES)
def test_the_laws_of_nhs_talking_therapies(first: Instrument, second: Instrument, scores: FloatArray) -> None:
    one = nhs.change(scores[0] * first.step, scores[1] * first.step, first)
    other = nhs.change(scores[2] * second.step, scores[3] * second.step, second)
    case, recovery, better, reliable, worse, none = (
        rule(one, other)
        for rule in (
            nhs.caseness,
            nhs.recovery,
            nhs.reliable_improvement,
            nhs.reliable_recovery,
            nhs.reliable_deterioration,
            nhs.no_reliable_change,
        )
    )
    known = ~np.isnan(scores).any(axis=0)
    for flags in (case, better, worse, none):
        np.testing.assert_array_equal(~np.isnan(flags), known)
    for flags in (recovery, reliable):
        np.testing.assert_array_equal(~np.isnan(flags), case == 1)
    np.testing.assert_array_equal(reliable == 1, (recovery == 1) & (better == 1))
    # Improved, deteriorated, neither: exactly one of the three.
    np.testing.assert_array_equal((better + worse + none)[known], np.ones(known.sum()))
    # Neither measure comes first.
    np.testing.assert_array_equal(nhs.reliable_recovery(other, one), reliable)
    np.testing.assert_array_equal(nhs.reliable_deterioration(other, one), worse)


@given(first=scales(), second=scales(), scores=SCORES)
def test_turning_one_of_two_scales_round_changes_nothing(
    first: Instrument, second: Instrument, scores: FloatArray
) -> None:
    straight = {
        "depression_before": scores[0] * first.step,
        "depression_after": scores[1] * first.step,
        "anxiety_before": scores[2] * second.step,
        "anxiety_after": scores[3] * second.step,
    }
    turned = straight | {role: sum(second.range) - straight[role] for role in ("anxiety_before", "anxiety_after")}
    for response in (one for one in Response if one.rests_on == "two measures"):
        expected = PairOutcome(response, first, second, checks_finished=False).of_columns(straight)
        found = PairOutcome(response, first, reflected(second), checks_finished=False).of_columns(turned)
        np.testing.assert_array_equal(found, expected)
