import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving import family_words
from serving.family_words import Direction
from therapport.outcome import PHRASES, Response

numbers = st.floats(-1, 1)


@pytest.mark.parametrize(
    ("favourable", "words"), [(0.2, "speaks for"), (-0.2, "speaks against"), (0.009, "hardly counts")]
)
def test_a_contribution_speaks_for_or_against_or_hardly_counts(favourable: float, words: str) -> None:
    assert family_words.WORDS[family_words.direction(favourable, hardly=0.01)] == words


@pytest.mark.parametrize(
    ("points", "people"), [(0.158, "16 more"), (-0.158, "16 fewer"), (0.0099, "under 1"), (-0.01, "1 fewer")]
)
def test_a_contribution_to_the_chance_is_told_in_people(points: float, people: str) -> None:
    assert family_words.people_moved(points) == people


@pytest.mark.parametrize(("points", "told"), [(1.26, "1.3 higher"), (-1.26, "1.3 lower"), (0.04, "under 0.1")])
def test_a_contribution_to_the_score_is_told_in_points(points: float, told: str) -> None:
    assert family_words.points_moved(points) == told


def test_the_two_largest_families_are_named_with_what_they_say() -> None:
    sentence = family_words.rests_mostly_on(
        [("Patient", -0.02, "against"), ("Alliance", 0.001, "hardly"), ("Delivery", 0.1, "for"), ("X", 0.03, "for")]
    )
    assert sentence == "The prediction rests mostly on Delivery (speaks for) and X (speaks for)."


def test_no_family_is_named_where_none_stands_out() -> None:
    assert family_words.rests_mostly_on([("Patient", 0.001, "hardly")]) == family_words.NOTHING_STANDS_OUT
    assert family_words.rests_mostly_on([("Patient", 0.0, "unused")]) == family_words.SAME_FOR_ALL


def test_with_intervals_only_families_that_can_be_told_from_zero_are_named() -> None:
    sentence = family_words.rests_mostly_on(
        [("Patient", -0.3, "unclear"), ("Alliance", 0.02, "for"), ("Delivery", 0.1, "unclear"), ("X", 0.001, "hardly")]
    )
    assert sentence == (
        "As far as families can be told from zero, the prediction rests mostly on Alliance (speaks for)."
    )
    smaller = family_words.rests_mostly_on([("Patient", -0.01, "unclear"), ("Alliance", 0.02, "for")])
    assert smaller == "The prediction rests mostly on Alliance (speaks for)."


def test_where_no_family_can_be_told_from_zero_the_sentence_says_so_and_names_none() -> None:
    unclear: list[tuple[str, float, Direction]] = [("Patient", -0.3, "unclear"), ("Alliance", 0.2, "unclear")]
    assert family_words.rests_mostly_on([*unclear, ("X", 0.0, "unused")]) == family_words.NONE_IS_CLEAR
    mixed = family_words.rests_mostly_on([*unclear, ("X", 0.001, "hardly")])
    assert mixed == family_words.NONE_STANDS_OUT_CLEARLY
    for sentence in (family_words.NONE_IS_CLEAR, family_words.NONE_STANDS_OUT_CLEARLY):
        assert "cannot be told from zero" in sentence or "can be told from zero" in sentence


def test_a_model_of_one_factor_says_whether_it_can_be_told_from_zero() -> None:
    assert "zero" not in family_words.one_factor_only("PHQ-9")
    assert family_words.one_factor_only("PHQ-9", unclear=True).endswith("Here it cannot be told from zero.")


@pytest.mark.parametrize(
    ("low", "high", "held"),
    [
        (-0.1, 0.1, True),
        (0.0, 0.1, True),
        (-0.1, 0.0, True),
        (0.01, 0.1, False),
        (-0.2, -0.1, False),
        (None, None, False),
    ],
)
def test_an_interval_holds_zero_where_its_ends_lie_on_both_sides(
    low: float | None, high: float | None, held: bool
) -> None:
    assert family_words.holds_zero(low, high) == held


@pytest.mark.parametrize(
    ("points", "told"),
    [
        (0.158, "16 more people of 100"),
        (-0.01, "1 fewer person of 100"),
        (0.0099, "less than 1 person of 100"),
    ],
)
def test_a_pair_is_told_in_people(points: float, told: str) -> None:
    assert family_words.people_together(points) == told


