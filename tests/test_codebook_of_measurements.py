"""What a codebook says of a long table: what it may not say, its digest, and by what a landmark is decided."""

from collections.abc import Callable

import pytest

from tests import codebooks, measured
from therapport import codebook
from therapport.codebook import Clock, Landmark
from therapport.errors import ConfigurationError

TABLE = measured.TEXT[measured.TEXT.index("[measurements]") : measured.TEXT.index("[repeated_measures.phq9]")]


def problems_of(text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as caught:
        measured.described(text)
    return caught.value.problems


def changed(old: str, new: str) -> str:
    assert old in measured.TEXT, old
    return measured.TEXT.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (TABLE, "", "repeated_measures: [measurements] must say which columns"),
        ('session = "session"\ndate = "date"\n', "", "measurements: name a column under session, under date, or both"),
        ('date = "date"', 'date = "session"', "measurements: the column session cannot have 2 roles"),
        ('ignored = ["weight"]', 'ignored = ["sleep"]', "measurements.ignored.0: sleep is a repeated measure"),
        (
            'start = "start_date"',
            'start = "age"',
            "factors.age: the column age is a factor, but it is also the date of",
        ),
        ('start = "start_date"', 'start = "birth_date"', "dates.birth: the column birth_date is"),
        ('start = "start_date"', 'begin = "start_date"', "dates.begin: unknown key"),
        ("range = [0, 24]\n\n[f", "range = [24, 0]\n\n[f", "repeated_measures.sleep.range: the lowest value"),
        ('instrument = "phq9"\nunit', 'instrument = "phq-9"\nunit', "repeated_measures.phq9.instrument: unknown"),
        ("range = [0, 27]\ninstrument", "range = [0, 63]\ninstrument", "goes beyond the range of PHQ-9, 0 to 27"),
        ('repeated_measure = "phq9"\nsummary = "first"', 'summary = "first"', "repeated_measure and summary belong"),
        ('summary = "first"\n', "", "factors.phq9_first: repeated_measure and summary belong together"),
        ('summary = "first"', 'summary = "median"', "factors.phq9_first.summary: Input should be 'last', 'first'"),
        ('"phq9"\nsummary = "first"', '"gad7"\nsummary = "first"', "it has: phq9, sleep"),
        ('kind = "number"\nknown_at = "intake"', 'kind = "integer"\nknown_at = "intake"', "a mean is a number, not an"),
        ("range = [-27, 27]", "range = [-20, 27]", "phq9_change.range: must hold what the change may be, -27 to 27"),
        ("range = [-27, 27]", "range = [-27, 27]\ninstrument = 'phq9'", "a change is no score of an instrument"),
        ('summary = "first"', 'summary = "first"\ninstrument = "gad7"', "phq9 is not measured with this instrument"),
        (
            'instrument = "phq9"\nrepeated_measure = "phq9"',
            'instrument = "gad7"\nrepeated_measure = "phq9"',
            "measures.phq9_end.instrument: phq9 is not measured with this instrument",
        ),
        (
            'instrument = "phq9"\nrepeated_measure = "phq9"',
            'instrument = "phq9"\nrepeated_measure = "pain"',
            "measures.phq9_end.repeated_measure: the codebook has no such repeated measure; it has: phq9, sleep",
        ),
        (
            'instrument = "phq9"\nrepeated_measure = "phq9"',
            'kind = "count"\nrepeated_measure = "phq9"',
            "only a measure of kind score can rest on a repeated measure",
        ),
        (
            'instrument = "phq9"\nrepeated_measure = "phq9"',
            'instrument = "gad7"\nrepeated_measure = "sleep"',
            "repeated_measures.sleep.range: goes beyond the range of GAD-7, 0 to 21",
        ),
    ],
)
def test_what_a_codebook_may_not_say_of_measurements(old: str, new: str, problem: str) -> None:
    assert any(problem in found for found in problems_of(changed(old, new)))


def test_dates_alone_need_the_start_of_the_episode() -> None:
    text = changed('session = "session"\n', "").replace('start = "start_date"\n', "")
    assert any("measurements.date: dates are counted from the start" in found for found in problems_of(text))


