"""The band behind a course: its place, and every sentence against its figures."""

import re
from dataclasses import replace

import numpy as np
import pytest

from serving.api.reader import Patients
from serving.beside import band, band_words
from serving.beside.course import Course, course
from serving.charts import Axis
from tests.serving.conftest import example
from therapport.predictor import Predictor, answer_rows
from therapport.predictor.course import Ends, ExpectedCourse, Held, Moment
from therapport.predictor.evidence import Figure


def moment(when: int, *, slope: float = 1.0, intercept: float = 0.0) -> Moment:
    """The score at intake less one point for each session, four points to either side."""
    return Moment(
        when=when, patients=50, held=Figure(value=0.8), intercept=intercept - when, slope=slope,
        scale=4.0, scale_slope=0.0, least_scale=1.0, low=-1.0, high=1.0,
    )  # fmt: skip


EXPECTED = ExpectedCourse(
    unit="session", intake="phq9_intake", instrument="PHQ-9", range=(0, 27), step=1, level=0.8, lowest=8, highest=24,
    group="therapist", groups=20, moments=tuple(moment(when) for when in range(1, 10)),
    held=(
        Held(of="scores", value=0.81, low=0.78, high=0.84, patients=50),
        Held(of="intake", label="lowest third", value=0.85, low=0.8, high=0.9, patients=20),
        Held(of="people", value=0.434, low=0.39, high=0.47, patients=50),
    ),
)  # fmt: skip


@pytest.fixture
def known(both: Predictor) -> Predictor:
    return replace(both, evidence=both.evidence.model_copy(update={"course": EXPECTED}))


def drawn(predictor: Predictor, *measured: tuple[int, float], intake: float | None = 18.0) -> Course | None:
    matrix = predictor.matrix(example(predictor, 0, phq9_intake=16.0).table)
    answer = answer_rows(predictor, ["x"], matrix)[0]
    matrix[0, predictor.factors.index("phq9_intake")] = np.nan if intake is None else intake
    return course(predictor, Patients(["x"], matrix), answer, measured)


def test_the_outline_runs_from_the_intake_score_along_both_ends(known: Predictor) -> None:
    made = drawn(known, (0, 18.0), (1, 17.0), (3, 12.0))
    assert made is not None
    assert made.band is not None
    corners = [tuple(map(float, corner.split(","))) for corner in made.band.outline.split()]
    ends = [(when, 18 - when - 4, 18 - when + 4) for when in range(1, 8)]  # four sessions beyond the third
    across = Axis(0, 8)
    expected = [(0, 18), *((when, high) for when, _, high in ends), *((when, low) for when, low, _ in reversed(ends))]
    assert corners == [
        pytest.approx((across.place(when), 100 - 100 * score / 27), abs=0.01) for when, score in expected
    ]
    assert [point.across for point in made.points] == [across.place(when) for when in (0, 1, 3)]
    assert [tick.label for tick in made.across] == ["0", "2", "4"]


@pytest.mark.parametrize(
    ("score", "side", "told"),
    [
        (11.0, "within", "within the expected band"),
        (19.0, "within", "within the expected band"),
        (10.0, "below", "below the expected band, on the better side"),
        (20.0, "above", "above the expected band, on the poorer side"),
        (19.4, "within", "within the expected band"),
        (19.6, "above", "above the expected band, on the poorer side"),
    ],
)
def test_the_sentence_says_where_the_latest_score_lies(known: Predictor, score: float, side: str, told: str) -> None:
    made = drawn(known, (0, 18.0), (3, score))
    assert made is not None
    assert made.band is not None
    assert made.band.sentence == (
        f"The latest score, {round(score)} at session 3, lies {told}. About 8 of 10 people who began at 18 and were "
        f"still in treatment at session 3 had 11 to 19."
    )
    (row,) = (row for row in made.band.rows if row.when == "3")
    assert (row.score, row.band, row.side) == (str(round(score)), "11 to 19", side)