@pytest.mark.parametrize(
    ("points", "told"),
    [(1.26, "a score 1.3 points higher"), (-1.26, "a score 1.3 points lower"), (0.04, "less than 0.1 points")],
)
def test_a_pair_is_told_in_points(points: float, told: str) -> None:
    assert family_words.points_together(points) == told


def test_a_pair_is_named_with_what_it_comes_to() -> None:
    assert family_words.pair_counts("Alliance", "Technique", "3 more people of 100") == (
        "Alliance and Technique also count together: in this prediction that comes to 3 more people of 100, "
        "beside what each says by itself. It is already in their bars."
    )
    assert family_words.pair_too("A", "B", "a score 1.0 points lower", unclear=False) == (
        "A and B together come to a score 1.0 points lower."
    )
    assert family_words.pair_too("A", "B", "1 fewer person of 100", unclear=True).endswith("which could also be zero.")


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ((18, 2, 0), "first in 18 of 20 refits, else second"),
        ((20, 0, 0), "first in 20 of 20 refits"),
        ((2, 4, 9, 5), "third in 9 of 20 refits, else first to fourth"),
        ((0, 0, 1, 7), "fourth in 7 of 8 refits, else third"),
        ((), ""),
        ((0, 0), ""),
    ],
)
def test_a_rank_is_told_with_how_often_and_what_else(counts: tuple[int, ...], told: str) -> None:
    assert family_words.rank(counts) == told


@given(st.lists(st.integers(0, 20), min_size=1, max_size=10))
def test_a_rank_never_claims_more_refits_than_there_are(counts: list[int]) -> None:
    told = family_words.rank(counts)
    if sum(counts):
        often, of = map(int, re.findall(r"\d+", told))
        assert (often, of) == (max(counts), sum(counts))
        assert ("else" in told) == (often < of)
    else:
        assert told == ""


@pytest.mark.parametrize(
    ("where", "same", "told"),
    [
        ((), None, "a typical person of the training cohort"),
        (("Mode: online",), None, "a typical person of the training cohort with Mode: online"),
        ((), "Mode", "a typical person of the training cohort with the same Mode"),
    ],
)
def test_the_starting_point_is_told_in_few_words(where: tuple[str, ...], same: str | None, told: str) -> None:
    assert family_words.typical(where=where, same=same) == told


def test_whom_explanations_start_from_is_told_in_full() -> None:
    assert family_words.starts_from(500, (), None) == (
        "Explanations start from 500 patients, drawn from the training cohort."
    )
    assert family_words.starts_from(None, ("Mode: online", "Sex: woman"), None) == (
        "Explanations start from all patients of the training cohort with Mode: online and Sex: woman."
    )
    same = family_words.starts_from(None, (), "Mode")
    assert "with the same Mode as the person" in same
    assert same.endswith("So Mode itself explains nothing.")


def test_how_intervals_are_made_is_told_with_its_numbers() -> None:
    told = family_words.model_uncertainty(20, "therapist", 2.0930)
    assert "fitted anew 20 times, to whole groups (therapist)" in told
    assert "−/+ 2.09 standard deviations" in told
    assert "to patients drawn" in family_words.model_uncertainty(20, "patient", 2.0930)


@given(numbers, st.sampled_from(list(Response)))
def test_sentences_about_families_are_short(points: float, response: Response) -> None:
    labels = "Social influence", "Active role"
    made = [
        family_words.two_questions(labels[:1], PHRASES[response]),
        family_words.pair_counts(*labels, family_words.people_together(points)),
        family_words.pair_too(*labels, family_words.points_together(points), unclear=True),
        family_words.factors_differ("3 of 100 people", more=points > 0),
        family_words.pair_in_cohort(*labels, "0.14 log-odds", "about 4 of 100 people"),
        family_words.computed("from tables of its trees"),
        family_words.starts_from(500, (), "Mode of delivery"),
        family_words.model_uncertainty(20, "therapist", 2.09),
        family_words.NONE_IS_CLEAR,
        family_words.NONE_STANDS_OUT_CLEARLY,
        family_words.NO_MODEL_UNCERTAINTY,
        family_words.WHAT_REFITS_SAY,
        family_words.LIMIT_OF_REFITS,
    ]
    longest = max((one for whole in made for one in re.split(r"[.;:]\s", whole)), key=lambda one: len(one.split()))
    assert len(longest.split()) <= 28, longest
