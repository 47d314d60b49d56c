import math
import re
from dataclasses import replace

import pandas as pd
import pytest

from serving import family_words, pages, sentences, shortfalls
from serving.breakdown import Breakdown
from serving.patient_view import PatientView, patient_view, two_questions
from tests.serving.conftest import example
from tests.serving.html_document import Document
from therapport.predictor import Predictor

UNKNOWN = math.nan


def breakdowns(view: PatientView) -> list[Breakdown]:
    return [part.rests_on for part in (view.chances, view.end_score) if part is not None]


def test_the_sentence_tells_the_answer(both: Predictor) -> None:
    cohort = example(both, 1)
    answer = both.answer(cohort).iloc[0]
    view = patient_view(both, cohort)
    assert both.outcome is not None
    assert view.sentence == sentences.chances(
        both.outcome,
        answer["response_probability"],
        answer["response_probability_low"],
        answer["response_probability_high"],
    )
    assert view.chances is not None
    assert len(view.chances.icons.reached) == sentences.whole(answer["response_probability"])


@pytest.mark.parametrize("place", [0, 1])
def test_families_stand_as_in_the_codebook_and_add_up_to_the_prediction(predictor: Predictor, place: int) -> None:
    cohort = example(predictor, place)
    answer = predictor.answer(cohort).iloc[0]
    view = patient_view(predictor, cohort)
    ends = {
        "people of 100": ("reference_probability", "response_probability"),
        "points": ("end_score_reference", "end_score"),
    }
    for rests_on in breakdowns(view):
        labels = [predictor.codebook.families[family].label for family in predictor.families]
        assert [family.label for family in rests_on.families] == labels
        begin, end = ends[rests_on.unit]
        assert answer[begin] + sum(family.points for family in rests_on.families) == pytest.approx(answer[end])


def test_a_family_speaks_for_the_outcome_where_its_contribution_is_positive(both: Predictor) -> None:
    view = patient_view(both, example(both, 1))
    assert view.chances is not None
    spoken = [family for family in view.chances.rests_on.families if family.words.startswith("speaks")]
    assert len(spoken) >= 2
    for family in spoken:
        assert (family.points > 0) == (family.words == "speaks for") == (family.bar.place == 50)


def test_a_family_that_lowers_a_score_of_symptoms_speaks_for_a_better_one(score_only: Predictor) -> None:
    view = patient_view(score_only, example(score_only, 1))
    assert view.end_score is not None
    spoken = [family for family in view.end_score.rests_on.families if family.words.startswith("speaks")]
    assert spoken
    assert all((family.points < 0) == (family.words == "speaks for") for family in spoken)


def test_where_higher_is_better_the_same_points_speak_the_other_way(score_only: Predictor) -> None:
    assert score_only.end_score_instrument is not None
    turned = replace(
        score_only, end_score_instrument=score_only.end_score_instrument.model_copy(update={"better": "higher"})
    )
    opposite = {"for": "against", "against": "for", "hardly": "hardly", "unclear": "unclear", "unused": "unused"}
    usual, other = (patient_view(one, example(score_only, 1)).end_score for one in (score_only, turned))
    assert usual is not None
    assert other is not None
    for one, two in zip(usual.rests_on.families, other.rests_on.families, strict=True):
        assert two.direction == opposite[one.direction]


def test_factors_are_the_models_own_contributions_relative_to_each_other(predictor: Predictor) -> None:
    cohort = example(predictor, 1)
    view = patient_view(predictor, cohort)
    model = predictor.response or predictor.end_score
    assert model is not None
    sign = 1 if predictor.response else -1
    contributions = sign * model.factors.explain(predictor.matrix(cohort.table)).contributions[0]
    expected = dict(zip(predictor.factors, contributions, strict=True))
    shown = {factor.name: factor for family in breakdowns(view)[0].families for factor in family.factors}
    assert shown.keys() == expected.keys()
    # The scale is at least ten times what hardly counts: 0.04 on the log-odds, half a point of the PHQ-9.
    scale = max(0.4 if predictor.response else 5.0, *(abs(value) for value in expected.values()))
    for name, value in expected.items():
        signed = shown[name].bar.width * (1 if shown[name].bar.place == 50 else -1)
        assert signed == pytest.approx(50 * value / scale, abs=0.01)
        assert shown[name].direction in ("hardly", "unused") or (value > 0) == (shown[name].direction == "for")


def test_what_treatment_could_change_comes_first_within_a_family(both: Predictor) -> None:
    for rests_on in breakdowns(patient_view(both, example(both))):
        for family in rests_on.families:
            marks = [factor.modifiable for factor in family.factors]
            assert marks == sorted(marks, reverse=True)
    assert {factor.name for family in rests_on.families for factor in family.factors if factor.modifiable} == {
        name for name in both.factors if both.codebook.factors[name].modifiable
    }


