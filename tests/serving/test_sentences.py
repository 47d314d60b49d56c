import ast
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import serving
from serving import sentences, shortfalls, text
from therapport.instruments import instrument
from therapport.outcome import PHRASES, Outcome, Phrase, Response

PHQ9 = instrument("phq9")
SERVING = Path(serving.__file__).parent
WRITTEN = [
    *sorted((SERVING / "templates").rglob("*.html")),
    *sorted(SERVING.glob("*.py")),
]
CAUSAL = re.compile(
    r"\b(caus(e|es|ed|ing)|because|rais(e|es|ed|ing)|lower(s|ed|ing)|increas\w+|decreas\w+|reduc\w+|improves?|"
    r"improved|improving|leads? to|led to|due to|thanks to|results? in|driv(e|es|en|ers?)|affect(s|ed)?|"
    r"influence(s|d)|impact\w*|heal(s|ed)?|worsen\w*|predictors? of)\b",
    re.IGNORECASE,
)
FOUR = (Response.RELIABLE_IMPROVEMENT, Response.RECOVERY, Response.BELOW_CUTOFF, Response.HALF_DROP)
probabilities = st.floats(0, 1)


@dataclass(frozen=True)
class Rule:
    """An outcome with a definition of its own."""

    phrase: Phrase
    definition: str


