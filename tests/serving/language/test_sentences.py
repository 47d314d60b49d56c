"""Dutch sentences against their numbers, as those in English are held."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving import family_words, sentences, shortfalls, text
from serving.beside import words as beside_words
from serving.caseload import words
from serving.caseload.standing import Standing
from therapport import language
from therapport.instruments import instrument
from therapport.outcome import PHRASES, EventOutcome, Outcome, PairOutcome, Response

PHQ9, GAD7 = instrument("phq9"), instrument("gad7")
FOUR = (Response.RELIABLE_IMPROVEMENT, Response.RECOVERY, Response.BELOW_CUTOFF, Response.HALF_DROP)
probabilities = st.floats(0, 1)


@pytest.fixture(autouse=True, scope="module")
def _dutch() -> Iterator[None]:
    with language.using("nl"):
        yield


def outcome(response: Response) -> Outcome:
    return Outcome(response, PHQ9, cutoff=10, reliable_change=6)


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (
            Response.RELIABLE_IMPROVEMENT,
            "Van de 100 mensen zoals deze bereiken er ongeveer 62 (tussen 55 en 70) betrouwbare verbetering (PHQ-9 "
            "daalt met 6 punten of meer); 38 niet.",
        ),
        (
            Response.RECOVERY,
            "Van de 100 mensen zoals deze zijn er ongeveer 62 (tussen 55 en 70) hersteld (PHQ-9 is aan het eind lager "
            "dan 10, na een start met 10 of hoger); 38 niet.",
        ),
        (
            Response.BELOW_CUTOFF,
            "Van de 100 mensen zoals deze eindigen er ongeveer 62 (tussen 55 en 70) buiten het klinische gebied (PHQ-9 "
            "is aan het eind lager dan 10); 38 niet.",
        ),
        (
            Response.HALF_DROP,
            "Van de 100 mensen zoals deze halveren er ongeveer 62 (tussen 55 en 70) hun score (PHQ-9 is aan het eind "
            "hoogstens de helft van wat het aan het begin was); 38 niet.",
        ),
    ],
)
def test_outcomes_are_told_in_natural_frequencies_and_both_frames(response: Response, expected: str) -> None:
    assert sentences.chances(outcome(response), 0.62, 0.55, 0.70) == expected


def test_an_event_and_a_pair_of_measures_are_told_too() -> None:
    dropout = EventOutcome(Response.DROPOUT)
    assert sentences.chances(dropout, 0.2) == (
        "Van de 100 mensen zoals deze stoppen er ongeveer 20 voortijdig; 80 niet. Wat is bedoeld: voortijdig stoppen "
        "(drop-out) is vastgelegd."
    )
    pair = PairOutcome(Response.NHS_RECOVERY, PHQ9, GAD7)
    assert pair.definition == (
        "beide maten eindigen in het gezonde gebied, bij cliënten die begonnen op of voorbij een van beide "
        "grenswaarden: PHQ-9 lager dan 10; GAD-7 lager dan 8"
    )
    assert "na een start op of voorbij een van beide grenswaarden" in sentences.definition(pair)


@pytest.mark.parametrize("response", PHRASES)
def test_every_outcome_reads_well_of_one_and_of_many(response: Response) -> None:
    phrase = response.phrase
    one, many = phrase.one.split(), phrase.many.split()
    assert one != many
    assert one[1:] == many[1:] or response is Response.HALF_DROP
    assert phrase != PHRASES[response]


@pytest.mark.parametrize(
    ("probability", "reached", "rest"),
    [
        (0.0, "is er minder dan 1 hersteld", "meer dan 99 niet"),
        (0.01, "is er ongeveer 1 hersteld", "99 niet"),
        (0.5, "zijn er ongeveer 50 hersteld", "50 niet"),
        (0.99, "zijn er ongeveer 99 hersteld", "1 niet"),
        (1.0, "zijn er meer dan 99 hersteld", "minder dan 1 niet"),
    ],
)
def test_the_ends_are_told_without_claiming_nobody_or_everybody(probability: float, reached: str, rest: str) -> None:
    sentence = sentences.chances(outcome(Response.RECOVERY), probability)
    assert f" {reached} (" in sentence
    assert sentence.endswith(f"; {rest}.")


@given(probabilities, st.sampled_from(FOUR))
def test_the_two_frames_sum_to_a_hundred(probability: float, response: Response) -> None:
    told = sentences.people(probability), sentences.others(probability)
    sentence = sentences.chances(outcome(response), probability)
    if set(told) == {"minder dan 1", "meer dan 99"}:
        assert sentences.whole(probability) in (0, 100)
    else:
        assert sum(map(int, told)) == 100
        assert f"er ongeveer {told[0]} " in sentence
    assert f"; {told[1]} niet." in sentence


@given(probabilities, probabilities)
def test_a_range_says_both_its_ends_and_whether_it_is_wide(one: float, other: float) -> None:
    low, high = sorted((one, other))
    told = sentences.uncertainty(low, high)
    assert f"tussen {sentences.people(low)} en {sentences.people(high)}" in told
    assert ("breed" in told) == sentences.is_wide(low, high)


@given(st.floats(0, 27))
def test_the_end_score_is_told_as_in_english(value: float) -> None:
    dutch = sentences.end_score(PHQ9, value, max(value - 6, 0), min(value + 6, 27))
    with language.using("en"):
        english = sentences.end_score(PHQ9, value, max(value - 6, 0), min(value + 6, 27))
    assert re.findall(r"\d+", dutch) == re.findall(r"\d+", english)
    assert "8 van de 10 mensen zoals deze" in dutch


def test_numbers_have_a_decimal_comma_in_sentences() -> None:
    assert (
        sentences.mean_end_score(1234.56)
        == "Ter vergelijking: het gemiddelde van het trainingscohort was 1.234,6 punten."
    )
    assert sentences.clinical_range(instrument("core_om"), 10.5) == "klinisch gebied: 10,5 of hoger"
    assert (text.short(0.3525), text.number(-1.5, 1), text.signed(0.25, 2), text.count(4000)) == (
        "0,35", "−1,5", "+0,25", "4.000",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["PHQ-9"], "Geen voorspelling. Niet bekend: PHQ-9. Zonder dit gegeven antwoordt dit model niet."),
        (
            ["PHQ-9", "Leeftijd", "Werk"],
            "Geen voorspelling. Niet bekend: PHQ-9, Leeftijd en Werk. Zonder deze gegevens antwoordt dit model niet.",
        ),
    ],
)
def test_an_abstention_names_what_is_missing(labels: list[str], expected: str) -> None:
    assert shortfalls.abstained(labels) == expected


@pytest.mark.parametrize(
    ("most", "end"),
    [
        (0, "geen enkele factor daarbuiten ligt."),
        (1, "hoogstens 1 factor daarbuiten ligt."),
        (3, "hoogstens 3 factoren daarbuiten liggen."),
    ],
)
def test_who_is_unlike_the_cohort_is_told_how_many_factors_may_be(most: int, end: str) -> None:
    said = shortfalls.too_far(["Leeftijd"], most)
    assert said.startswith("Geen voorspelling. Buiten het bereik van het trainingscohort: Leeftijd.")
    assert said.endswith(end)


@pytest.mark.parametrize(
    ("unknown", "beginning"),
    [(0, "Alles wat"), (1, "1 van de 12 factoren is niet bekend."), (3, "3 van de 12 factoren zijn niet bekend.")],
)
def test_missing_factors_are_counted(unknown: int, beginning: str) -> None:
    assert shortfalls.missing(unknown, 12).startswith(beginning)


@pytest.mark.parametrize(
    ("points", "people", "together"),
    [
        (0.08, "8 meer", "8 mensen meer op de 100"),
        (-0.01, "1 minder", "1 persoon minder op de 100"),
        (0.004, "onder 1", "minder dan 1 persoon op de 100"),
    ],
)
def test_what_a_family_moves_is_told_in_people(points: float, people: str, together: str) -> None:
    assert family_words.people_moved(points) == people
    assert family_words.people_together(points) == together


def test_what_a_family_moves_is_told_in_points() -> None:
    assert [family_words.points_moved(one) for one in (1.25, -0.5, 0.01)] == [
        "1,2 hoger",
        "0,5 lager",
        "onder 0,1",
    ]


def test_the_prediction_rests_on_families_and_nothing_comes_of_them() -> None:
    said = family_words.rests_mostly_on([("Behandelrelatie", 0.2, "for"), ("Technieken", -0.1, "against")])
    assert said == "De voorspelling berust vooral op Behandelrelatie (pleit voor) en Technieken (pleit tegen)."


@given(st.lists(st.integers(0, 3000), min_size=4, max_size=4))
def test_the_summary_of_a_caseload_counts_everyone_once(numbers: list[int]) -> None:
    names: tuple[Standing, ...] = ("not", "unsure", "on", "none")
    said = words.summary(dict(zip(names, numbers, strict=True)))
    everyone, *parts = (int(one.replace(".", "")) for one in re.findall(r"\d+(?:\.\d+)*", said))
    assert everyone == sum(parts) == sum(numbers)


@pytest.mark.parametrize(
    "response", [Response.RELIABLE_IMPROVEMENT, Response.RELIABLE_DETERIORATION, Response.RECOVERY]
)
def test_the_line_of_a_caseload_is_that_of_the_cohort(response: Response) -> None:
    said = words.line_of_chance(outcome(response), 0.53)
    verb, *rest = response.phrase.many.split()
    assert said.startswith(f"In het trainingscohort {verb} 53 van de 100 mensen {' '.join(rest)} (PHQ-9 ")
    assert ("verwacht minder" in said) == response.favourable


def test_families_speak_against_a_good_end() -> None:
    assert (
        words.against(["Cliënt", "Technieken"], outcome(Response.RECOVERY))
        == "Pleiten tegen herstel: Cliënt en Technieken."
    )
    assert words.against(["Cliënt"], outcome(Response.RELIABLE_DETERIORATION)) == (
        "Pleit voor betrouwbare verslechtering: Cliënt."
    )
    assert words.against([], None) == "Geen groep factoren pleit duidelijk tegen een goede afloop."


def test_another_value_is_said_of_the_prediction_alone() -> None:
    assert beside_words.would_lie("Huiswerk", "40", "55", "van de 100 mensen") == (
        "Huiswerk: met een gewone waarde lag de voorspelling tussen 40 en 55 van de 100 mensen."
    )
    assert (
        beside_words.hardly(["a", "b"])
        == "Met een andere waarde van a en b zou de voorspelling nauwelijks verschuiven."
    )
