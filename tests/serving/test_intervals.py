"""The lines of the patient page: every word, line and figure against the answer's own columns."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from serving import family_words, pages
from serving.breakdown import Breakdown
from serving.patient_view import PatientView, patient_view
from tests.serving.conftest import example
from tests.serving.html_document import Document
from therapport.calibration import Affine
from therapport.explanation import Explainer, Refits
from therapport.predictor import ExplainedModel, Predictor


def parts(view: PatientView) -> list[tuple[str, float, Breakdown]]:
    """Beginning of the answer's columns, what one unit of the page is, and what is shown."""
    found = []
    if view.chances is not None:
        found.append(("contribution", 100.0, view.chances.rests_on))
    if view.end_score is not None:
        found.append(("score_contribution", 1.0, view.end_score.rests_on))
    return found


def ends(answer: "pd.Series[float]", columns: str, family: str) -> tuple[float, float]:
    low, high = (float(answer[f"{columns}_{family}_{end}"]) for end in ("low", "high"))
    return low, high


def without_refits(made: Predictor) -> Predictor:
    def bare(model: ExplainedModel | None) -> ExplainedModel | None:
        return None if model is None else replace(model, refits=None)

    return replace(made, response=bare(made.response), end_score=bare(made.end_score))


@pytest.fixture(params=["both", "interacting", "trees", "score_only"])
def uncertain(request: pytest.FixtureRequest) -> Predictor:
    made: Predictor = request.getfixturevalue(request.param)
    return made


@pytest.mark.parametrize("place", [0, 1])
def test_every_line_lies_on_the_scale_of_its_bar(uncertain: Predictor, place: int) -> None:
    cohort = example(uncertain, place)
    answer = uncertain.answer(cohort).iloc[0]
    for columns, _, rests_on in parts(patient_view(uncertain, cohort)):
        sign = 1 if columns == "contribution" else -1
        widest = max(rests_on.families, key=lambda family: family.bar.width)
        scale = 50 * abs(widest.points) / widest.bar.width
        for family in rests_on.families:
            assert family.whisker is not None
            expected = sorted(50 + 50 * sign * end / scale for end in ends(answer, columns, family.name))
            assert (family.whisker.low, family.whisker.high) == pytest.approx(expected, abs=0.1)
            assert 0 <= family.whisker.low <= family.whisker.high <= 100
            end_of_bar = family.bar.place + (family.bar.width if sign * family.points > 0 else 0)
            assert family.whisker.low <= end_of_bar + 0.02
            assert end_of_bar - 0.02 <= family.whisker.high


@pytest.mark.parametrize("place", [0, 1])
def test_a_family_could_be_zero_just_where_its_interval_holds_zero(uncertain: Predictor, place: int) -> None:
    cohort = example(uncertain, place)
    answer = uncertain.answer(cohort).iloc[0]
    for columns, _, rests_on in parts(patient_view(uncertain, cohort)):
        for family in rests_on.families:
            low, high = ends(answer, columns, family.name)
            assert (family.words == "could be zero") == (low <= 0 <= high)


def test_both_kinds_of_family_are_among_those_that_are_tested(interacting: Predictor) -> None:
    words = {family.words for _, _, one in parts(patient_view(interacting, example(interacting, 1)))
             for family in one.families}  # fmt: skip
    assert {"could be zero", "speaks against"} <= words


@pytest.mark.parametrize("place", [0, 1])
def test_the_ends_of_an_interval_stand_in_figures_with_their_signs(uncertain: Predictor, place: int) -> None:
    cohort = example(uncertain, place)
    answer = uncertain.answer(cohort).iloc[0]
    for columns, unit, rests_on in parts(patient_view(uncertain, cohort)):
        for family in rests_on.families:
            written = [float(end.replace("−", "-")) for end in family.interval.split(" to ")]
            exact = [unit * end for end in ends(answer, columns, family.name)]
            assert written == pytest.approx(exact, abs=0.5 if unit == 100 else 0.05)
            for text, end in zip(family.interval.split(" to "), exact, strict=True):
                assert text[0] == ("+" if end > 0 else "−" if end < 0 else "0")


@pytest.mark.parametrize("place", [0, 1])
def test_the_summary_names_no_family_that_cannot_be_told_from_zero(uncertain: Predictor, place: int) -> None:
    cohort = example(uncertain, place)
    answer = uncertain.answer(cohort).iloc[0]
    for columns, _, rests_on in parts(patient_view(uncertain, cohort)):
        for family in rests_on.families:
            low, high = ends(answer, columns, family.name)
            if low <= 0 <= high:
                assert family.label not in rests_on.summary


def wide(model: ExplainedModel | None) -> ExplainedModel | None:
    """Two refits that say the opposite of each other: no interval is without zero."""
    if model is None or not isinstance(model.families, Explainer):
        return None
    turned = replace(model.families, calibration=Affine(0.0, -model.families.calibration.slope))
    return replace(model, refits=Refits((model.families, turned)))


def test_where_nothing_can_be_told_from_zero_the_summary_says_so(both: Predictor) -> None:
    unsure = replace(both, response=wide(both.response), end_score=wide(both.end_score))
    for _, _, rests_on in parts(patient_view(unsure, example(both, 1))):
        assert {family.words for family in rests_on.families} == {"could be zero"}
        assert rests_on.summary == family_words.NONE_IS_CLEAR


def test_a_line_is_drawn_and_said_for_every_family(interacting: Predictor) -> None:
    view = patient_view(interacting, example(interacting, 1))
    document = Document(pages.patient_page(interacting, view))
    families = [family for _, _, rests_on in parts(view) for family in rests_on.families]
    said = [one.attributes.get("aria-label", "") for one in document.all("svg")]
    assert [one.partition("line from ")[2] for one in said if "line from" in one] == [
        family.interval for family in families
    ]
    moved = [one.text for one in document.all("span") if one.attributes.get("class") == "moved"]
    for family in families:
        assert f"{family.moved}{family.interval}" in moved
    lines = [one.attributes for one in document.all("line") if one.attributes.get("class") == "halo"]
    drawn = [(float(one["x1"].rstrip("%")), float(one["x2"].rstrip("%"))) for one in lines]
    assert drawn == [(family.whisker.low, family.whisker.high) for family in families if family.whisker]
    caps = [one.attributes for one in document.all("line") if one.attributes.get("y1") == "28%"]
    ends_of = [float(one["x1"].rstrip("%")) for one in caps if one["x1"] == one["x2"]]
    assert ends_of == [end for one in drawn for end in one]
    dashed = [one for one in document.all("rect") if one.attributes.get("class") == "unclear"]
    assert len(dashed) == len([one for one in families if one.direction == "unclear" and one.bar.width])
    assert "cannot be told from zero" in document.text


def test_without_refits_the_page_is_as_it_was(uncertain: Predictor) -> None:
    bare = without_refits(uncertain)
    for place in (0, 1):
        view = patient_view(bare, example(bare, place))
        for _, _, rests_on in parts(view):
            assert not rests_on.sure
            for family in rests_on.families:
                assert (family.whisker, family.interval) == (None, "")
                assert family.words != "could be zero"
        text = Document(pages.patient_page(bare, view)).text
        assert "thin line" not in text
        assert "line from" not in text
        assert not re.search(r"could (also )?be zero|cannot be told from zero", text)


def test_a_family_that_no_refit_uses_has_no_line(severity_alone: Predictor) -> None:
    for _, _, rests_on in parts(patient_view(severity_alone, example(severity_alone, 1))):
        lines = {family.name: family.whisker is not None for family in rests_on.families}
        assert lines == {name: name == "patient" for name in lines}