@pytest.mark.parametrize(
    ("scores", "told"),
    [
        ((17.0, 16.0, 15.0), "So do all 3 scores so far."),
        ((16.0, 16.0), "So do both scores so far."),
        ((21.0, 22.0, 15.0), "Of 3 scores so far 1 lies above it."),
        ((22.0, 11.0, 25.0), "Of 3 scores so far 2 lie above it and 1 lies below it."),
    ],
)
def test_all_scores_are_counted(known: Predictor, scores: tuple[float, ...], told: str) -> None:
    made = drawn(known, (0, 18.0), *enumerate(scores, start=1))
    assert made is not None
    assert made.band is not None
    assert told in made.band.sentence


def test_in_words_and_figures_every_row_says_the_same(known: Predictor) -> None:
    """What a page tells of any score agrees with the ends that it tells."""
    for score in range(28):
        made = drawn(known, (0, 18.0), (2, float(score)))
        assert made is not None
        assert made.band is not None
        low, high = map(int, re.search(r"had (\d+) to (\d+)", made.band.sentence).groups())  # type: ignore[union-attr]
        side = "below" if score < low else "above" if score > high else "within"
        assert f"lies {side} the" in made.band.sentence


def test_with_the_intake_score_alone_the_band_is_drawn_ahead(known: Predictor) -> None:
    made = drawn(known)
    assert made is not None
    assert made.band is not None
    assert len(made.points) == 1
    assert made.band.sentence == (
        "About 8 of 10 people who began at 18 and were still in treatment at session 4 had 10 to 18."
    )


def test_who_began_where_hardly_anybody_did_has_no_band_and_is_told(known: Predictor) -> None:
    made = drawn(known, (0, 26.0), (1, 25.0), intake=26.0)
    assert made is not None
    assert made.band is None
    assert made.no_band == band_words.UNUSUAL_START
    assert drawn(known, intake=26.0) is None
    unknown = drawn(known, (0, 26.0), (1, 25.0), intake=None)
    assert unknown is not None
    assert (unknown.band, unknown.no_band) == (None, "")


def test_who_was_first_measured_on_the_way_has_no_band(known: Predictor) -> None:
    factors = {**known.codebook.factors}
    update = {"repeated_measure": "phq9", "summary": "first"}
    factors["phq9_intake"] = factors["phq9_intake"].model_copy(update=update)
    made = replace(known, codebook=known.codebook.model_copy(update={"factors": factors}))
    late, early = drawn(made, (1, 18.0), (2, 17.0)), drawn(made, (0, 18.0), (2, 17.0))
    assert late is not None
    assert early is not None
    assert (late.band is None, early.band is None) == (True, False)


def test_a_band_of_another_instrument_is_not_drawn(known: Predictor) -> None:
    other = EXPECTED.model_copy(update={"instrument": "GAD-7"})
    made = drawn(replace(known, evidence=known.evidence.model_copy(update={"course": other})), (0, 18.0), (1, 17.0))
    assert made is not None
    assert made.band is None


def test_where_more_is_better_below_is_the_poorer_side(known: Predictor) -> None:
    instrument = known.end_score_instrument
    assert instrument is not None
    turned = instrument.model_copy(update={"better": "higher"})
    assert "on the poorer side" in band_words.latest(EXPECTED, turned, 5, 1, "below")
    assert "on the better side" in band_words.latest(EXPECTED, turned, 25, 1, "above")


def test_what_is_said_of_the_whole_way_and_of_the_evidence() -> None:
    assert band_words.whole_way(EXPECTED) == (
        "43 of 100 people had every score within it, so a single one outside is common."
    )
    told = " ".join(band_words.evidence(EXPECTED))
    assert "up to session 9" in told
    assert "8 of 10 scores" in told
    assert "it held 81 of 100 (78 to 84)" in told
    assert "lowest third: 85 of 100 (80 to 90)" in told
    assert band_words.STAYED in told


def test_the_latest_score_is_one_that_the_band_says_anything_of() -> None:
    assert band.latest(EXPECTED, 18.0, ((0, 18.0), (2, 22.0), (30, 3.0))) == (2, 22.0, "above")
    assert band.latest(EXPECTED, 18.0, ((0, 18.0),)) is None
    assert band.latest(EXPECTED, 26.0, ((1, 18.0),)) is None


def test_ends_are_cut_to_the_range_of_the_instrument() -> None:
    low, high = (EXPECTED.band(intake) for intake in (8.0, 24.0))
    assert low[-1] == Ends(when=9, low=0, middle=0, high=3)
    assert high[0] == Ends(when=1, low=19, middle=23, high=27)