def test_the_first_and_the_last_score_are_scores_of_the_instrument() -> None:
    factors = measured.described().factors
    assert [factors[name].instrument for name in ("phq9_first", "phq9_now", "phq9_change")] == ["phq9", "phq9", None]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('summary = "first"', 'summary = "last"'),
        ('start = "start_date"', 'start = "first_day"'),
        ('birth = "birth_date"\n', ""),
        ('session = "session"\n', ""),
        ('value = "value"', 'value = "score"'),
        ('ignored = ["weight"]', "ignored = []"),
        ("range = [0, 24]\n\n[f", "range = [0, 20]\n\n[f"),
        ("[repeated_measures.sleep]", "[repeated_measures.pain]\nlabel='P'\nrange=[0, 9]\n[repeated_measures.sleep]"),
        ('instrument = "phq9"\nrepeated_measure = "phq9"', 'instrument = "phq9"'),
    ],
)
def test_the_digest_changes_with_what_is_made_of_measurements(old: str, new: str) -> None:
    assert measured.described(changed(old, new)).digest() != measured.described().digest()


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace('label = "Hours of sleep"', 'label = "Sleep"'),
        lambda text: text.replace('summary = "first"', 'summary = "first"\ninstrument = "phq9"'),
    ],
)
def test_the_digest_does_not_change_with_wording(change: Callable[[str], str]) -> None:
    assert change(measured.TEXT) != measured.TEXT
    assert measured.described(change(measured.TEXT)).digest() == measured.described().digest()


def test_a_codebook_without_measurements_keeps_the_digest_that_it_had_before_there_were_any() -> None:
    # Computed by the version before; models that are registered carry it.
    assert codebooks.mixed().digest() == "87ce367c2ce28800"
    with_dates = codebooks.TEXT.replace("[groups]", "[dates]\nstart = 'begun'\n[groups]")
    assert codebook.parse(with_dates.encode(), name="x").digest() != "87ce367c2ce28800"


def test_columns_of_dates_are_columns_of_the_file_and_those_of_the_long_table_are_not() -> None:
    columns = measured.described().columns()
    assert {"start_date", "birth_date", "phq9_now", "phq9_end"} <= columns
    assert not {"session", "date", "measure", "value"} & columns


BOTH, SESSIONS, DATES = measured.TEXT, changed('date = "date"\n', ""), changed('session = "session"\n', "")


@pytest.mark.parametrize(
    ("text", "landmark", "clock"),
    [
        (BOTH, Landmark.INTAKE, Clock.SESSION),
        (BOTH, Landmark.SESSION_5, Clock.SESSION),
        (BOTH, Landmark.WEEK_4, Clock.DATE),
        (SESSIONS, Landmark.INTAKE, Clock.SESSION),
        (SESSIONS, Landmark.SESSION_1, Clock.SESSION),
        (DATES, Landmark.INTAKE, Clock.DATE),
        (DATES, Landmark.WEEK_4, Clock.DATE),
    ],
)
def test_sessions_decide_where_they_can_and_dates_elsewhere(text: str, landmark: Landmark, clock: Clock) -> None:
    assert measured.described(text).clock(landmark) is clock


@pytest.mark.parametrize(
    ("text", "landmark", "said"),
    [
        (SESSIONS, Landmark.WEEK_4, "has sessions only, and what is known at week4 is a matter of dates"),
        (DATES, Landmark.SESSION_3, "has dates only, and what is known at session3 is a matter of sessions"),
        (changed('start = "start_date"\n', ""), Landmark.WEEK_4, "name the column of the cohort that holds it under"),
        (BOTH, Landmark.END, "Nothing is measured after end: take an earlier landmark"),
        (codebooks.TEXT, Landmark.INTAKE, "The codebook mixed has no [measurements]"),
    ],
)
def test_a_landmark_that_the_table_cannot_tell_is_refused(text: str, landmark: Landmark, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        measured.described(text).clock(landmark)
    assert said in str(caught.value)