def test_values_are_shown_as_people_read_them(both: Predictor) -> None:
    view = patient_view(both, example(both, alliance=3.25, delivery_mode="unguided", expectancy=UNKNOWN))
    shown = {
        factor.name: (factor.value, factor.unit) for family in breakdowns(view)[0].families for factor in family.factors
    }
    assert shown["alliance"] == ("3.25", "mean of items")
    assert shown["delivery_mode"] == ("Unguided e-health", "")
    assert shown["expectancy"] == ("not known", "")


def test_missing_and_unusual_factors_are_named_by_label(both: Predictor) -> None:
    view = patient_view(both, example(both, expectancy=UNKNOWN, episode_months=480.0))
    assert view.missing_factors == ("Expectancy of improvement (CEQ)",)
    assert view.missing.startswith("1 of 12 factors is not known.")
    assert view.unusual_factors == ("Duration of the episode",)


def test_a_complete_and_usual_patient_needs_no_notice(both: Predictor) -> None:
    view = patient_view(both, example(both))
    assert view.missing == shortfalls.COMPLETE
    assert view.unusual == ""


def test_an_abstention_says_why_and_shows_no_number(both: Predictor) -> None:
    view = patient_view(both, example(both, phq9_intake=UNKNOWN))
    assert view.sentence == shortfalls.abstained(["PHQ-9 at intake"])
    assert view.chances is None
    assert view.end_score is None
    assert not re.search(r"\d", view.sentence.replace("PHQ-9 at intake", ""))
    page = Document(pages.patient_page(both, view))
    assert "of 100" not in page.text
    assert not page.all("svg")


def test_without_a_binary_outcome_everything_is_told_in_points(score_only: Predictor) -> None:
    view = patient_view(score_only, example(score_only, 1))
    assert view.chances is None
    assert view.sentence.startswith("PHQ-9 at the end is predicted at about ")
    page = Document(pages.patient_page(score_only, view))
    assert view.sentence in page.text
    assert "of 100" not in page.text


def test_the_end_score_stands_between_start_and_cutoff_on_its_range(both: Predictor) -> None:
    cohort = example(both, phq9_intake=18.0)
    view = patient_view(both, cohort)
    assert view.end_score is not None
    assert view.end_score.start == "PHQ-9 at intake: 18"
    assert view.end_score.scale.start == pytest.approx(100 * 18 / 27, abs=0.01)
    assert view.end_score.scale.cutoff == pytest.approx(100 * 10 / 27, abs=0.01)
    predicted = both.answer(cohort).iloc[0]["end_score"]
    assert view.end_score.scale.value == pytest.approx(100 * predicted / 27, abs=0.01)


def test_a_model_of_severity_alone_says_so_and_leaves_the_others_out(severity_alone: Predictor) -> None:
    view = patient_view(severity_alone, example(severity_alone, 1))
    for rests_on in breakdowns(view):
        assert rests_on.summary == family_words.one_factor_only("PHQ-9 at intake")
        by_name = {family.name: family.words for family in rests_on.families}
        assert by_name.pop("patient") != "not used"
        assert set(by_name.values()) == {"not used"}


def test_a_model_that_gives_everyone_the_same_says_so(same_for_all: Predictor) -> None:
    view = patient_view(same_for_all, example(same_for_all))
    assert view.chances is not None
    assert view.chances.rests_on.summary == family_words.SAME_FOR_ALL
    assert {family.bar.width for family in view.chances.rests_on.families} == {0}


def test_severity_that_speaks_for_one_outcome_and_against_the_other_is_pointed_out(both: Predictor) -> None:
    view = patient_view(both, example(both, phq9_intake=25.0))
    assert view.chances is not None
    assert view.end_score is not None
    patient = [part.rests_on.families[0].direction for part in (view.chances, view.end_score)]
    assert patient == ["for", "against"]
    assert view.two_questions.startswith("Patient speaks one way for reliable improvement and the other way")
    # Of an outcome that is bad news, a family that speaks for it and against a better score says one thing twice.
    assert "Patient" not in two_questions(view.chances, view.end_score, favourable=False)


def test_what_was_typed_can_be_sent_again_and_gives_the_same_answer(both: Predictor) -> None:
    cohort = example(both, 1, expectancy=UNKNOWN)
    again = both.predict(
        pd.DataFrame([{both.codebook.id: "x", **patient_view(both, cohort).entries}]), allow_absent=True
    )
    assert again["log_odds"].iloc[0] == pytest.approx(both.answer(cohort)["log_odds"].iloc[0], rel=1e-4)


def test_the_facts_name_the_model_its_version_and_its_codebook(both: Predictor) -> None:
    facts = dict(patient_view(both, example(both)).facts)
    assert facts["Model"] == f"small, version {both.version}"
    assert facts["Codebook"] == both.codebook.digest()
    assert facts["Study"] == both.evidence.title