def written(path: Path) -> list[str]:
    """What can reach a page: a template without its statements, or the strings of a module without its docstrings."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        return [re.sub(r"\{%.*?%\}|\{#.*?#\}", " ", source, flags=re.DOTALL)]
    tree = ast.parse(source)
    apart = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    strings = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in apart)
    return [node.value for node in strings if isinstance(node.value, str)]


def outcome(response: Response) -> Outcome:
    return Outcome(response, PHQ9, cutoff=10, reliable_change=6)


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (
            Response.RELIABLE_IMPROVEMENT,
            "Of 100 people like this, about 62 reach reliable improvement (PHQ-9 falls by 6 points or more); "
            "38 do not.",
        ),
        (
            Response.RECOVERY,
            "Of 100 people like this, about 62 recover (PHQ-9 is below 10 at the end, after a start at 10 or above); "
            "38 do not.",
        ),
        (
            Response.BELOW_CUTOFF,
            "Of 100 people like this, about 62 end outside the clinical range (PHQ-9 is below 10 at the end); "
            "38 do not.",
        ),
        (
            Response.HALF_DROP,
            "Of 100 people like this, about 62 halve their score (PHQ-9 at the end is at most half of what it was at "
            "the start); 38 do not.",
        ),
    ],
)
def test_every_outcome_is_told_in_natural_frequencies_and_both_frames(response: Response, expected: str) -> None:
    assert sentences.chances(outcome(response), 0.62) == expected


def test_every_outcome_has_its_words() -> None:
    assert set(PHRASES) == set(Response)


@pytest.mark.parametrize("response", PHRASES)
def test_every_outcome_reads_well_of_one_and_of_many(response: Response) -> None:
    phrase = PHRASES[response]
    rule = Rule(phrase, "the rule")
    assert phrase.one.split()[0] in (f"{phrase.many.split()[0]}s", f"{phrase.many.split()[0]}es")
    assert sentences.chances(rule, 0.01) == f"Of 100 people like this, about 1 {phrase.one} (the rule); 99 do not."
    assert sentences.chances(rule, 0.99) == f"Of 100 people like this, about 99 {phrase.many} (the rule); 1 does not."


def test_a_definition_with_brackets_of_its_own_stands_in_a_second_sentence() -> None:
    rule = Rule(PHRASES[Response.RECOVERY], "both scores are in the healthy range (PHQ-9 below 10, GAD-7 below 8)")
    assert sentences.chances(rule, 0.4) == (
        "Of 100 people like this, about 40 recover; 60 do not. "
        "What is meant: both scores are in the healthy range (PHQ-9 below 10, GAD-7 below 8)."
    )


@pytest.mark.parametrize(
    ("probability", "reached", "rest"),
    [
        (0.0, "fewer than 1 recovers", "more than 99 do not"),
        (0.0099, "fewer than 1 recovers", "more than 99 do not"),
        (0.01, "about 1 recovers", "99 do not"),
        (0.5, "about 50 recover", "50 do not"),
        (0.99, "about 99 recover", "1 does not"),
        (0.9901, "more than 99 recover", "fewer than 1 does not"),
        (1.0, "more than 99 recover", "fewer than 1 does not"),
    ],
)
def test_the_ends_are_told_without_claiming_nobody_or_everybody(probability: float, reached: str, rest: str) -> None:
    sentence = sentences.chances(outcome(Response.RECOVERY), probability)
    assert f", {reached} (" in sentence
    assert sentence.endswith(f"; {rest}.")


@given(probabilities)
def test_the_two_frames_sum_to_a_hundred(probability: float) -> None:
    told = sentences.people(probability), sentences.others(probability)
    if set(told) == {"fewer than 1", "more than 99"}:
        assert sentences.whole(probability) in (0, 100)
    else:
        assert sum(map(int, told)) == 100
    assert sentences.people(probability) in sentences.chances(outcome(Response.RECOVERY), probability)


@given(probabilities)
def test_what_is_told_is_within_one_person_of_the_probability(probability: float) -> None:
    assert abs(sentences.whole(probability) - 100 * probability) <= 1


@given(probabilities, probabilities)
def test_more_probable_is_never_told_as_fewer_people(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert sentences.whole(low) <= sentences.whole(high)


def test_a_range_is_shown_once_it_is_known() -> None:
    assert "about 62 (between 55 and 70) recover" in sentences.chances(outcome(Response.RECOVERY), 0.62, 0.55, 0.70)
    assert "between 55 and 70" in sentences.uncertainty(0.55, 0.70)


@pytest.mark.parametrize(("low", "high"), [(0.2, 0.49), (0.2, 0.5), (0.1, 0.9)])
def test_a_wide_range_is_said_to_be_wide(low: float, high: float) -> None:
    assert (sentences.WIDE in sentences.uncertainty(low, high)) == (round(100 * (high - low)) >= 30)


def test_an_unknown_range_is_said_to_be_unknown() -> None:
    assert "between" not in sentences.chances(outcome(Response.RECOVERY), 0.62)
    unknown = "How sure the model is of this figure has not been estimated yet."
    assert sentences.uncertainty(None, None) == unknown


def test_the_end_score_is_told_with_the_interval_of_8_of_10_people() -> None:
    assert sentences.end_score(PHQ9, 9.6, 4.2, 15.8) == (
        "PHQ-9 at the end is predicted at about 10 points; for 8 of 10 people like this it lies between 4 and 16."
    )


def test_an_end_score_without_an_interval_says_so() -> None:
    assert sentences.end_score(PHQ9, 9.6).endswith("How far off this can be has not been estimated yet.")


def test_a_score_is_rounded_to_what_its_instrument_can_give() -> None:
    assert sentences.score(9.64, PHQ9) == "10"
    assert sentences.score(9.64, instrument("core_om")) == "9.6"


def test_the_clinical_range_lies_where_the_instrument_has_it() -> None:
    assert sentences.clinical_range(PHQ9, 10) == "clinical range: 10 or above"
    higher_is_better = PHQ9.model_copy(update={"better": "higher"})
    assert sentences.clinical_range(higher_is_better, 10) == "clinical range: below 10"


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["PHQ-9"], "No prediction: PHQ-9 is not known, and without it this model does not answer."),
        (["PHQ-9", "Age"], "No prediction: PHQ-9 and Age are not known, and without them this model does not answer."),
    ],
)
def test_an_abstention_names_what_is_missing(labels: list[str], expected: str) -> None:
    assert shortfalls.abstained(labels) == expected


@pytest.mark.parametrize(
    ("unknown", "beginning"), [(1, "1 of 12 factors is not known."), (3, "3 of 12 factors are not known.")]
)
def test_missing_factors_are_counted(unknown: int, beginning: str) -> None:
    assert shortfalls.missing(unknown, 12).startswith(beginning)


def test_nothing_missing_and_nothing_unusual_need_no_count() -> None:
    assert shortfalls.missing(0, 12) == shortfalls.COMPLETE
    assert shortfalls.unusual(0) == ""


@pytest.mark.parametrize(("r2", "share"), [(0.317, "32 % smaller"), (0.0, "no smaller"), (-0.1, "no smaller")])
def test_a_gain_is_told_as_a_share_of_the_error(r2: float, share: str) -> None:
    assert share in sentences.gain(r2)


@pytest.mark.parametrize(
    ("value", "digits", "written"), [(-0.001, 2, "0.00"), (-1.5, 1, "−1.5"), (4000, 0, "4,000"), (0.25, 2, "0.25")]
)
def test_numbers_have_a_true_minus_and_no_minus_zero(value: float, digits: int, written: str) -> None:
    assert text.number(value, digits) == written


@pytest.mark.parametrize(
    ("value", "digits", "written"),
    [(1.26, 1, "+1.3"), (-1.26, 1, "−1.3"), (0.0, 1, "0.0"), (-0.001, 2, "−0.00"), (0.001, 2, "+0.00")],
)
def test_a_signed_number_always_says_on_which_side_of_zero_it_lies(value: float, digits: int, written: str) -> None:
    assert text.signed(value, digits) == written


@pytest.mark.parametrize(("value", "written"), [(0.3525, "0.35"), (16.84, "16.8"), (13.0, "13"), (480.4, "480")])
def test_a_short_number_has_three_digits_at_most(value: float, written: str) -> None:
    assert text.short(value) == written


@given(st.lists(st.from_regex(r"[a-z]{1,5}", fullmatch=True), min_size=1))
def test_a_list_holds_every_word_in_order(words: list[str]) -> None:
    assert re.split(r", | and ", text.listed(words)) == words


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_no_causal_verb_is_ever_written(path: Path) -> None:
    assert [one.group() for part in written(path) for one in CAUSAL.finditer(part)] == []


@pytest.mark.parametrize("claim", ["alliance raises the chance", "due to homework", "it improves because", "drives it"])
def test_the_list_of_causal_verbs_catches_a_claim(claim: str) -> None:
    assert CAUSAL.search(claim)


@given(probabilities, st.sampled_from(FOUR), st.floats(0, 27))
def test_sentences_are_short(probability: float, response: Response, score: float) -> None:
    made = [
        sentences.chances(outcome(response), probability),
        sentences.uncertainty(probability, probability),
        sentences.base_rate(probability),
        sentences.end_score(PHQ9, score, max(score - 6, 0), min(score + 6, 27)),
        shortfalls.missing(2, 12),
        shortfalls.unusual(2),
        sentences.ranking(probability),
        sentences.figure_intervals(1000, "therapist"),
        sentences.END_SCORE_INTERVAL,
        *sentences.LIMITS,
    ]
    longest = max((one for whole in made for one in re.split(r"[.;:]\s", whole)), key=lambda one: len(one.split()))
    assert len(longest.split()) <= 28, longest


def test_the_definition_follows_the_thresholds_of_the_study() -> None:
    own = Outcome(Response.RECOVERY, PHQ9, cutoff=8, reliable_change=6)
    assert sentences.definition(own) == "PHQ-9 is below 8 at the end, after a start at 8 or above"
